"""All SQL of log lines."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.store import own_folder_id, select_ids_within_reach
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.odata.joining import TenantLine
from stagedoor.orchestrator.robot_logs.models import RobotLog
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace, Reach


def in_folder(tenant_id: str, folder: FolderPlace) -> TenantLine:
    """Return the condition that a line was written in the folder, and the folder is the tenant's."""
    return TenantLine(RobotLog.folder_id == own_folder_id(tenant_id, folder.id))


def add_lines(session: Session, lines: Sequence[RobotLog]) -> None:
    """Have lines written down, in their order, with the transaction's next flush."""
    session.add_all(lines)
    session.flush()


def find_job(session: Session, tenant_id: str, reach: Reach, key: str) -> Job | None:
    """Return the tenant's job with this key, if its folder is within reach."""
    within = Job.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    return session.scalar(select(Job).where(Job.tenant_id == tenant_id, Job.key == key, within))


def find_robot(session: Session, tenant_id: str, reach: Reach, name: str) -> Robot | None:
    """Return the tenant's robot of this name, if its folder is within reach."""
    within = Robot.folder_id.in_(select_ids_within_reach(tenant_id, reach))
    return session.scalar(
        select(Robot).where(Robot.tenant_id == tenant_id, Robot.name_folded == name.casefold(), within)
    )


def find_robot_name(session: Session, robot_id: int | None) -> str | None:
    """Return the name of a job's robot."""
    return None if robot_id is None else session.scalar(select(Robot.name).where(Robot.id == robot_id))
