"""A job in a folder, without a release, for what belongs to jobs."""

from tests.factories.orchestrator import TENANT, Desk

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.passage import FolderPlace


def make_job(desk: Desk, folder: FolderPlace) -> Job:
    """Store a job that has ended."""
    job = Job(
        tenant_id=TENANT.tenant_id,
        folder_id=folder.id,
        key=random_guid(desk.chance),
        release_name="InvoiceBot",
        state=5,
        job_priority=1,
        specific_priority_value=45,
        source_type=0,
        runtime_type=0,
        remote_control_access=0,
        batch_execution_key=random_guid(desk.chance),
        created_at=desk.clock.now(),
        modified_at=desk.clock.now(),
        script={},
    )
    with desk.write() as session:
        session.add(job)
    return job
