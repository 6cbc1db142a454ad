"""All SQL of what jobs wait for."""

from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.job_triggers.models import JobTrigger
from stagedoor.orchestrator.job_triggers.schemas import TriggerStatus, TriggerType
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.passage import FolderPlace


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
    session.add(
        JobTrigger(
            tenant_id=job.tenant_id,
            job_id=job.id,
            type=TriggerType.INBOX,
            status=TriggerStatus.NEW,
            inbox_id=str(uuid5(UUID(job.key), f"inbox {waits}")),
            created_at=at,
            modified_at=at,
        )
    )
    session.flush()


def end_waits(session: Session, job: Waiting, at: datetime) -> None:
    """Write down that a job waits no more."""
    session.execute(
        update(JobTrigger)
        .where(JobTrigger.job_id == job.id, JobTrigger.status != TriggerStatus.FIRED)
        .values(status=TriggerStatus.FIRED, modified_at=at)
    )


def find_job_id(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> int | None:
    """Return the id of the folder's job with this key."""
    wanted = select(Job.id).where(Job.tenant_id == tenant_id, Job.folder_id == folder.id, Job.key == key)
    return session.scalar(wanted)


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
