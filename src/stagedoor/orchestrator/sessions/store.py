"""All SQL of robot sessions."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import select_ids_within_reach, within_reach
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import SESSION_STATE
from stagedoor.passage import Reach


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
        .where(RobotSession.machine_id.in_(ids), RobotSession.state != SESSION_STATE.members["Disconnected"])
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
            RobotSession.state == SESSION_STATE.members["Disconnected"],
        )
    )
