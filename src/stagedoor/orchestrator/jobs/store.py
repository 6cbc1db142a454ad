"""All SQL of jobs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.store import own_folder_id
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.odata.joining import TenantLine
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES
from stagedoor.passage import FolderPlace


def in_folder(tenant_id: str, folder: FolderPlace) -> TenantLine:
    """Return the condition that a job belongs to the folder, and the folder to the tenant."""
    return TenantLine(Job.folder_id == own_folder_id(tenant_id, folder.id))


def has_id(job_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one job by its id."""
    return Job.id == job_id


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one job by its key."""
    return Job.key == key


def is_one_of(jobs: Sequence[Job]) -> ColumnElement[bool]:
    """Return the condition that picks these jobs."""
    return Job.id.in_([job.id for job in jobs])


def add_jobs(session: Session, jobs: Sequence[Job]) -> None:
    """Store new jobs."""
    session.add_all(jobs)
    session.flush()


def find_job(session: Session, tenant_id: str, folder_id: int, job_id: int) -> Job | None:
    """Return the job of this id, to look at, if it is in the folder."""
    return session.scalar(_of_folder(tenant_id, folder_id).where(Job.id == job_id))


def list_jobs_to_change(session: Session, tenant_id: str, folder_id: int, ids: Sequence[int]) -> Sequence[Job]:
    """Return those of the jobs that are in the folder, by id, locked until the transaction ends."""
    jobs = _of_folder(tenant_id, folder_id).where(Job.id.in_(ids)).order_by(Job.id)
    return session.scalars(jobs.with_for_update()).all()


def find_job_to_change_by_key(session: Session, tenant_id: str, folder_id: int, key: str) -> Job | None:
    """Return the job with this key, locked until the transaction ends, if it is in the folder."""
    return session.scalar(_of_folder(tenant_id, folder_id).where(Job.key == key).with_for_update())


def is_any_due(session: Session, tenant_id: str, now: datetime) -> bool:
    """Tell whether a job of the tenant has a move to make, or ran for too long."""
    due = exists().where(Job.tenant_id == tenant_id, Job.next_move_at <= now)
    overtime = exists().where(Job.tenant_id == tenant_id, Job.stop_at <= now)
    return bool(session.scalar(select(or_(due, overtime))))


def list_due(session: Session, tenant_id: str, now: datetime, *, limit: int) -> Sequence[Job]:
    """Return jobs that have a move to make or ran for too long, the longest due first, locked."""
    return session.scalars(
        select(Job)
        .where(Job.tenant_id == tenant_id, or_(Job.next_move_at <= now, Job.stop_at <= now))
        .order_by(Job.next_move_at, Job.id)
        .limit(limit)
        .with_for_update()
    ).all()


def is_any_due_anywhere(session: Session, now: datetime) -> bool:
    """Tell whether a job of any tenant has a move to make, or ran for too long."""
    due = exists().where(Job.next_move_at <= now)
    overtime = exists().where(Job.stop_at <= now)
    return bool(session.scalar(select(or_(due, overtime))))


def list_tenants_with_due(session: Session, now: datetime) -> Sequence[str]:
    """Return the tenants that have jobs with a move to make, or that ran for too long."""
    due = or_(Job.next_move_at <= now, Job.stop_at <= now)
    return session.scalars(select(Job.tenant_id).where(due).distinct().order_by(Job.tenant_id)).all()


def list_jobs_under_way(session: Session, tenant_id: str, robot_id: int) -> Sequence[Job]:
    """Return the robot's jobs that are not at their end, by id, locked until the transaction ends."""
    jobs = select(Job).where(Job.tenant_id == tenant_id, Job.robot_id == robot_id, Job.state.not_in(FINAL_STATES))
    return session.scalars(jobs.order_by(Job.id).with_for_update()).all()


def find_release(session: Session, release_id: int) -> Release | None:
    """Return a job's release, if it is still there."""
    return session.get(Release, release_id)


def find_robot(session: Session, robot_id: int) -> Robot | None:
    """Return a job's robot, if it is still there."""
    return session.get(Robot, robot_id)


def list_robots(session: Session, tenant_id: str, folder_id: int) -> Sequence[Robot]:
    """Return the folder's robots that are not switched off, by id."""
    return session.scalars(
        select(Robot)
        .where(Robot.tenant_id == tenant_id, Robot.folder_id == folder_id, Robot.enabled.is_(True))
        .order_by(Robot.id)
    ).all()


def list_machine_ids(session: Session, tenant_id: str, folder_id: int) -> Sequence[int]:
    """Return the ids of the machines assigned to the folder."""
    return session.scalars(
        select(Machine.id)
        .join(MachineFolder, MachineFolder.machine_id == Machine.id)
        .where(Machine.tenant_id == tenant_id, MachineFolder.folder_id == folder_id)
        .order_by(Machine.id)
    ).all()


def find_host_name(session: Session, job: Job) -> str | None:
    """Return the name of the machine that a job was given."""
    return session.scalar(select(Machine.name).where(Machine.id == job.machine_id))


def _of_folder(tenant_id: str, folder_id: int) -> Select[Job]:
    return select(Job).where(Job.tenant_id == tenant_id, Job.folder_id == folder_id)
