"""All SQL of execution media."""

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.execution_media.models import ExecutionMedium
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.stored_files.store import remove_selected
from stagedoor.passage import FolderPlace


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a recording belongs to the folder."""
    return ExecutionMedium.folder_id == folder.id


def has_id(medium_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one recording by its id."""
    return ExecutionMedium.id == medium_id


def has_job(session: Session, tenant_id: str, folder_id: int, job_id: int) -> bool:
    """Tell whether the folder has this job."""
    found = exists().where(Job.id == job_id, Job.tenant_id == tenant_id, Job.folder_id == folder_id)
    return bool(session.scalar(select(found)))


def list_media_of_job(session: Session, tenant_id: str, folder_id: int, job_id: int) -> list[ExecutionMedium]:
    """Return a job's recordings, the oldest first."""
    return list(
        session.scalars(
            select(ExecutionMedium).where(*_of_job(tenant_id, folder_id, job_id)).order_by(ExecutionMedium.id)
        )
    )


def delete_media_of_job(session: Session, tenant_id: str, folder_id: int, job_id: int) -> None:
    """Delete a job's recordings with their files."""
    of_job = _of_job(tenant_id, folder_id, job_id)
    remove_selected(session, select(ExecutionMedium.stored_name).where(*of_job))
    session.execute(delete(ExecutionMedium).where(*of_job))


def _of_job(tenant_id: str, folder_id: int, job_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ExecutionMedium.tenant_id == tenant_id,
        ExecutionMedium.folder_id == folder_id,
        ExecutionMedium.job_id == job_id,
    )
