"""All SQL of attachments of jobs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.job_attachments.models import JobAttachment
from stagedoor.orchestrator.jobs.models import Job


def find_job(session: Session, tenant_id: str, folder_id: int, key: str) -> Job | None:
    """Return the job with this key, if it belongs to the folder."""
    return session.scalar(select(Job).where(Job.tenant_id == tenant_id, Job.folder_id == folder_id, Job.key == key))


def find_link(session: Session, job: Job, attachment: Attachment) -> JobAttachment | None:
    """Return the link between a job and an attachment."""
    return session.get(JobAttachment, (job.id, attachment.id))


def add_link(session: Session, link: JobAttachment) -> None:
    """Store a link."""
    session.add(link)
    session.flush()


def list_links(session: Session, job: Job, count: int) -> list[tuple[JobAttachment, Attachment]]:
    """Return a job's links with their attachments, the oldest first."""
    found = (
        select(JobAttachment, Attachment)
        .join(Attachment, Attachment.id == JobAttachment.attachment_id)
        .where(JobAttachment.job_id == job.id)
        .order_by(JobAttachment.created_at, JobAttachment.attachment_id)
        .limit(count)
    )
    return [(link, attachment) for link, attachment in session.execute(found)]
