"""What may be done with task catalogues: make, change, delete and share them; each within one folder of one tenant."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.retention import Kind
from stagedoor.orchestrator.sharing import Shares, verify_folders, verify_seen_within_reach
from stagedoor.orchestrator.task_catalogs import store
from stagedoor.orchestrator.task_catalogs.links import links
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog
from stagedoor.orchestrator.task_catalogs.schemas import CatalogValues
from stagedoor.orchestrator.task_retention.store import TASK_RETENTION
from stagedoor.passage import Reach


def create_catalog(
    session: Session, tenant_id: str, folder_id: int, values: CatalogValues, *, clock: Clock, chance: Chance
) -> TaskCatalog:
    """Make a catalogue; raises ``NameInUse`` (409/1001) for a name that the folder has."""
    catalog = TaskCatalog(
        tenant_id=tenant_id,
        key=random_guid(chance),
        name=values.name,
        description=values.description,
        is_encrypted=bool(values.is_encrypted),
        tags=values.tags,
        created_at=clock.now(),
    )
    store.add_catalog(session, catalog, folder_id)
    _keep_for(session, catalog, values)
    return catalog


def update_catalog(session: Session, catalog: TaskCatalog, values: CatalogValues, *, clock: Clock) -> None:
    """Change what was sent and leave the rest.

    Whether the data of tasks is sealed was decided when the catalogue was made (400/1000 for a change).
    """
    if values.is_encrypted not in (None, catalog.is_encrypted):
        raise InvalidRequest(
            "Encrypted is decided when a catalogue is made and cannot be changed.",
            hint="Make another catalogue for the tasks that follow.",
            details={"field": "Encrypted"},
        )
    if values.name != catalog.name:
        links.rename(session, catalog.id, values.name)
        catalog.name = values.name
    if values.description is not None:
        catalog.description = values.description
    if values.tags is not None:
        catalog.tags = values.tags
    catalog.modified_at = clock.now()
    _keep_for(session, catalog, values)
    session.flush()


def get_catalog(session: Session, tenant_id: str, folder_id: int, catalog_id: int) -> TaskCatalog:
    """Return a catalogue that the folder sees, or raise ``NotFound``."""
    catalog = store.find_catalog(session, tenant_id, folder_id, catalog_id)
    if catalog is None:
        raise NotFound(f"There is no task catalogue {catalog_id} in this folder.")
    return catalog


def get_catalog_within(session: Session, tenant_id: str, catalog_id: int, reach: Reach) -> TaskCatalog:
    """Return a catalogue that a folder within reach sees, or raise ``NotFound``."""
    catalog = store.find_catalog_within(session, tenant_id, catalog_id, reach)
    if catalog is None:
        raise NotFound(f"There is no task catalogue {catalog_id}.")
    return catalog


def get_catalog_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> TaskCatalog:
    """Return the catalogue that the folder sees under this name, in any letter case, or raise ``NotFound``."""
    catalog = store.find_catalog_by_name(session, tenant_id, folder_id, name)
    if catalog is None:
        raise NotFound(f"There is no task catalogue named {name!r} in this folder.")
    return catalog


def delete_catalog(session: Session, catalog: TaskCatalog, reach: Reach) -> None:
    """Delete a catalogue, for every folder that sees it.

    Raises ``Conflict`` while tasks are in it, or if one of its folders is out of reach.
    """
    verify_seen_within_reach(*list_folders(session, catalog, reach), f"The task catalogue {catalog.name!r}")
    tasks = store.count_tasks(session, catalog.id)
    if tasks:
        raise Conflict(
            f"The task catalogue {catalog.name!r} has {tasks} tasks.",
            hint="Move them to another catalogue with EditTaskMetadata, or delete them.",
        )
    store.delete_catalog(session, catalog)


def list_folders(session: Session, catalog: TaskCatalog, reach: Reach) -> tuple[Sequence[Folder], int]:
    """Return the folders within reach that see the catalogue, and how many see it in all."""
    return links.list_folders(session, catalog.tenant_id, catalog.id, reach)


def share_catalogs(session: Session, tenant_id: str, folder_id: int, shares: Shares[int], reach: Reach) -> None:
    """Let folders within reach see catalogues of this folder, or see them no longer.

    Raises ``NotFound`` for a catalogue or folder that is not there, ``NameInUse`` for a folder with another catalogue
    of that name, ``Conflict`` for taking it out of its last folder or out of one with tasks in it.
    """
    verify_folders(session, tenant_id, reach, shares)
    for catalog_id in shares.thing_ids:
        catalog = get_catalog(session, tenant_id, folder_id, catalog_id)
        for target in shares.add_to:
            links.link(session, catalog.id, target, catalog.name)
        for target in shares.remove_from:
            if store.count_tasks(session, catalog.id, folder_id=target):
                raise Conflict(f"The task catalogue {catalog.name!r} has tasks in the folder {target}.")
            links.unlink(session, catalog.id, target)
        if not links.count_folders(session, catalog.id):
            raise Conflict(
                f"The task catalogue {catalog.name!r} cannot be taken out of its last folder.",
                hint="Delete it instead.",
            )


def _keep_for(session: Session, catalog: TaskCatalog, values: CatalogValues) -> None:
    if values.retention is not None:
        TASK_RETENTION.put(session, catalog.tenant_id, catalog.id, Kind.FINAL, values.retention)
