"""The operations on attachments of jobs."""

from typing import Any

from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.attachments.service import get_attachment
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import find_guid, find_text, get_body, get_query_guid, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.job_attachments import store
from stagedoor.orchestrator.job_attachments.models import JobAttachment
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.registry import Basis, Routes

ATTACHMENTS_MAX = 1000
CATEGORY_LENGTH_MAX = 256

routes = Routes()


@routes.reads(
    "JobAttachments_GetByJobKey",
    basis=Basis.CLIENT,
    note="The vendor's client reads attachmentId alone; the other fields are what the link knows.",
)
def list_job_attachments(call: Call) -> Answer:
    """Answer the attachments of a job, a thousand at most."""
    job = _get_job(call, get_query_guid(call, "jobKey"))
    links = store.list_links(call.session, job, ATTACHMENTS_MAX)
    return Answer(content=[_show(job, link, attachment) for link, attachment in links])


@routes.writes(
    "JobAttachments_Post",
    basis=Basis.CLIENT,
    note="The vendor's client reads nothing of the answer. To link the same attachment again changes its category.",
)
def link_attachment(call: Call) -> Answer:
    """Link an attachment of the folder to a job of the folder."""
    body = get_body(call)
    attachment_key = get_required(find_guid(body, "attachmentId"), "attachmentId")
    job = _get_job(call, get_required(find_guid(body, "jobKey"), "jobKey"))
    category = find_text(body, "category", length_max=CATEGORY_LENGTH_MAX)
    attachment = get_attachment(call.session, call.tenant.tenant_id, get_folder(call), attachment_key)
    link = store.find_link(call.session, job, attachment)
    if link is None:
        link = JobAttachment(
            job_id=job.id,
            attachment_id=attachment.id,
            tenant_id=call.tenant.tenant_id,
            category=category,
            created_at=call.clock.now(),
        )
        store.add_link(call.session, link)
    link.category = category
    return Answer(content=_show(job, link, attachment))


def _get_job(call: Call, key: str) -> Job:
    job = store.find_job(call.session, call.tenant.tenant_id, get_folder(call).id, key)
    if job is None:
        raise NotFound(f"There is no job {key} in this folder.")
    return job


def _show(job: Job, link: JobAttachment, attachment: Attachment) -> dict[str, Any]:
    return {
        "attachmentId": attachment.key,
        "attachmentName": attachment.name,
        "jobKey": job.key,
        "category": link.category,
        "creationTime": link.created_at,
    }
