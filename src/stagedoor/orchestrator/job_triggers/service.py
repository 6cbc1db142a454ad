"""What a job is to wait for, written down when it is suspended; what is over already resumes it at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.job_triggers import store
from stagedoor.orchestrator.job_triggers.models import JobTrigger
from stagedoor.orchestrator.job_triggers.schemas import TriggerStatus, TriggerType, Wait
from stagedoor.orchestrator.jobs.due import settle_waits
from stagedoor.orchestrator.jobs.models import Job


def add_waits(session: Session, job: Job, waits: Sequence[Wait], at: datetime) -> None:
    """Let a job wait for these things; for none of them until ``ResumeJob``. Those that are over are ready.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for an inbox that another job has.
    """
    for wait in waits:
        if wait.inbox_id is not None and store.is_inbox_of_another(session, job, wait.inbox_id):
            raise InvalidRequest(f"The inbox {wait.inbox_id} belongs to another job.", details={"field": "inboxId"})
        put = store.put_wait(session, job, wait, at)
        if _is_over(session, put, at):
            put.status = TriggerStatus.READY
    session.flush()
    settle_waits(session, job, at)


def _is_over(session: Session, wait: JobTrigger, at: datetime) -> bool:
    match wait.type:
        case TriggerType.TASK:
            return store.is_task_over(session, wait.tenant_id, wait.item_key or "")
        case TriggerType.JOB:
            return store.is_job_over(session, wait.tenant_id, wait.item_key or "")
        case TriggerType.TIMER:
            return wait.due_at is not None and wait.due_at <= at
        case _:
            return wait.delivered_at is not None
