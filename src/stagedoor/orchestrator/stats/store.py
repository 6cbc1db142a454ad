"""All SQL of statistics."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.assets.models import Asset
from stagedoor.orchestrator.assets.store import within_reach as assets_within_reach
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.store import within_reach as queues_within_reach
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.passage import Reach


def count_things(session: Session, tenant_id: str, reach: Reach) -> dict[str, int]:
    """Return how many processes, assets, queues and triggers by time the caller can reach."""
    folders = select_ids_within_reach(tenant_id, reach)
    processes = select(func.count(Release.id)).where(Release.tenant_id == tenant_id, Release.folder_id.in_(folders))
    assets = select(func.count(Asset.id)).where(
        Asset.tenant_id == tenant_id, assets_within_reach(tenant_id, reach, except_folder_id=None)
    )
    queues = select(func.count(QueueDefinition.id)).where(
        QueueDefinition.tenant_id == tenant_id, queues_within_reach(tenant_id, reach, except_folder_id=None)
    )
    schedules = select(func.count(ProcessSchedule.id)).where(
        ProcessSchedule.tenant_id == tenant_id, ProcessSchedule.folder_id.in_(folders)
    )
    return {
        "Processes": session.scalar(processes) or 0,
        "Assets": session.scalar(assets) or 0,
        "Queues": session.scalar(queues) or 0,
        "Schedules": session.scalar(schedules) or 0,
    }


def count_jobs(session: Session, tenant_id: str, reach: Reach) -> dict[int, int]:
    """Return how many jobs within reach are in each state, by its number."""
    # The folders are the tenant's; with them alone an index answers.
    within = Job.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    counted = select(Job.state, func.count()).where(within).group_by(Job.state)
    return {row[0]: row[1] for row in session.execute(counted)}


def count_sessions(session: Session, tenant_id: str, reach: Reach) -> dict[int, int]:
    """Return how many robots within reach are in each state, by its number."""
    within = RobotSession.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    counted = select(RobotSession.state, func.count()).where(RobotSession.tenant_id == tenant_id, within)
    return {row[0]: row[1] for row in session.execute(counted.group_by(RobotSession.state))}
