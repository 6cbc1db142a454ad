"""The vendor's operations on triggers by time and by queue."""

from collections.abc import Mapping

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import Conflict, NotFound, OrchestratorError
from stagedoor.orchestrator.events import announce
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_integers,
    get_body,
    get_number_argument,
    get_object,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.read import read_one, read_set, read_values
from stagedoor.orchestrator.process_schedules import service, store
from stagedoor.orchestrator.process_schedules.entities import PROCESS_SCHEDULES
from stagedoor.orchestrator.process_schedules.firing import look_at_queue
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.process_schedules.schemas import read_schedule
from stagedoor.orchestrator.registry import Routes, Settlement
from stagedoor.orchestrator.webhooks.schemas import EventType


def _is_stale(call: Call) -> bool:
    return store.has_stale_plans(call.session, call.tenant.tenant_id)


def _plan_anew(call: Call) -> None:
    service.plan_stale(call.session, call.clock.now(), call.tenant.tenant_id)


routes = Routes(settlement=Settlement(_is_stale, _plan_anew))

_NOTE = (
    "StartStrategy 0 runs the robots named, -1 all of the folder, 15 one job for each pair of MachineRobots (one if "
    "none), another number that many jobs. What was missed while no server ran fires once. A time that a change of "
    "clocks leaves out fires after the change, one that comes twice fires once."
)


@routes.reads("ProcessSchedules_Get")
def list_schedules(call: Call) -> Answer:
    """Answer the folder's triggers."""
    return read_set(call, PROCESS_SCHEDULES, [store.in_folder(get_folder(call))])


@routes.reads("ProcessSchedules_GetById")
def get_schedule(call: Call) -> Answer:
    """Answer one trigger."""
    schedule_id = get_number_argument(call, "key")
    return read_one(call, PROCESS_SCHEDULES, [store.has_id(schedule_id), store.in_folder(get_folder(call))])


@routes.writes("ProcessSchedules_Post", note=_NOTE)
def create_schedule(call: Call) -> Answer:
    """Make a trigger."""
    schedule = service.create_schedule(call.session, read_schedule(get_body(call)), _writer(call))
    _tell(call, EventType.SCHEDULE_CREATED, schedule)
    return read_one(call, PROCESS_SCHEDULES, [store.has_id(schedule.id)], status=201)


@routes.writes("ProcessSchedules_PutById")
def update_schedule(call: Call) -> Answer:
    """Put other settings in the place of a trigger's."""
    schedule = _schedule(call)
    service.update_schedule(call.session, schedule, read_schedule(get_body(call)), _writer(call))
    _tell(call, EventType.SCHEDULE_UPDATED, schedule)
    return Answer(status=204)


@routes.writes("ProcessSchedules_DeleteById")
def delete_schedule(call: Call) -> Answer:
    """Delete a trigger; the jobs that it started stay."""
    schedule = _schedule(call)
    _tell(call, EventType.SCHEDULE_DELETED, schedule)
    store.delete_schedule(call.session, schedule)
    return Answer(status=204)


@routes.writes(
    "ProcessSchedules_ActivateById",
    note="Looks at the trigger's queue now; a trigger that is disabled or belongs to no queue cannot be activated.",
)
def activate_schedule(call: Call) -> Answer:
    """Let a queue's trigger look at its queue now."""
    schedule = _schedule(call)
    if schedule.queue_id is None or not schedule.enabled:
        raise Conflict(
            f"The trigger {schedule.name!r} cannot be activated.",
            hint="Only an enabled trigger of a queue is activated.",
        )
    look_at_queue(call.session, schedule, call.clock, call.chance)
    return Answer()


@routes.reads("ProcessSchedules_GetRobotIdsForScheduleByKey")
def list_robot_ids(call: Call) -> Answer:
    """Answer the ids of the robots that a trigger names."""
    schedule_id = get_number_argument(call, "key")
    conditions = [store.has_id(schedule_id), store.in_folder(get_folder(call))]
    shown = read_values(call, PROCESS_SCHEDULES, conditions, QueryOptions(count=False))
    if not shown:
        raise NotFound(f"There is no trigger {schedule_id} in this folder.")
    [found] = shown
    chosen = [robot["Id"] for robot in found["ExecutorRobots"]]
    chosen += [seat["RobotId"] for seat in found["MachineRobots"] if seat["RobotId"] is not None]
    return answer_value(call, "Collection(Edm.Int64)", list(dict.fromkeys(chosen)))


@routes.writes("ProcessSchedules_SetEnabled")
def set_enabled(call: Call) -> Answer:
    """Switch triggers on or off: all of them or none, unless the caller wants to hear of each."""
    body = get_body(call)
    enabled = bool(get_required(find_boolean(body, "enabled"), "enabled"))
    ids = get_required(find_integers(body, "scheduleIds"), "scheduleIds")
    refused = service.set_many_enabled(call.session, ids, _writer(call), enabled=enabled)
    if refused and not find_boolean(body, "multistatusEnabled"):
        raise next(iter(refused.values()))
    if refused:
        return Answer(207, {str(schedule_id): _refusal(call, why) for schedule_id, why in refused.items()})
    return answer_value(call, "Edm.Boolean", value=True)


@routes.writes("ProcessSchedules_ValidateProcessSchedule")
def validate_schedule(call: Call) -> Answer:
    """Answer whether a trigger could be made so, and if not, why; nothing is made."""
    problems: list[str] = []
    try:
        service.verify_schedule(
            call.session, read_schedule(get_object(get_body(call), "processSchedule")), _writer(call)
        )
    except OrchestratorError as refusal:
        problems.append(refusal.public)
    return answer_object(call, "ValidationResultDto", {"IsValid": not problems, "Errors": problems, "ErrorCodes": []})


def _writer(call: Call) -> service.Writer:
    return service.Writer(
        tenant_id=call.tenant.tenant_id,
        folder_id=get_folder(call).id,
        user_number=call.caller.number,
        now=call.clock.now(),
        chance=call.chance,
    )


def _schedule(call: Call) -> ProcessSchedule:
    schedule_id = get_number_argument(call, "key")
    return service.get_schedule(call.session, call.tenant.tenant_id, get_folder(call).id, schedule_id)


def _tell(call: Call, event_type: EventType, schedule: ProcessSchedule) -> None:
    def describe() -> Mapping[str, object]:
        where = [store.has_id(schedule.id)]
        [shown] = read_values(call, PROCESS_SCHEDULES, where, QueryOptions(count=False))
        return {"Schedule": shown}

    announce(call, event_type, describe)


def _refusal(call: Call, why: OrchestratorError) -> dict[str, object]:
    return {"message": why.public, "errorCode": why.error_code, "traceId": call.request_id, "resourceIds": None}
