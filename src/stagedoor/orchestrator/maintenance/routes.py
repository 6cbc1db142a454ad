"""The vendor's operations on maintenance."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import read_query_boolean
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.maintenance import service
from stagedoor.orchestrator.maintenance.schemas import PHASE, Phase
from stagedoor.orchestrator.own_tenant import verify_own_tenant
from stagedoor.orchestrator.registry import Routes

routes = Routes(settlement=DUE_MOVES)


@routes.reads("Maintenance_Get", note="Of the tenant in the address; a tenantId is not found.")
def show_maintenance(call: Call) -> Answer:
    """Answer how far the maintenance is."""
    verify_own_tenant(call)
    return Answer(content=service.describe(call))


@routes.writes(
    "Maintenance_Start",
    note=(
        "Draining asks jobs to stop, killJobs kills them. Until the end no job can be started (409) and triggers are "
        "passed over; every other request is answered in every phase, where the vendor's Suspended shuts out all."
    ),
)
def begin_maintenance(call: Call) -> Answer:
    """Go to the next phase of a maintenance."""
    verify_own_tenant(call)
    phase = PHASE.find_number(call.query.get("phase", "") or "Draining")
    if phase is None or phase == Phase.NONE:
        raise InvalidRequest("The phase must be Draining or Suspended.", details={"field": "phase"})
    is_forced, kills_jobs = read_query_boolean(call, "force"), read_query_boolean(call, "killJobs")
    service.begin(call, Phase(phase), is_forced=is_forced, kills_jobs=kills_jobs)
    return Answer(status=204)


@routes.writes("Maintenance_End", note="Without a maintenance to end it is a conflict (409).")
def end_maintenance(call: Call) -> Answer:
    """End a maintenance."""
    verify_own_tenant(call)
    service.end(call)
    return Answer(status=204)
