"""All SQL of queue definitions."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folder_links import FolderLinks, fold
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition, QueueFolder
from stagedoor.orchestrator.releases.models import Release
from stagedoor.passage import FolderPlace, Reach

links = FolderLinks(QueueFolder, QueueFolder.queue_id, QueueFolder.folder_id, QueueFolder.name_folded)


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the folder sees the queue."""
    return links.seen_in(folder.id, QueueDefinition.id)


def within_reach(tenant_id: str, reach: Reach, *, except_folder_id: int | None) -> ColumnElement[bool]:
    """Return the condition that a folder within reach, other than the one left out, sees the queue."""
    return links.seen_within(tenant_id, reach, QueueDefinition.id, except_folder_id=except_folder_id)


def has_id(queue_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one queue by its id."""
    return QueueDefinition.id == queue_id


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one queue by its key."""
    return QueueDefinition.key == key


def find_queue(session: Session, tenant_id: str, folder_id: int, queue_id: int) -> QueueDefinition | None:
    """Return the queue of this id, if the folder sees it."""
    return session.scalar(
        select(QueueDefinition).where(
            QueueDefinition.id == queue_id,
            QueueDefinition.tenant_id == tenant_id,
            links.seen_in(folder_id, QueueDefinition.id),
        )
    )


def find_queue_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> QueueDefinition | None:
    """Return the queue that the folder sees under this name, in any letter case."""
    return session.scalar(
        select(QueueDefinition)
        .join(QueueFolder, QueueFolder.queue_id == QueueDefinition.id)
        .where(
            QueueFolder.folder_id == folder_id,
            QueueFolder.name_folded == fold(name),
            QueueDefinition.tenant_id == tenant_id,
        )
    )


def add_queue(session: Session, queue: QueueDefinition) -> None:
    """Store a new queue in its home folder; raises ``NameInUse`` if the folder sees another of that name."""
    session.add(queue)
    session.flush()
    links.link(session, queue.id, queue.folder_id, queue.name)


def delete_queue(session: Session, queue: QueueDefinition) -> None:
    """Delete a queue with everything that stands in it."""
    session.delete(queue)
    session.flush()


def has_release(session: Session, tenant_id: str, release_id: int) -> bool:
    """Tell whether the tenant has this release."""
    found = select(Release.id).where(Release.id == release_id, Release.tenant_id == tenant_id)
    return session.scalar(found) is not None
