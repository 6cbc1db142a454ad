"""All SQL of robots."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a robot belongs to the folder."""
    return Robot.folder_id == folder.id


def can_run() -> ColumnElement[bool]:
    """Return the condition that a robot is not switched off."""
    return Robot.enabled.is_(True)


def find_robot(session: Session, folder_id: int, robot_id: int) -> Robot | None:
    """Return the robot, if it is in this folder."""
    return session.scalar(select(Robot).where(Robot.folder_id == folder_id, Robot.id == robot_id))


def find_robot_by_name(session: Session, tenant_id: str, name: str) -> Robot | None:
    """Return the robot of this name, in any letter case."""
    return session.scalar(select(Robot).where(Robot.tenant_id == tenant_id, Robot.name_folded == name.casefold()))


def list_robot_ids(session: Session, folder_id: int, robot_ids: Collection[int]) -> Sequence[int]:
    """Return those of the ids that are robots of the folder."""
    return session.scalars(
        select(Robot.id).where(Robot.folder_id == folder_id, Robot.id.in_(robot_ids)).order_by(Robot.id)
    ).all()


def list_usernames(session: Session, folder_id: int) -> Sequence[str]:
    """Return the accounts that the folder's robots run under, each once."""
    names = select(Robot.username).where(Robot.folder_id == folder_id, Robot.username.is_not(None)).distinct()
    return [name for name in session.scalars(names.order_by(Robot.username)) if name is not None]


def list_license_keys(session: Session, tenant_id: str) -> Sequence[tuple[str, str]]:
    """Return the name and the licence key of each machine of the tenant, by name."""
    pairs = select(Machine.name, Machine.license_key).where(Machine.tenant_id == tenant_id).order_by(Machine.name)
    return [(name, key) for name, key in session.execute(pairs)]


def has_process(session: Session, folder: FolderPlace, process_id: str) -> bool:
    """Tell whether the folder has a process of this id: a release's number or key, or its package's name."""
    named = [Release.key == process_id.lower(), Release.process_key == process_id]
    if process_id.isascii() and process_id.isdecimal() and len(process_id) < 19:
        named.append(Release.id == int(process_id))
    found = select(Release.id).where(Release.folder_id == folder.id, or_(*named)).limit(1)
    return session.scalar(found) is not None


def add_robot(session: Session, robot: Robot) -> None:
    """Store a new robot."""
    session.add(robot)
    session.flush()


def set_enabled(session: Session, robot_ids: Collection[int], *, enabled: bool) -> None:
    """Let robots take jobs, or no longer."""
    session.execute(update(Robot).where(Robot.id.in_(robot_ids)).values(enabled=enabled))


def delete_robots(session: Session, robot_ids: Collection[int]) -> None:
    """Delete robots with their sessions."""
    session.execute(delete(Robot).where(Robot.id.in_(robot_ids)))
