"""The vendor's statistics."""

from collections.abc import Mapping
from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.licensing.service import ALLOWED
from stagedoor.orchestrator.licensing.store import count_runtimes, count_units
from stagedoor.orchestrator.own_tenant import verify_own_tenant
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.scripted_robots.states import JobState
from stagedoor.orchestrator.sessions.schemas import SESSION_STATE
from stagedoor.orchestrator.stats import store

ENDS = {"Successful": JobState.SUCCESSFUL, "Faulted": JobState.FAULTED, "Canceled": JobState.STOPPED}
"""How jobs end, by the words of the vendor's statistics."""
ROBOT_STATES = {"Available": "Available", "Busy": "Busy", "Disconnected": "Disconnected", "Unresponsive": "Unknown"}
NOW_ALONE = "What is used now, in one entry a type: no history is kept, so that days changes nothing."

routes = Routes(settlement=DUE_MOVES)


@routes.reads("Stats_GetCountStats", note="Processes, assets, queues and triggers within the caller's reach.")
def count_things(call: Call) -> Answer:
    """Answer how many of everything there are."""
    return _counts(store.count_things(call.session, call.tenant.tenant_id, call.reach))


@routes.reads("Stats_GetJobsStats", note="Canceled are the jobs that were stopped or killed.")
def count_jobs(call: Call) -> Answer:
    """Answer how many jobs ended in each way."""
    counted = store.count_jobs(call.session, call.tenant.tenant_id, call.reach)
    return _counts({title: counted.get(number, 0) for title, number in ENDS.items()})


@routes.reads("Stats_GetSessionsStats", note="Unresponsive are the robots of whose state nothing is known.")
def count_sessions(call: Call) -> Answer:
    """Answer how many robots are in each state."""
    counted = store.count_sessions(call.session, call.tenant.tenant_id, call.reach)
    return _counts({title: counted.get(SESSION_STATE.members[word], 0) for title, word in ROBOT_STATES.items()})


@routes.reads("Stats_GetLicenseStats", basis=Basis.GUESS, note=NOW_ALONE)
def count_licenses(call: Call) -> Answer:
    """Answer how many runtimes and named users there are."""
    verify_own_tenant(call)
    now = call.clock.now()
    used = count_runtimes(call.session, call.tenant.tenant_id)
    return Answer(
        content=[{"robotType": word, "count": count, "timestamp": now} for word, count in used.items() if count]
    )


@routes.reads("Stats_GetConsumptionLicenseStats", basis=Basis.GUESS, note=NOW_ALONE)
def count_units_held(call: Call) -> Answer:
    """Answer how many units of each type are held."""
    verify_own_tenant(call)
    now = call.clock.now()
    held = count_units(call.session, call.tenant.tenant_id)
    return Answer(
        content=[{"type": word, "used": count, "total": ALLOWED, "timestamp": now} for word, count in held.items()]
    )


def _counts(counted: Mapping[str, int]) -> Answer:
    shown: list[dict[str, Any]] = [
        {"title": title, "count": count, "hasPermissions": True} for title, count in counted.items()
    ]
    return Answer(content=shown)
