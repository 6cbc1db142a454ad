"""What may be done with task definitions: make, change by a new version, delete whole or by version."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.odata.render import show_time
from stagedoor.orchestrator.task_definitions import store
from stagedoor.orchestrator.task_definitions.models import TaskDefinition, TaskDefinitionVersion
from stagedoor.orchestrator.task_definitions.schemas import DefinitionValues, PropertyValues


@dataclass(frozen=True, slots=True)
class Designer:
    """Who makes or changes a definition: the vendor's number and the key, with the clock and chance of the call."""

    number: int | None
    key: str
    clock: Clock
    chance: Chance


def create_definition(session: Session, tenant_id: str, values: DefinitionValues, designer: Designer) -> TaskDefinition:
    """Make a definition with its first version; raises ``NameInUse`` (409/1001) for a name that the tenant has."""
    if values.name is None:
        raise InvalidRequest("The Name field is required.", details={"field": "Name"})
    definition = TaskDefinition(
        tenant_id=tenant_id,
        key=random_guid(designer.chance),
        name=values.name,
        name_folded=values.name.casefold(),
        description=values.description,
        version=0,
        current={},
        created_at=designer.clock.now(),
        creator_user_number=designer.number,
    )
    _verify_free(session, definition)
    store.save(session, definition)
    _add_version(session, definition, values.properties or PropertyValues(None, ()), designer)
    return definition


def update_definition(
    session: Session, definition: TaskDefinition, values: DefinitionValues, designer: Designer
) -> None:
    """Change what was sent and leave the rest; properties that differ from the newest version's become a new one."""
    if values.name is not None and values.name.casefold() != definition.name_folded:
        definition.name_folded = values.name.casefold()
        with session.no_autoflush:
            _verify_free(session, definition)
    if values.name is not None:
        definition.name = values.name
    if values.description is not None:
        definition.description = values.description
    definition.modified_at = designer.clock.now()
    definition.modifier_user_number = designer.number
    store.save(session, definition)
    newest = store.find_version(session, definition.id, definition.version)
    if values.properties is not None and (newest is None or _facts(newest) != values.properties):
        _add_version(session, definition, values.properties, designer)


def get_definition(session: Session, tenant_id: str, definition_id: int) -> TaskDefinition:
    """Return the tenant's definition, or raise ``NotFound``."""
    definition = store.find_definition(session, tenant_id, definition_id)
    if definition is None:
        raise NotFound(f"There is no task definition {definition_id}.")
    return definition


def get_version(session: Session, tenant_id: str, definition_id: int, number: int | None) -> TaskDefinitionVersion:
    """Return a version of the tenant's definition, the newest where no number is given, or raise ``NotFound``."""
    definition = get_definition(session, tenant_id, definition_id)
    version = store.find_version(session, definition.id, definition.version if number is None else number)
    if version is None:
        raise NotFound(f"The task definition {definition.name!r} has no version {number}.")
    return version


def delete_definition(session: Session, definition: TaskDefinition) -> None:
    """Delete a definition with all its versions; raises ``Conflict`` while tasks were made by one of them."""
    versions = [version.id for version in store.list_versions(session, definition.id)]
    _verify_unused(session, definition, versions)
    store.delete_versions(session, versions)
    store.delete_definition(session, definition)


def delete_version(session: Session, definition: TaskDefinition, number: int) -> None:
    """Delete one version, and the definition with its last one.

    The newest of the others becomes the current one. Raises ``NotFound`` for a version that is not there and
    ``Conflict`` while tasks were made by it.
    """
    version = get_version(session, definition.tenant_id, definition.id, number)
    others = [other for other in store.list_versions(session, definition.id) if other.id != version.id]
    if not others:
        delete_definition(session, definition)
        return
    _verify_unused(session, definition, [version.id])
    store.delete_versions(session, [version.id])
    _make_current(definition, others[0])
    session.flush()


def _facts(version: TaskDefinitionVersion) -> PropertyValues:
    return PropertyValues(version.schema, tuple(version.allowed_actions))


def _add_version(session: Session, definition: TaskDefinition, values: PropertyValues, designer: Designer) -> None:
    version = TaskDefinitionVersion(
        tenant_id=definition.tenant_id,
        definition_id=definition.id,
        version=definition.version + 1,
        schema=values.schema,
        allowed_actions=list(values.allowed_actions),
        created_at=designer.clock.now(),
        creator_user_number=designer.number,
        creator_key=designer.key,
    )
    store.add_version(session, version)
    _make_current(definition, version)
    session.flush()


def _make_current(definition: TaskDefinition, version: TaskDefinitionVersion) -> None:
    definition.version = version.version
    definition.current = _show(definition, version)


def _show(definition: TaskDefinition, version: TaskDefinitionVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "schema": version.schema,
        "allowedActions": version.allowed_actions,
        "allowedActionsForDefinition": ",".join(version.allowed_actions),
        "taskDefinitionKey": definition.key,
        "creationTime": show_time(version.created_at),
        "creatorUserId": version.creator_user_number,
        "creatorUserKey": version.creator_key,
        "id": version.id,
    }


def _verify_free(session: Session, definition: TaskDefinition) -> None:
    if not store.is_name_free(session, definition.tenant_id, definition.name_folded):
        raise NameInUse(f"Another task definition has the name {definition.name_folded!r}.")


def _verify_unused(session: Session, definition: TaskDefinition, version_ids: list[int]) -> None:
    tasks = store.count_tasks(session, version_ids)
    if tasks:
        raise Conflict(f"The task definition {definition.name!r} has made {tasks} tasks that are still there.")
