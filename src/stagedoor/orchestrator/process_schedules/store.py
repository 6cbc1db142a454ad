"""All SQL of triggers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.errors import NameInUse
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState
from stagedoor.passage import FolderPlace

ITEMS_COUNTED_MAX = 100_000


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a trigger belongs to the folder."""
    return ProcessSchedule.folder_id == folder.id


def has_id(schedule_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one trigger."""
    return ProcessSchedule.id == schedule_id


def find_schedule(session: Session, tenant_id: str, folder_id: int, schedule_id: int) -> ProcessSchedule | None:
    """Return the trigger of this id, locked until the transaction ends, if it is in the folder."""
    return session.scalar(
        select(ProcessSchedule)
        .where(
            ProcessSchedule.tenant_id == tenant_id,
            ProcessSchedule.folder_id == folder_id,
            ProcessSchedule.id == schedule_id,
        )
        .with_for_update()
    )


def save_schedule(session: Session, schedule: ProcessSchedule) -> None:
    """Write a new or a changed trigger down; raises ``NameInUse`` where the folder has another of its name."""
    refusal = NameInUse(f"The name {schedule.name!r} is already in use by a trigger of this folder.")
    with collision_refused(session, refusal):
        session.add(schedule)


def delete_schedule(session: Session, schedule: ProcessSchedule) -> None:
    """Delete a trigger; its jobs stay."""
    session.execute(delete(ProcessSchedule).where(ProcessSchedule.id == schedule.id))


def find_release(session: Session, tenant_id: str, folder_id: int, release_id: int) -> Release | None:
    """Return the release, if it is in the folder."""
    return session.scalar(
        select(Release).where(Release.tenant_id == tenant_id, Release.folder_id == folder_id, Release.id == release_id)
    )


def list_robots(session: Session, tenant_id: str, folder_id: int, ids: Sequence[int]) -> Sequence[Robot]:
    """Return those of the robots that are the folder's."""
    wanted = select(Robot).where(Robot.tenant_id == tenant_id, Robot.folder_id == folder_id, Robot.id.in_(ids))
    return session.scalars(wanted.order_by(Robot.id)).all()


def list_machines(session: Session, tenant_id: str, ids: Sequence[int]) -> Sequence[Machine]:
    """Return those of the machines that are the tenant's."""
    return session.scalars(select(Machine).where(Machine.tenant_id == tenant_id, Machine.id.in_(ids))).all()


def has_stale_plans(session: Session, tenant_id: str | None = None) -> bool:
    """Tell whether a calendar is another one now than it was when a trigger was planned."""
    stale = select(exists(_stale(tenant_id)))
    return bool(session.scalar(stale))


def list_stale_plans(session: Session, tenant_id: str | None = None) -> Sequence[ProcessSchedule]:
    """Return the triggers that were planned with another calendar than the one that is there now, locked."""
    stale = select(ProcessSchedule).where(ProcessSchedule.id.in_(_stale(tenant_id)))
    return session.scalars(stale.order_by(ProcessSchedule.id).with_for_update()).all()


def _stale(tenant_id: str | None) -> Select[int]:
    # A calendar that was deleted is no calendar any more; nothing is stale where none was used.
    stale = (
        select(ProcessSchedule.id)
        .outerjoin(Calendar, Calendar.id == ProcessSchedule.calendar_id)
        .where(
            ProcessSchedule.calendar_revision.is_not(None),
            or_(Calendar.id.is_(None), Calendar.revision != ProcessSchedule.calendar_revision),
        )
    )
    return stale if tenant_id is None else stale.where(ProcessSchedule.tenant_id == tenant_id)


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether a trigger of any tenant has to fire, or a queue has to be looked at."""
    due = exists().where(ProcessSchedule.next_fire_at <= now)
    return bool(session.scalar(select(or_(due, exists(_busy_queues()))))) or has_stale_plans(session)


def list_due(session: Session, now: datetime, *, limit: int) -> Sequence[tuple[int, datetime]]:
    """Return the ids of triggers that have to fire, with the moment at which each had to, the longest due first."""
    found = session.execute(
        select(ProcessSchedule.id, ProcessSchedule.next_fire_at)
        .where(ProcessSchedule.next_fire_at <= now)
        .order_by(ProcessSchedule.next_fire_at, ProcessSchedule.id)
        .limit(limit)
    )
    return [(row.id, row.next_fire_at) for row in found]


def take_due(session: Session, schedule_id: int, due_at: datetime) -> ProcessSchedule | None:
    """Return the trigger, locked, if it still has to fire at this moment; whoever comes second gets ``None``."""
    return session.scalar(
        select(ProcessSchedule)
        .where(ProcessSchedule.id == schedule_id, ProcessSchedule.next_fire_at == due_at)
        .with_for_update()
    )


def list_busy_queue_triggers(session: Session) -> Sequence[int]:
    """Return the ids of queue triggers whose queue got an item since, or one of whose jobs ended since."""
    return session.scalars(_busy_queues().order_by(ProcessSchedule.id)).all()


def _busy_queues() -> Select[int]:
    newcomer = exists().where(
        QueueItem.queue_id == ProcessSchedule.queue_id,
        QueueItem.status == Status.NEW,
        QueueItem.id > ProcessSchedule.last_item_id,
    )
    job_ended = exists().where(
        Job.starting_schedule_id == ProcessSchedule.id, Job.ended_at >= ProcessSchedule.looked_at
    )
    return select(ProcessSchedule.id).where(
        ProcessSchedule.enabled.is_(True),
        ProcessSchedule.queue_id.is_not(None),
        or_(newcomer, ProcessSchedule.activate_on_job_complete.is_(True) & job_ended),
    )


def take_enabled(session: Session, schedule_id: int) -> ProcessSchedule | None:
    """Return the trigger, locked, if it is enabled."""
    return session.scalar(
        select(ProcessSchedule)
        .where(ProcessSchedule.id == schedule_id, ProcessSchedule.enabled.is_(True))
        .with_for_update()
    )


def count_ready_items(session: Session, queue_id: int, *, most: int) -> int:
    """Return how many items of the queue may be taken now, counted up to ``most``."""
    ready = select(QueueItem.id).where(QueueItem.queue_id == queue_id, QueueItem.turn.is_not(None))
    limited = ready.limit(min(most, ITEMS_COUNTED_MAX)).subquery()
    return session.scalar(select(func.count()).select_from(limited)) or 0


def last_item_id_of(session: Session, queue_id: int) -> int:
    """Return the id of the youngest item that waits in the queue, 0 where none does."""
    waiting = select(func.max(QueueItem.id)).where(QueueItem.queue_id == queue_id, QueueItem.status == Status.NEW)
    return session.scalar(waiting) or 0


def count_live_jobs(session: Session, schedule_id: int) -> int:
    """Return how many jobs of the trigger are not at their end."""
    live = select(func.count()).where(Job.starting_schedule_id == schedule_id, Job.state.not_in(FINAL_STATES))
    return session.scalar(live) or 0


def count_failures_in_a_row(session: Session, schedule_id: int, since: datetime) -> tuple[int, datetime | None]:
    """Return how many jobs of the trigger failed since the last that did not, and when the first of them ended.

    What ended before ``since`` does not count.
    """
    ended = select(Job.id).where(Job.starting_schedule_id == schedule_id, Job.ended_at > since)
    good = select(func.max(Job.ended_at)).where(Job.id.in_(ended), Job.state != JobState.FAULTED)
    begun = session.scalar(good) or since
    failed = select(func.count(), func.min(Job.ended_at)).where(
        Job.starting_schedule_id == schedule_id, Job.ended_at > begun, Job.state == JobState.FAULTED
    )
    row = session.execute(failed).one()
    return row[0], row[1]
