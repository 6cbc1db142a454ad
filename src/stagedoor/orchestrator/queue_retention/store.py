"""Which queue items have outlived their queue's setting, and whose settings a folder sees."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.store import links
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.queue_retention.models import QueueRetention
from stagedoor.orchestrator.retention import Kind, Retention

ENDED = (Status.FAILED, Status.SUCCESSFUL, Status.ABANDONED, Status.RETRIED, Status.DELETED)


def _outlived(queue_id: int, kind: int, before: datetime) -> Sequence[ColumnElement[bool]]:
    if kind == Kind.STALE:
        # With its queue's folder, by which an index begins.
        home = select(QueueDefinition.folder_id).where(QueueDefinition.id == queue_id).scalar_subquery()
        of_queue = (QueueItem.folder_id == home, QueueItem.queue_id == queue_id)
        return (*of_queue, QueueItem.status == Status.NEW, QueueItem.created_at < before)
    return (QueueItem.queue_id == queue_id, QueueItem.status.in_(ENDED), QueueItem.end_processing < before)


QUEUE_RETENTION = Retention(
    set_name="QueueRetention",
    entity_name="QueueRetentionSettingDto",
    field="QueueDefinitionId",
    table=QueueRetention,
    thing=QueueRetention.queue_id,
    rows=QueueItem.id,
    outlived=_outlived,
)


def in_folder(folder_id: int) -> Sequence[ColumnElement[bool]]:
    """Return the condition that the folder sees the setting's queue."""
    return (links.seen_in(folder_id, QueueRetention.queue_id),)
