"""What may be done with calendars; each within one tenant."""

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.orchestrator.calendars import store
from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.calendars.schemas import CalendarChanges
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.field_changes import UNSET, apply_changes


def get_calendar(session: Session, tenant_id: str, calendar_id: int) -> Calendar:
    """Return a calendar of the tenant, or raise ``NotFound``."""
    calendar = store.find_calendar(session, tenant_id, calendar_id)
    if calendar is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    return calendar


def create_calendar(session: Session, tenant_id: str, changes: CalendarChanges, *, chance: Chance) -> Calendar:
    """Make a calendar; raises ``NameInUse`` (409/1001)."""
    calendar = Calendar(tenant_id=tenant_id, key=random_guid(chance), excluded_dates=[])
    apply_changes(calendar, changes)
    store.save_calendar(session, calendar)
    return calendar


def update_calendar(session: Session, calendar: Calendar, changes: CalendarChanges) -> None:
    """Change what was sent; the triggers that use the calendar plan anew when it has other days now."""
    if changes.excluded_dates is not UNSET and changes.excluded_dates != calendar.excluded_dates:
        calendar.revision += 1
    apply_changes(calendar, changes)
    store.save_calendar(session, calendar)
