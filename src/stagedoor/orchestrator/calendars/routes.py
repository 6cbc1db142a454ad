"""The vendor's operations on calendars."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.calendars import service, store
from stagedoor.orchestrator.calendars.entities import CALENDARS
from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.calendars.schemas import NAME_LENGTH_MAX, read_calendar
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_body, get_number_argument, get_text
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes()


@routes.reads("Calendars_Get")
def list_calendars(call: Call) -> Answer:
    """Answer the tenant's calendars."""
    return read_set(call, CALENDARS)


@routes.reads("Calendars_GetById")
def get_calendar(call: Call) -> Answer:
    """Answer one calendar."""
    return read_one(call, CALENDARS, [store.has_id(get_number_argument(call, "key"))])


@routes.writes("Calendars_Post")
def create_calendar(call: Call) -> Answer:
    """Make a calendar."""
    changes = read_calendar(get_body(call))
    calendar = service.create_calendar(call.session, call.tenant.tenant_id, changes, chance=call.chance)
    return read_one(call, CALENDARS, [store.has_id(calendar.id)], status=201)


@routes.writes("Calendars_PutById")
def update_calendar(call: Call) -> Answer:
    """Change a calendar."""
    calendar = _calendar(call)
    service.update_calendar(call.session, calendar, read_calendar(get_body(call)))
    return read_one(call, CALENDARS, [store.has_id(calendar.id)])


@routes.writes(
    "Calendars_DeleteById",
    basis=Basis.GUESS,
    note="Triggers that used the calendar go on without one.",
)
def delete_calendar(call: Call) -> Answer:
    """Delete a calendar."""
    store.delete_calendar(call.session, _calendar(call))
    return Answer(status=204)


@routes.reads("Calendars_CalendarExists")
def calendar_exists(call: Call) -> Answer:
    """Answer whether a calendar of this name is there."""
    name = get_text(get_body(call), "calendarName", length_max=NAME_LENGTH_MAX)
    return answer_value(call, "Edm.Boolean", store.has_name(call.session, call.tenant.tenant_id, name))


def _calendar(call: Call) -> Calendar:
    return service.get_calendar(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))
