"""All SQL of environments."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, case, delete, exists, insert, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.entity import EdmType, Expression, Property
from stagedoor.orchestrator.environments.models import Environment, EnvironmentRobot
from stagedoor.orchestrator.odata.bound import Field
from stagedoor.orchestrator.odata.coercion import kind_of
from stagedoor.orchestrator.odata.options import SortKey
from stagedoor.passage import FolderPlace


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that an environment belongs to the folder."""
    return Environment.folder_id == folder.id


def has_id(environment_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one environment."""
    return Environment.id == environment_id


def members_first(environment_id: int) -> SortKey:
    """Return the order of robots in which those of the environment come first."""

    def rank(robot: type[EnvironmentRobot]) -> ColumnElement[int]:
        is_member = exists().where(
            EnvironmentRobot.environment_id == environment_id,
            EnvironmentRobot.robot_id == robot.id,  # type: ignore[attr-defined]  # what is ranked is a robot
        )
        return case((is_member, 0), else_=1)

    part = Property("IsElsewhere", EdmType.INT32, Expression(rank))
    return SortKey(Field(0, (), part, kind_of(part)), descending=False)


def find_environment(session: Session, tenant_id: str, folder_id: int, environment_id: int) -> Environment | None:
    """Return the environment, if it is in this folder."""
    return session.scalar(
        select(Environment).where(
            Environment.id == environment_id, Environment.tenant_id == tenant_id, Environment.folder_id == folder_id
        )
    )


def find_environment_by_name(session: Session, folder_id: int, name: str) -> Environment | None:
    """Return the folder's environment of this name, in any letter case."""
    return session.scalar(
        select(Environment).where(Environment.folder_id == folder_id, Environment.name_folded == name.casefold())
    )


def add_environment(session: Session, environment: Environment) -> None:
    """Store a new environment."""
    session.add(environment)
    session.flush()


def delete_environment(session: Session, environment: Environment) -> None:
    """Delete an environment; its robots stay."""
    session.delete(environment)
    session.flush()


def list_robot_ids(session: Session, environment_id: int) -> Sequence[int]:
    """Return the ids of the robots in the environment."""
    ids = select(EnvironmentRobot.robot_id).where(EnvironmentRobot.environment_id == environment_id)
    return session.scalars(ids.order_by(EnvironmentRobot.robot_id)).all()


def add_robots(session: Session, environment_id: int, robot_ids: Collection[int]) -> None:
    """Put robots into the environment; nothing happens to those that are in it."""
    missing = set(robot_ids) - set(list_robot_ids(session, environment_id))
    if missing:
        rows = [{"environment_id": environment_id, "robot_id": robot_id} for robot_id in sorted(missing)]
        session.execute(insert(EnvironmentRobot), rows)


def remove_robots(session: Session, environment_id: int, robot_ids: Collection[int]) -> None:
    """Take robots out of the environment."""
    session.execute(
        delete(EnvironmentRobot).where(
            EnvironmentRobot.environment_id == environment_id, EnvironmentRobot.robot_id.in_(robot_ids)
        )
    )
