"""All SQL of task catalogues."""

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folder_links import fold
from stagedoor.orchestrator.task_catalogs.links import links
from stagedoor.orchestrator.task_catalogs.models import TaskCatalog, TaskCatalogFolder
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.passage import FolderPlace, Reach


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the folder sees the catalogue."""
    return links.seen_in(folder.id, TaskCatalog.id)


def within_reach(tenant_id: str, reach: Reach, *, except_folder_id: int | None) -> ColumnElement[bool]:
    """Return the condition that a folder within reach, other than the one left out, sees the catalogue."""
    return links.seen_within(tenant_id, reach, TaskCatalog.id, except_folder_id=except_folder_id)


def has_id(catalog_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one catalogue by its id."""
    return TaskCatalog.id == catalog_id


def find_catalog(session: Session, tenant_id: str, folder_id: int, catalog_id: int) -> TaskCatalog | None:
    """Return the catalogue of this id, if the folder sees it."""
    return session.scalar(
        select(TaskCatalog).where(
            TaskCatalog.id == catalog_id,
            TaskCatalog.tenant_id == tenant_id,
            links.seen_in(folder_id, TaskCatalog.id),
        )
    )


def find_catalog_within(session: Session, tenant_id: str, catalog_id: int, reach: Reach) -> TaskCatalog | None:
    """Return the catalogue of this id, if some folder within reach sees it."""
    return session.scalar(
        select(TaskCatalog).where(
            TaskCatalog.id == catalog_id,
            TaskCatalog.tenant_id == tenant_id,
            links.seen_within(tenant_id, reach, TaskCatalog.id),
        )
    )


def find_catalog_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> TaskCatalog | None:
    """Return the catalogue that the folder sees under this name, in any letter case."""
    return session.scalar(
        select(TaskCatalog)
        .join(TaskCatalogFolder, TaskCatalogFolder.catalog_id == TaskCatalog.id)
        .where(
            TaskCatalogFolder.folder_id == folder_id,
            TaskCatalogFolder.name_folded == fold(name),
            TaskCatalog.tenant_id == tenant_id,
        )
    )


def add_catalog(session: Session, catalog: TaskCatalog, folder_id: int) -> None:
    """Store a new catalogue, seen in one folder; raises ``NameInUse`` if the folder sees another of that name."""
    session.add(catalog)
    session.flush()
    links.link(session, catalog.id, folder_id, catalog.name)


def count_tasks(session: Session, catalog_id: int, *, folder_id: int | None = None) -> int:
    """Return how many tasks are in the catalogue, in one folder or in all; deleted ones are not counted."""
    conditions = [Task.catalog_id == catalog_id, Task.deleted_at.is_(None)]
    if folder_id is not None:
        conditions.append(Task.folder_id == folder_id)
    return session.scalar(select(func.count()).select_from(Task).where(*conditions)) or 0


def delete_catalog(session: Session, catalog: TaskCatalog) -> None:
    """Delete a catalogue; deleted tasks that were in it are in none."""
    session.execute(update(Task).where(Task.catalog_id == catalog.id).values(catalog_id=None))
    session.delete(catalog)
    session.flush()
