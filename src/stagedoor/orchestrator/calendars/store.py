"""All SQL of calendars."""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.errors import NameInUse


def has_id(calendar_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one calendar."""
    return Calendar.id == calendar_id


def find_calendar(session: Session, tenant_id: str, calendar_id: int) -> Calendar | None:
    """Return the tenant's calendar of this id."""
    return session.scalar(select(Calendar).where(Calendar.tenant_id == tenant_id, Calendar.id == calendar_id))


def has_name(session: Session, tenant_id: str, name: str) -> bool:
    """Tell whether the tenant has a calendar of this name, in any letter case."""
    named = select(Calendar.id).where(Calendar.tenant_id == tenant_id, Calendar.name_folded == name.casefold())
    return session.scalar(named) is not None


def save_calendar(session: Session, calendar: Calendar) -> None:
    """Write a new or a changed calendar down; raises ``NameInUse`` where another one has its name."""
    refusal = NameInUse(f"The name {calendar.name!r} is already in use by another calendar.")
    with collision_refused(session, refusal):
        session.add(calendar)


def delete_calendar(session: Session, calendar: Calendar) -> None:
    """Delete a calendar."""
    session.execute(delete(Calendar).where(Calendar.id == calendar.id))
