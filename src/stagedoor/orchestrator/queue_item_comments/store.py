"""All SQL of comments on items."""

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.queue_item_comments.models import QueueItemComment
from stagedoor.orchestrator.queue_items import store as items_store
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.passage import FolderPlace


def in_folder(session: Session, tenant_id: str, folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a comment is on an item that the folder sees."""
    seen = items_store.in_folder(session, tenant_id, folder).condition
    return exists().where(QueueItem.id == QueueItemComment.item_id, seen)


def on_attempts(session: Session, tenant_id: str, key: str) -> ColumnElement[bool]:
    """Return the condition that a comment is on one of the attempts that share a key."""
    return QueueItemComment.item_id.in_(items_store.list_ids_of_key(session, tenant_id, key))


def has_id(comment_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one comment."""
    return QueueItemComment.id == comment_id


def find_comment(session: Session, tenant_id: str, folder: FolderPlace, comment_id: int) -> QueueItemComment | None:
    """Return the comment of this id, if the folder sees its item."""
    return session.scalar(
        select(QueueItemComment).where(
            QueueItemComment.tenant_id == tenant_id,
            QueueItemComment.id == comment_id,
            in_folder(session, tenant_id, folder),
        )
    )


def add_comment(session: Session, comment: QueueItemComment) -> None:
    """Write a comment down; it has an id then."""
    session.add(comment)
    session.flush()


def delete_comment(session: Session, comment: QueueItemComment) -> None:
    """Delete a comment."""
    session.execute(delete(QueueItemComment).where(QueueItemComment.id == comment.id))
