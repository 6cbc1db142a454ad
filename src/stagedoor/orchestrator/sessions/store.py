"""All SQL of robot sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import select_ids_within_reach, within_reach
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import SESSION_STATE
from stagedoor.passage import Reach

_DISCONNECTED = SESSION_STATE.members["Disconnected"]
_IS_THERE = (RobotSession.instance_key.is_not(None), RobotSession.state != _DISCONNECTED)
"""The process of a real robot is connected."""


class Connection(NamedTuple):
    """A robot of some type connected from a machine, in some state."""

    machine_id: int
    robot_type: int
    state: int


def is_of_robot_type(robot_type: int) -> ColumnElement[bool]:
    """Return the condition that a robot of this type is connected."""
    return RobotSession.robot_id.in_(select(Robot.id).where(Robot.type == robot_type))


def is_within_reach(tenant_id: str, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a session's folder is within reach."""
    return RobotSession.folder_id.in_(select_ids_within_reach(tenant_id, reach))


def add_session(session: Session, robot_session: RobotSession) -> None:
    """Store a new robot session."""
    session.add(robot_session)
    session.flush()


def find_of_instance(session: Session, tenant_id: str, folder_id: int, instance_key: str) -> RobotSession | None:
    """Return the session of a real robot's process in a folder, locked until the transaction ends."""
    return session.scalar(
        select(RobotSession)
        .where(
            RobotSession.tenant_id == tenant_id,
            RobotSession.folder_id == folder_id,
            RobotSession.instance_key == instance_key,
        )
        .with_for_update()
    )


def count_connected(session: Session, tenant_id: str, folder_id: int) -> int:
    """Return how many processes of real robots are there in a folder."""
    of_folder = (RobotSession.tenant_id == tenant_id, RobotSession.folder_id == folder_id)
    return session.scalar(select(func.count()).where(*of_folder, *_IS_THERE)) or 0


def is_another_there(session: Session, robot_session: RobotSession) -> bool:
    """Tell whether the process of another real robot is there in the folder."""
    others = (RobotSession.folder_id == robot_session.folder_id, RobotSession.id != robot_session.id)
    return session.scalar(select(RobotSession.id).where(*others, *_IS_THERE).limit(1)) is not None


def find_free_robot(session: Session, tenant_id: str, folder_id: int, machine_id: int | None) -> Robot | None:
    """Return a robot of the folder on this machine, or on none, that no real robot's process is at present."""
    taken = exists().where(RobotSession.robot_id == Robot.id, *_IS_THERE)
    on_it = Robot.machine_id.is_(None) if machine_id is None else Robot.machine_id == machine_id
    return session.scalar(
        select(Robot)
        .where(Robot.tenant_id == tenant_id, Robot.folder_id == folder_id, Robot.enabled.is_(True), on_it, ~taken)
        .order_by(Robot.id)
        .limit(1)
    )


def is_any_silent(session: Session, heard_before: datetime) -> bool:
    """Tell whether a real robot has not been heard of since some time."""
    return session.scalar(select(RobotSession.id).where(*_silent(heard_before)).limit(1)) is not None


def disconnect_silent(session: Session, heard_before: datetime) -> None:
    """Write down that the real robots which have not been heard of since some time are gone."""
    session.execute(update(RobotSession).where(*_silent(heard_before)).values(state=_DISCONNECTED))


def _silent(heard_before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_IS_THERE, RobotSession.reporting_time < heard_before)


def find_session(session: Session, tenant_id: str, session_id: int, reach: Reach) -> RobotSession | None:
    """Return the robot session, if its folder is within reach."""
    return session.scalar(
        select(RobotSession)
        .join(Folder, Folder.id == RobotSession.folder_id)
        .where(RobotSession.tenant_id == tenant_id, RobotSession.id == session_id, *within_reach(tenant_id, reach))
    )


def list_connected(session: Session, machines: Sequence[Machine]) -> Sequence[Connection]:
    """Return who is connected from these machines."""
    ids = [machine.id for machine in machines]
    rows = session.execute(
        select(RobotSession.machine_id, Robot.type, RobotSession.state)
        .join(Robot, Robot.id == RobotSession.robot_id)
        .where(RobotSession.machine_id.in_(ids), RobotSession.state != _DISCONNECTED)
    )
    return [Connection(machine_id or 0, robot_type, state) for machine_id, robot_type, state in rows]


def list_usernames(session: Session, tenant_id: str, reach: Reach) -> Sequence[str]:
    """Return the accounts of the robots that are connected within reach, each once."""
    names = (
        select(Robot.username)
        .join(RobotSession, RobotSession.robot_id == Robot.id)
        .join(Folder, Folder.id == RobotSession.folder_id)
        .where(RobotSession.tenant_id == tenant_id, Robot.username.is_not(None), *within_reach(tenant_id, reach))
        .distinct()
    )
    return [name for name in session.scalars(names.order_by(Robot.username)) if name is not None]


def delete_inactive(session: Session, tenant_id: str, session_ids: Collection[int], reach: Reach) -> None:
    """Delete those of the robot sessions that are disconnected and within reach."""
    session.execute(
        delete(RobotSession).where(
            RobotSession.tenant_id == tenant_id,
            RobotSession.id.in_(session_ids),
            is_within_reach(tenant_id, reach),
            RobotSession.state == _DISCONNECTED,
        )
    )
