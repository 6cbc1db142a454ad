"""All SQL of task definitions."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.errors import NameInUse
from stagedoor.orchestrator.task_definitions.models import TaskDefinition, TaskDefinitionVersion
from stagedoor.orchestrator.tasks.models import Task


def has_id(definition_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one definition by its id."""
    return TaskDefinition.id == definition_id


def find_definition(session: Session, tenant_id: str, definition_id: int) -> TaskDefinition | None:
    """Return the tenant's definition of this id."""
    return session.scalar(
        select(TaskDefinition).where(TaskDefinition.id == definition_id, TaskDefinition.tenant_id == tenant_id)
    )


def find_version(session: Session, definition_id: int, version: int) -> TaskDefinitionVersion | None:
    """Return one version of a definition by its number."""
    return session.scalar(
        select(TaskDefinitionVersion).where(
            TaskDefinitionVersion.definition_id == definition_id, TaskDefinitionVersion.version == version
        )
    )


def list_versions(session: Session, definition_id: int) -> Sequence[TaskDefinitionVersion]:
    """Return the versions of a definition, the newest first."""
    return session.scalars(
        select(TaskDefinitionVersion)
        .where(TaskDefinitionVersion.definition_id == definition_id)
        .order_by(TaskDefinitionVersion.version.desc())
    ).all()


def save(session: Session, definition: TaskDefinition) -> None:
    """Store a new or changed definition; raises ``NameInUse`` if the tenant has another of that name."""
    with collision_refused(session, NameInUse(f"The name {definition.name!r} is already in use.")):
        session.add(definition)


def is_name_free(session: Session, tenant_id: str, name_folded: str) -> bool:
    """Tell whether no definition of the tenant has this name."""
    found = select(TaskDefinition.id).where(
        TaskDefinition.tenant_id == tenant_id, TaskDefinition.name_folded == name_folded
    )
    return session.scalar(found) is None


def add_version(session: Session, version: TaskDefinitionVersion) -> None:
    """Store a new version and give it its id."""
    session.add(version)
    session.flush()


def count_tasks(session: Session, version_ids: Sequence[int]) -> int:
    """Return how many tasks were made by these versions; deleted ones are not counted."""
    tasks = select(func.count()).select_from(Task)
    return session.scalar(tasks.where(Task.definition_version_id.in_(version_ids), Task.deleted_at.is_(None))) or 0


def delete_versions(session: Session, version_ids: Sequence[int]) -> None:
    """Delete versions; deleted tasks that were made by them have none."""
    made = update(Task).where(Task.definition_version_id.in_(version_ids))
    session.execute(made.values(definition_version_id=None))
    session.execute(delete(TaskDefinitionVersion).where(TaskDefinitionVersion.id.in_(version_ids)))


def delete_definition(session: Session, definition: TaskDefinition) -> None:
    """Delete a definition that has no versions any more."""
    session.delete(definition)
    session.flush()
