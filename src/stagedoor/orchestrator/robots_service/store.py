"""The SQL of work for real robots."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, not_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.scripted_robots.models import ScriptRule
from stagedoor.orchestrator.scripted_robots.states import JobState


def _is_for_real_robots() -> ColumnElement[bool]:
    return and_(Package.file_name.is_not(None), not_(Package.main_entry_point_path.iendswith(".xaml")))


def list_process_names(session: Session, tenant_id: str, folder_id: int) -> Sequence[str]:
    """Return the names of the folder's processes that a real robot can run."""
    return session.scalars(
        select(Release.name)
        .join(Package, Package.id == Release.package_id)
        .where(Release.tenant_id == tenant_id, Release.folder_id == folder_id, _is_for_real_robots())
        .order_by(Release.id)
    ).all()


def list_waiting(session: Session, tenant_id: str, folder_id: int, *, limit: int) -> Sequence[tuple[Job, Release]]:
    """Return pending jobs that a real robot can run, the most urgent first, locked; jobs that others lock are left."""
    rows = session.execute(
        select(Job, Release)
        .join(Release, Release.id == Job.release_id)
        .join(Package, Package.id == Release.package_id)
        .where(
            Job.tenant_id == tenant_id,
            Job.folder_id == folder_id,
            Job.state == JobState.PENDING,
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


def find_machine(session: Session, tenant_id: str, folder_id: int, machine_key: str) -> Machine | None:
    """Return the machine with this key (the licence key that the vendor shows), if the folder has it."""
    branch = select(Folder.branch).where(Folder.tenant_id == tenant_id, Folder.id == folder_id).scalar_subquery()
    assigned = (
        select(MachineFolder.machine_id)
        .join(Folder, Folder.id == MachineFolder.folder_id)
        .where(
            (MachineFolder.folder_id == folder_id)
            | (MachineFolder.propagate_to_subfolders.is_(True) & branch.startswith(Folder.branch))
        )
    )
    return session.scalar(
        select(Machine).where(
            Machine.tenant_id == tenant_id, Machine.license_key == machine_key, Machine.id.in_(assigned)
        )
    )


def delete_rules(session: Session, rules: Sequence[ScriptRule]) -> None:
    """Take rules away."""
    session.execute(delete(ScriptRule).where(ScriptRule.id.in_([rule.id for rule in rules])))
