"""All SQL of maintenance."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.maintenance.models import MaintenanceState
from stagedoor.orchestrator.scripted_robots.states import JobState

BUSY_STATES = (JobState.RUNNING, JobState.STOPPING, JobState.PENDING, JobState.RESUMED)


def find_state(session: Session, tenant_id: str) -> MaintenanceState | None:
    """Return how far the tenant's maintenance is, if there ever was one."""
    return session.get(MaintenanceState, tenant_id)


def add_state(session: Session, state: MaintenanceState) -> None:
    """Write down the tenant's first maintenance."""
    session.add(state)
    session.flush()


def list_busy_jobs(session: Session, tenant_id: str) -> Sequence[Job]:
    """Return the tenant's jobs that run or are about to, locked until the transaction ends."""
    busy = select(Job).where(Job.tenant_id == tenant_id, Job.state.in_(BUSY_STATES))
    return session.scalars(busy.order_by(Job.id).with_for_update()).all()
