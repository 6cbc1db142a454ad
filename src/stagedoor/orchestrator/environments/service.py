"""What may be done with environments; each within one folder of one tenant."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from stagedoor.orchestrator.environments import store
from stagedoor.orchestrator.environments.models import Environment
from stagedoor.orchestrator.environments.schemas import EnvironmentChanges
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.field_changes import apply_changes
from stagedoor.orchestrator.folder_links import name_in_use
from stagedoor.orchestrator.robots.store import list_robot_ids
from stagedoor.passage import FolderPlace


def create_environment(
    session: Session, tenant_id: str, folder: FolderPlace, changes: EnvironmentChanges
) -> Environment:
    """Make an environment without robots; raises ``NameInUse`` (409/1001) for a name that the folder has."""
    _verify_name_is_free(session, folder.id, changes.name)
    environment = Environment(tenant_id=tenant_id, folder_id=folder.id)
    apply_changes(environment, changes)
    store.add_environment(session, environment)
    return environment


def update_environment(session: Session, environment: Environment, changes: EnvironmentChanges) -> None:
    """Change what ``changes`` set; raises ``NameInUse`` (409/1001)."""
    if changes.name.casefold() != environment.name_folded:
        _verify_name_is_free(session, environment.folder_id, changes.name)
    apply_changes(environment, changes)
    session.flush()


def get_environment(session: Session, tenant_id: str, folder: FolderPlace, environment_id: int) -> Environment:
    """Return an environment of the folder, or raise ``NotFound``."""
    environment = store.find_environment(session, tenant_id, folder.id, environment_id)
    if environment is None:
        raise NotFound(f"There is no environment {environment_id} in this folder.")
    return environment


def set_robots(
    session: Session, environment: Environment, folder: FolderPlace, added: Collection[int], removed: Collection[int]
) -> None:
    """Put robots of the folder into an environment and take others out; raises ``NotFound`` for one not there."""
    missing = set(added) - set(list_robot_ids(session, folder.id, added))
    if missing:
        raise NotFound(f"There is no robot {min(missing)} in this folder.")
    store.remove_robots(session, environment.id, removed)
    store.add_robots(session, environment.id, added)


def _verify_name_is_free(session: Session, folder_id: int, name: str) -> None:
    if store.find_environment_by_name(session, folder_id, name) is not None:
        raise name_in_use(name)
