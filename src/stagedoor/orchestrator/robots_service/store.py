"""The SQL of work for real robots."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.job_triggers.models import KeptState
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.scripted_robots.states import IN_HAND_STATES, JobState


def _is_for_real_robots() -> ColumnElement[bool]:
    return and_(Package.file_name.is_not(None), not_(Package.main_entry_point_path.iendswith(".xaml")))


def _has_kept_state() -> ColumnElement[bool]:
    # A job that a script suspended has none, and goes on by its script.
    return exists().where(KeptState.job_id == Job.id)


def list_process_names(session: Session, tenant_id: str, folder_id: int) -> Sequence[str]:
    """Return the names of the folder's processes that a real robot can run."""
    return session.scalars(
        select(Release.name)
        .join(Package, Package.id == Release.package_id)
        .where(Release.tenant_id == tenant_id, Release.folder_id == folder_id, _is_for_real_robots())
        .order_by(Release.id)
    ).all()


def list_waiting(session: Session, tenant_id: str, folder_id: int, *, limit: int) -> Sequence[tuple[Job, Release]]:
    """Return jobs that a real robot can run: pending ones, and those that it may go on with; locked.

    The most urgent come first; jobs that others lock are left.
    """
    rows = session.execute(
        select(Job, Release)
        .join(Release, Release.id == Job.release_id)
        .join(Package, Package.id == Release.package_id)
        .where(
            Job.tenant_id == tenant_id,
            Job.folder_id == folder_id,
            or_(Job.state == JobState.PENDING, and_(Job.state == JobState.RESUMED, _has_kept_state())),
            _is_for_real_robots(),
        )
        .order_by(Job.specific_priority_value.desc(), Job.id)
        .limit(limit)
        .with_for_update(of=Job, skip_locked=True)
    ).all()
    return [(job, release) for job, release in rows]


def list_jobs(session: Session, tenant_id: str, folder_id: int, keys: Sequence[str]) -> Sequence[Job]:
    """Return those of the jobs that are in the folder."""
    of_folder = (Job.tenant_id == tenant_id, Job.folder_id == folder_id)
    return session.scalars(select(Job).where(*of_folder, Job.key.in_(keys))).all()


def find_machine(session: Session, tenant_id: str, folder_id: int, is_wanted: ColumnElement[bool]) -> Machine | None:
    """Return the wanted machine, if the folder has it."""
    branch = select(Folder.branch).where(Folder.tenant_id == tenant_id, Folder.id == folder_id).scalar_subquery()
    assigned = (
        select(MachineFolder.machine_id)
        .join(Folder, Folder.id == MachineFolder.folder_id)
        .where(
            (MachineFolder.folder_id == folder_id)
            | (MachineFolder.propagate_to_subfolders.is_(True) & branch.startswith(Folder.branch))
        )
    )
    return session.scalar(select(Machine).where(Machine.tenant_id == tenant_id, is_wanted, Machine.id.in_(assigned)))


def has_job_of_package(session: Session, machine_id: int, package: Package) -> bool:
    """Tell whether a job in the hands of a machine's robot runs a package, in whichever version."""
    other = aliased(Package)
    wanted = (
        select(Job.id)
        .join(Release, Release.id == Job.release_id)
        .join(other, other.id == Release.package_id)
        .where(
            Job.tenant_id == package.tenant_id,
            Job.machine_id == machine_id,
            Job.state.in_(IN_HAND_STATES),
            other.feed_id == package.feed_id,
            other.name_folded == package.name_folded,
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def has_job_in_hand(session: Session, robot_id: int) -> bool:
    """Tell whether a robot has a job that runs, or is being stopped."""
    in_hand = select(Job.id).where(Job.robot_id == robot_id, Job.state.in_(IN_HAND_STATES)).limit(1)
    return session.scalar(in_hand) is not None
