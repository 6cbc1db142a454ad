"""The vendor's operations on schedules of test sets."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_boolean, find_integers, get_body, get_number_argument, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.test_set_schedules import service, store
from stagedoor.orchestrator.test_set_schedules.entities import TEST_SET_SCHEDULES
from stagedoor.orchestrator.test_set_schedules.models import SetSchedule
from stagedoor.orchestrator.test_set_schedules.schemas import read_schedule

routes = Routes()


@routes.reads("TestSetSchedules_Get")
def list_schedules(call: Call) -> Answer:
    """Answer the schedules of the folder's test sets."""
    return read_set(call, TEST_SET_SCHEDULES, [store.in_folder(get_folder(call))])


@routes.reads("TestSetSchedules_GetById")
def show_schedule(call: Call) -> Answer:
    """Answer one schedule."""
    schedule_id = get_number_argument(call, "key")
    return read_one(call, TEST_SET_SCHEDULES, [store.has_id(schedule_id), store.in_folder(get_folder(call))])


@routes.writes("TestSetSchedules_Post")
def create_schedule(call: Call) -> Answer:
    """Make a schedule."""
    schedule = service.create_schedule(call.session, read_schedule(get_body(call)), _planner(call))
    return read_one(call, TEST_SET_SCHEDULES, [store.has_id(schedule.id)], status=201)


@routes.writes("TestSetSchedules_PutById")
def update_schedule(call: Call) -> Answer:
    """Put other settings in the place of a schedule's."""
    schedule = _schedule_in_path(call)
    service.update_schedule(call.session, schedule, read_schedule(get_body(call)), _planner(call))
    return read_one(call, TEST_SET_SCHEDULES, [store.has_id(schedule.id)])


@routes.writes("TestSetSchedules_DeleteById")
def delete_schedule(call: Call) -> Answer:
    """Delete a schedule; what it started stays."""
    store.delete_schedule(call.session, _schedule_in_path(call))
    return Answer(status=204)


@routes.writes("TestSetSchedules_SetEnabled")
def set_enabled(call: Call) -> Answer:
    """Switch schedules on or off, all or none."""
    body = get_body(call)
    enabled = get_required(find_boolean(body, "enabled"), "enabled")
    ids = get_required(find_integers(body, "testSetScheduleIds"), "testSetScheduleIds")
    service.set_enabled(call.session, _planner(call), ids, enabled=enabled)
    return answer_value(call, "Edm.Boolean", value=True)


def _planner(call: Call) -> service.Planner:
    return service.Planner(
        tenant_id=call.tenant.tenant_id,
        folder=get_folder(call),
        user_number=call.caller.number or None,
        now=call.clock.now(),
    )


def _schedule_in_path(call: Call) -> SetSchedule:
    return service.get_schedules(call.session, _planner(call), [get_number_argument(call, "key")])[0]
