"""Beginning and ending a tenant's maintenance."""

from typing import Any

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import Conflict
from stagedoor.orchestrator.jobs.service import stop_jobs
from stagedoor.orchestrator.maintenance import store
from stagedoor.orchestrator.maintenance.models import MaintenanceState
from stagedoor.orchestrator.maintenance.schemas import LOGS_MAX, PHASE, Phase
from stagedoor.orchestrator.scripted_robots.states import StopStrategy


def begin(call: Call, phase: Phase, *, is_forced: bool, kills_jobs: bool) -> None:
    """Go to the next phase: jobs are asked to stop while it drains, and killed on request.

    Raises ``Conflict`` (409) for a phase that is not the next one, unless ``is_forced``.
    """
    state = _state(call)
    if phase <= state.state or (phase == Phase.SUSPENDED and state.state == Phase.NONE and not is_forced):
        raise Conflict(
            f"The maintenance is in the phase {PHASE.word(state.state)}; {PHASE.word(phase)} does not follow it.",
            hint="First Draining, then Suspended; force=true goes to Suspended at once.",
        )
    jobs = store.list_busy_jobs(call.session, call.tenant.tenant_id)
    if kills_jobs:
        state.kills_attempted += len(jobs)
        stop_jobs(call.session, jobs, StopStrategy.KILL, clock=call.clock)
    elif phase == Phase.DRAINING:
        state.stops_attempted += len(jobs)
        stop_jobs(call.session, jobs, StopStrategy.SOFT_STOP, clock=call.clock)
    _move(call, state, phase)


def end(call: Call) -> None:
    """End the maintenance; raises ``Conflict`` (409) where there is none."""
    state = _state(call)
    if state.state == Phase.NONE:
        raise Conflict("There is no maintenance to end.")
    _move(call, state, Phase.NONE)


def describe(call: Call) -> dict[str, Any]:
    """Return the vendor's MaintenanceSetting."""
    state = store.find_state(call.session, call.tenant.tenant_id)
    return {
        "state": PHASE.word(Phase.NONE if state is None else state.state),
        "maintenanceLogs": [] if state is None else state.logs,
        "jobStopsAttempted": 0 if state is None else state.stops_attempted,
        "jobKillsAttempted": 0 if state is None else state.kills_attempted,
        "triggersSkipped": 0 if state is None else state.triggers_skipped,
        "systemTriggersSkipped": 0,
    }


def _state(call: Call) -> MaintenanceState:
    state = store.find_state(call.session, call.tenant.tenant_id)
    if state is None:
        state = MaintenanceState(
            tenant_id=call.tenant.tenant_id,
            state=Phase.NONE,
            logs=[],
            stops_attempted=0,
            kills_attempted=0,
            triggers_skipped=0,
        )
        store.add_state(call.session, state)
    return state


def _move(call: Call, state: MaintenanceState, phase: Phase) -> None:
    state.state = phase
    entry = {"state": PHASE.word(phase), "timeStamp": call.clock.now().isoformat().replace("+00:00", "Z")}
    state.logs = [*state.logs, entry][-LOGS_MAX:]
    call.session.flush()
