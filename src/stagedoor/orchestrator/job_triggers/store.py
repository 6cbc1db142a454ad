"""All SQL of what jobs wait for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import count
from typing import Protocol
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.fields import read_guid
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.job_triggers.models import JobTrigger, KeptState
from stagedoor.orchestrator.job_triggers.schemas import TriggerStatus, TriggerType, Wait
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.passage import FolderPlace, Reach


class Waiting(Protocol):
    """What is told of a job that waits."""

    id: int
    tenant_id: str
    key: str


def in_folder(tenant_id: str, folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a wait is of a job of the folder."""
    return JobTrigger.job_id.in_(select(Job.id).where(Job.tenant_id == tenant_id, Job.folder_id == folder.id))


def of_job(job_id: int) -> ColumnElement[bool]:
    """Return the condition that a wait is of this job."""
    return JobTrigger.job_id == job_id


def add_inbox(session: Session, job: Waiting, at: datetime) -> None:
    """Let a job wait at an inbox of its own, whose id follows from the job's key and how often it waited before."""
    waits = session.scalar(select(func.count()).where(JobTrigger.job_id == job.id)) or 0
    inbox_id = _own_inbox(session, job, f"inbox {waits}")
    put_wait(session, job, Wait(type=TriggerType.INBOX, inbox_id=inbox_id), at)


def put_wait(session: Session, job: Waiting, wait: Wait, at: datetime) -> JobTrigger:
    """Let a job wait for something, once: what it waited for before it waits for again."""
    same = JobTrigger.item_key == wait.item_key if wait.item_key else JobTrigger.inbox_id == (wait.inbox_id or "")
    if wait.due_at is not None:
        same = JobTrigger.due_at == wait.due_at
    found = session.scalar(select(JobTrigger).where(JobTrigger.job_id == job.id, JobTrigger.type == wait.type, same))
    if found is None:
        found = JobTrigger(
            tenant_id=job.tenant_id,
            job_id=job.id,
            type=wait.type,
            inbox_id=wait.inbox_id or _free_inbox(session, job, wait),
            item_key=wait.item_key,
            due_at=wait.due_at,
            configuration=wait.configuration,
            created_at=at,
        )
        session.add(found)
    found.status = TriggerStatus.NEW
    found.modified_at = at
    session.flush()
    return found


def is_inbox_of_another(session: Session, job: Waiting, inbox_id: str) -> bool:
    """Tell whether an inbox has been given to another job."""
    taken = select(JobTrigger.id).where(JobTrigger.inbox_id == inbox_id, JobTrigger.job_id != job.id)
    return session.scalar(taken) is not None


def list_waits(session: Session, job: Waiting) -> Sequence[JobTrigger]:
    """Return what a job waits for."""
    still = JobTrigger.status != TriggerStatus.FIRED
    return session.scalars(select(JobTrigger).where(of_job(job.id), still).order_by(JobTrigger.id)).all()


def list_waiting_for(
    session: Session, tenant_id: str, kind: TriggerType, keys: Collection[str]
) -> Sequence[tuple[JobTrigger, Job]]:
    """Return who waits for one of these things, the jobs locked until the transaction ends."""
    rows = session.execute(
        select(JobTrigger, Job)
        .join(Job, Job.id == JobTrigger.job_id)
        .where(
            JobTrigger.tenant_id == tenant_id,
            JobTrigger.item_key.in_(keys),
            JobTrigger.type == kind,
            JobTrigger.status != TriggerStatus.FIRED,
        )
        .order_by(JobTrigger.id)
        .with_for_update(of=Job)
    )
    return [(wait, job) for wait, job in rows]


def end_waits(session: Session, job: Waiting, at: datetime) -> None:
    """Write down that a job waits no more."""
    session.execute(
        update(JobTrigger)
        .where(JobTrigger.job_id == job.id, JobTrigger.status != TriggerStatus.FIRED)
        .values(status=TriggerStatus.FIRED, modified_at=at)
    )


def is_task_over(session: Session, tenant_id: str, key: str) -> bool:
    """Tell whether a task is completed, or deleted.

    It is locked until the transaction ends: whoever completes it meanwhile comes after, and finds who waits for it.
    """
    wanted = select(Task.completed_at, Task.deleted_at).where(Task.tenant_id == tenant_id, Task.key == key)
    found = session.execute(wanted.with_for_update()).first()
    return found is not None and (found.completed_at is not None or found.deleted_at is not None)


def is_job_over(session: Session, tenant_id: str, key: str) -> bool:
    """Tell whether a job is at its end; it is locked as :func:`is_task_over` locks a task."""
    wanted = select(Job.state).where(Job.tenant_id == tenant_id, Job.key == key)
    return session.scalar(wanted.with_for_update()) in FINAL_STATES


def find_job_id(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> int | None:
    """Return the id of the folder's job with this key."""
    wanted = select(Job.id).where(Job.tenant_id == tenant_id, Job.folder_id == folder.id, Job.key == key)
    return session.scalar(wanted)


def find_job_within(session: Session, tenant_id: str, reach: Reach, key: str) -> Job | None:
    """Return a job of any folder within reach by its key, locked until the transaction ends."""
    within = Job.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    wanted = select(Job).where(Job.tenant_id == tenant_id, within, Job.key == key)
    return session.scalar(wanted.with_for_update())


def find_inbox(session: Session, tenant_id: str, folder: FolderPlace, inbox_id: str) -> JobTrigger | None:
    """Return the wait at this inbox, locked until the transaction ends, if its job is in the folder."""
    return session.scalar(
        select(JobTrigger)
        .where(
            JobTrigger.tenant_id == tenant_id,
            JobTrigger.inbox_id == inbox_id,
            in_folder(tenant_id, folder),
        )
        .with_for_update()
    )


def keep_state(session: Session, job: Waiting, content: str) -> None:
    """Keep what a suspended job goes on from, in place of what it went on from before."""
    session.merge(KeptState(job_id=job.id, tenant_id=job.tenant_id, content=content))
    session.flush()


def find_state(session: Session, job: Waiting) -> str | None:
    """Return what a suspended job goes on from."""
    kept = session.get(KeptState, job.id)
    return None if kept is None else kept.content


def drop_state(session: Session, job: Waiting) -> None:
    """Forget what a job went on from."""
    session.execute(delete(KeptState).where(KeptState.job_id == job.id))


def _free_inbox(session: Session, job: Waiting, wait: Wait) -> str:
    """Return where what lies outside tells of its end: at its own id where that may be, else at one of ours."""
    inbox_id = read_guid(wait.item_key or "") if wait.type is TriggerType.API else None
    if inbox_id is not None and not _is_taken(session, inbox_id):
        return inbox_id
    return _own_inbox(session, job, f"{wait.type.name} {wait.item_key or wait.due_at}")


def _own_inbox(session: Session, job: Waiting, name: str) -> str:
    """Return an inbox of the job's own: by its key and a name, and by a number where somebody chose that very one."""
    names = (f"{name} {number}" if number else name for number in count())
    inboxes = (str(uuid5(UUID(job.key), each)) for each in names)
    return next(inbox_id for inbox_id in inboxes if not _is_taken(session, inbox_id))


def _is_taken(session: Session, inbox_id: str) -> bool:
    return session.scalar(select(JobTrigger.id).where(JobTrigger.inbox_id == inbox_id)) is not None
