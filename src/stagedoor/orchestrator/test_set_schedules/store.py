"""All SQL of schedules of test sets."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.test_set_schedules.models import SetSchedule
from stagedoor.passage import FolderPlace


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a schedule belongs to the folder."""
    return SetSchedule.folder_id == folder.id


def has_id(schedule_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one schedule."""
    return SetSchedule.id == schedule_id


def list_schedules_to_change(
    session: Session, tenant_id: str, folder_id: int, ids: Collection[int]
) -> Sequence[SetSchedule]:
    """Return those of the schedules that are the folder's, by id, locked until the transaction ends."""
    conditions = [SetSchedule.tenant_id == tenant_id, SetSchedule.folder_id == folder_id, SetSchedule.id.in_(ids)]
    return session.scalars(select(SetSchedule).where(*conditions).order_by(SetSchedule.id).with_for_update()).all()


def find_schedule_by_name(session: Session, folder_id: int, name: str) -> SetSchedule | None:
    """Return the folder's schedule of this name, in any letter case."""
    return session.scalar(
        select(SetSchedule).where(SetSchedule.folder_id == folder_id, SetSchedule.name_folded == name.casefold())
    )


def add_schedule(session: Session, schedule: SetSchedule) -> None:
    """Store a new schedule."""
    session.add(schedule)
    session.flush()


def delete_schedule(session: Session, schedule: SetSchedule) -> None:
    """Delete a schedule; what it started stays."""
    session.delete(schedule)
    session.flush()


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether a schedule of any tenant has to fire, or has to be planned anew."""
    due = exists().where(SetSchedule.next_fire_at <= now)
    return bool(session.scalar(select(or_(due, exists(_stale())))))


def list_due(session: Session, now: datetime, *, limit: int) -> Sequence[tuple[int, datetime]]:
    """Return the ids of schedules that have to fire, with the moment at which each had to, the longest due first."""
    found = session.execute(
        select(SetSchedule.id, SetSchedule.next_fire_at)
        .where(SetSchedule.next_fire_at <= now)
        .order_by(SetSchedule.next_fire_at, SetSchedule.id)
        .limit(limit)
    )
    return [(row.id, row.next_fire_at) for row in found]


def take_due(session: Session, schedule_id: int, due_at: datetime) -> SetSchedule | None:
    """Return the schedule, locked, if it still has to fire at this moment; whoever comes second gets ``None``."""
    return session.scalar(
        select(SetSchedule).where(SetSchedule.id == schedule_id, SetSchedule.next_fire_at == due_at).with_for_update()
    )


def list_stale(session: Session) -> Sequence[SetSchedule]:
    """Return the schedules that were planned with another calendar than the one that is there now, locked."""
    stale = select(SetSchedule).where(SetSchedule.id.in_(_stale())).order_by(SetSchedule.id)
    return session.scalars(stale.with_for_update()).all()


def _stale() -> Select[int]:
    return (
        select(SetSchedule.id)
        .outerjoin(Calendar, Calendar.id == SetSchedule.calendar_id)
        .where(
            SetSchedule.calendar_revision.is_not(None),
            or_(Calendar.id.is_(None), Calendar.revision != SetSchedule.calendar_revision),
        )
    )
