"""All SQL of test data queues; an item is given to one taker alone."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.folder_links import fold, name_in_use
from stagedoor.orchestrator.test_data_queues.models import DataQueue, DataQueueItem
from stagedoor.passage import FolderPlace

_IDS_AT_ONCE = 500


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a queue belongs to the folder."""
    return DataQueue.folder_id == folder.id


def has_id(queue_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one queue."""
    return DataQueue.id == queue_id


def item_in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that an item's queue belongs to the folder."""
    return DataQueueItem.queue_id.in_(select(DataQueue.id).where(DataQueue.folder_id == folder.id))


def item_has_id(item_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one item."""
    return DataQueueItem.id == item_id


def find_queue(session: Session, tenant_id: str, folder_id: int, queue_id: int) -> DataQueue | None:
    """Return the queue of this id, if it is in the folder."""
    return session.scalar(
        select(DataQueue).where(
            DataQueue.id == queue_id, DataQueue.tenant_id == tenant_id, DataQueue.folder_id == folder_id
        )
    )


def find_queue_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> DataQueue | None:
    """Return the folder's queue of this name, in any letter case."""
    return session.scalar(
        select(DataQueue).where(
            DataQueue.folder_id == folder_id, DataQueue.name_folded == fold(name), DataQueue.tenant_id == tenant_id
        )
    )


def add_queue(session: Session, queue: DataQueue) -> None:
    """Store a new queue; raises ``NameInUse`` if the folder has another of that name."""
    with collision_refused(session, name_in_use(queue.name)):
        session.add(queue)


def delete_queue(session: Session, queue: DataQueue) -> None:
    """Delete a queue with its items."""
    session.delete(queue)
    session.flush()


def add_items(session: Session, queue: DataQueue, contents: Sequence[str]) -> None:
    """Store new items in their order."""
    rows = [{"tenant_id": queue.tenant_id, "queue_id": queue.id, "content": each} for each in contents]
    if rows:
        session.execute(insert(DataQueueItem), [{**row, "is_consumed": False} for row in rows])


def add_item(session: Session, queue: DataQueue, content: str) -> DataQueueItem:
    """Store one new item and return it."""
    item = DataQueueItem(tenant_id=queue.tenant_id, queue_id=queue.id, content=content, is_consumed=False)
    session.add(item)
    session.flush()
    return item


def find_next(session: Session, queue_id: int) -> DataQueueItem | None:
    """Return the oldest item that is not used, and leave it so."""
    unused = select(DataQueueItem).where(DataQueueItem.queue_id == queue_id, DataQueueItem.is_consumed.is_(False))
    return session.scalar(unused.order_by(DataQueueItem.id).limit(1))


def take_next(session: Session, queue_id: int) -> DataQueueItem | None:
    """Mark the oldest item that is not used as used, and return it.

    One statement finds and marks it. On SQLite it runs under the write lock; on PostgreSQL ``SKIP LOCKED`` passes
    over items that another transaction is taking. A taker that rolls back, or dies, leaves the item unused.
    """
    next_id = (
        select(DataQueueItem.id)
        .where(DataQueueItem.queue_id == queue_id, DataQueueItem.is_consumed.is_(False))
        .order_by(DataQueueItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return session.scalar(
        update(DataQueueItem).where(DataQueueItem.id == next_id).values(is_consumed=True).returning(DataQueueItem),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )


def count_items(session: Session, tenant_id: str, folder: FolderPlace, ids: Collection[int]) -> int:
    """Return how many of these items are in the folder."""
    return sum(
        session.scalar(
            select(func.count()).where(
                DataQueueItem.id.in_(some), DataQueueItem.tenant_id == tenant_id, item_in_folder(folder)
            )
        )
        or 0
        for some in _batches(ids)
    )


def delete_items(session: Session, ids: Collection[int]) -> None:
    """Delete items."""
    for some in _batches(ids):
        session.execute(delete(DataQueueItem).where(DataQueueItem.id.in_(some)))


def set_consumed(session: Session, ids: Collection[int], *, is_consumed: bool) -> None:
    """Mark items as used, or as not used."""
    for some in _batches(ids):
        session.execute(update(DataQueueItem).where(DataQueueItem.id.in_(some)).values(is_consumed=is_consumed))


def delete_all_items(session: Session, queue_id: int) -> None:
    """Delete every item of a queue."""
    session.execute(delete(DataQueueItem).where(DataQueueItem.queue_id == queue_id))


def set_all_consumed(session: Session, queue_id: int, *, is_consumed: bool) -> None:
    """Mark every item of a queue as used, or as not used."""
    session.execute(
        update(DataQueueItem)
        .where(DataQueueItem.queue_id == queue_id, DataQueueItem.is_consumed.is_(not is_consumed))
        .values(is_consumed=is_consumed)
    )


def _batches(ids: Collection[int]) -> list[list[int]]:
    listed = list(ids)
    return [listed[start : start + _IDS_AT_ONCE] for start in range(0, len(listed), _IDS_AT_ONCE)]
