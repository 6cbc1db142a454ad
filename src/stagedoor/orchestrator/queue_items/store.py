"""All SQL of queue items, but for taking the next one (``queues``)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, or_, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.errors import AlreadyExists
from stagedoor.orchestrator.folders.store import own_folder_id
from stagedoor.orchestrator.odata.joining import TenantLine
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition, QueueFolder
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.placing import TURNS_WITH_DEADLINE
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace


def in_folder(session: Session, tenant_id: str, folder: FolderPlace, *, of: Any = QueueItem) -> TenantLine:
    """Return the condition that the folder sees the item's queue; ``of`` has the item's ``folder_id`` and ``queue_id``.

    The queues whose home is elsewhere are looked up first: nearly always there are none, and the condition is then a
    plain comparison that the index of a million rows answers in order. Both they and the folder are the tenant's.
    """
    at_home: ColumnElement[bool] = of.folder_id == own_folder_id(tenant_id, folder.id)
    guests = session.scalars(
        select(QueueFolder.queue_id)
        .join(QueueDefinition, QueueDefinition.id == QueueFolder.queue_id)
        .where(
            QueueFolder.folder_id == folder.id,
            QueueDefinition.folder_id != folder.id,
            QueueDefinition.tenant_id == tenant_id,
        )
    ).all()
    return TenantLine(or_(at_home, of.queue_id.in_(guests)) if guests else at_home)


def has_id(item_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one item by its id."""
    return QueueItem.id == item_id


def in_queue(queue_id: int) -> ColumnElement[bool]:
    """Return the condition that an item stands in the queue."""
    return QueueItem.queue_id == queue_id


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks an item and all its retries by the key that they share."""
    return QueueItem.key == key


def list_ids_of_key(session: Session, tenant_id: str, key: str) -> Sequence[int]:
    """Return the ids of the attempts that share a key; retries are bounded, so these are few."""
    return session.scalars(select(QueueItem.id).where(QueueItem.tenant_id == tenant_id, QueueItem.key == key)).all()


def find_item(session: Session, tenant_id: str, folder: FolderPlace, item_id: int) -> QueueItem | None:
    """Return the item of this id, if the folder sees its queue."""
    return session.scalar(_visible(session, tenant_id, folder).where(QueueItem.id == item_id))


def find_item_to_change(session: Session, tenant_id: str, folder: FolderPlace, item_id: int) -> QueueItem | None:
    """Return the item of this id, locked until the transaction ends."""
    return session.scalar(_visible(session, tenant_id, folder).where(QueueItem.id == item_id).with_for_update())


def find_last_of_key(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> QueueItem | None:
    """Return the latest of the attempts that share this key."""
    attempts = _visible(session, tenant_id, folder).where(QueueItem.key == key)
    return session.scalar(attempts.order_by(QueueItem.id.desc()).limit(1))


def list_items_to_change(
    session: Session, tenant_id: str, folder: FolderPlace, ids: Sequence[int]
) -> Sequence[QueueItem]:
    """Return those of the items that the folder sees, by id, locked until the transaction ends."""
    items = _visible(session, tenant_id, folder).where(QueueItem.id.in_(ids)).order_by(QueueItem.id)
    return session.scalars(items.with_for_update()).all()


def get_queue_of(session: Session, item: QueueItem) -> QueueDefinition:
    """Return the queue that an item stands in."""
    return session.get_one(QueueDefinition, item.queue_id)


def find_robot(session: Session, robot_id: int) -> Robot | None:
    """Return the robot that has an item, if it is still there."""
    return session.get(Robot, robot_id)


def insert_item(session: Session, item: QueueItem) -> None:
    """Store a new item.

    Raises :class:`~stagedoor.orchestrator.errors.AlreadyExists` (409/1004) where its reference is taken.
    """
    refusal = AlreadyExists(
        f"An item with the reference {item.reference!r} is in this queue already.",
        hint="The queue wants unique references. Send another reference, or none.",
    )
    with collision_refused(session, refusal):
        session.add(item)


def insert_items(session: Session, items: Sequence[QueueItem]) -> None:
    """Store new items whose references nobody compares."""
    session.add_all(items)
    session.flush()


@contextmanager
def undoable(session: Session) -> Iterator[Callable[[], None]]:
    """Give the block a function that undoes all it wrote, and nothing from before it; call it last."""
    with session.begin_nested() as savepoint:
        yield savepoint.rollback


def is_any_overdue(session: Session, tenant_id: str, now: datetime) -> bool:
    """Tell whether an item of the tenant has waited long enough, or has been in progress for too long."""
    waited = exists().where(QueueItem.tenant_id == tenant_id, QueueItem.waiting_until <= now)
    lost = exists().where(QueueItem.tenant_id == tenant_id, QueueItem.abandoned_at <= now)
    return bool(session.scalar(select(or_(waited, lost))))


def is_any_overdue_anywhere(session: Session, now: datetime) -> bool:
    """Tell the same of the items of every tenant."""
    waited = exists().where(QueueItem.waiting_until <= now)
    lost = exists().where(QueueItem.abandoned_at <= now)
    return bool(session.scalar(select(or_(waited, lost))))


def list_tenants_with_overdue(session: Session, now: datetime) -> Sequence[str]:
    """Return the tenants that have items which waited long enough, or have been in progress for too long."""
    overdue = or_(QueueItem.waiting_until <= now, QueueItem.abandoned_at <= now)
    return session.scalars(select(QueueItem.tenant_id).where(overdue).distinct().order_by(QueueItem.tenant_id)).all()


def release_deferred(session: Session, tenant_id: str, now: datetime, *, limit: int) -> int:
    """Give a turn to items whose time to wait is over, the longest first; return how many were found.

    Their queues are locked first, so that of several who do this at once one does and the others find nothing left.
    Without it each would lock every item on PostgreSQL, and takers, who pass over locked items, would find none.
    """
    is_due = (QueueItem.tenant_id == tenant_id, QueueItem.waiting_until <= now)
    due = select(QueueItem.id, QueueItem.queue_id).where(*is_due).order_by(QueueItem.waiting_until).limit(limit)
    found = session.execute(due).all()
    if not found:
        return 0
    queues = select(QueueDefinition.id).where(QueueDefinition.id.in_({row.queue_id for row in found}))
    session.execute(queues.order_by(QueueDefinition.id).with_for_update(key_share=True))
    turn = QueueItem.priority + case((QueueItem.due_date.is_(None), TURNS_WITH_DEADLINE), else_=0)
    session.execute(
        update(QueueItem)
        .where(QueueItem.id.in_([row.id for row in found]), *is_due)
        .values(turn=turn, waiting_until=None),
        execution_options={"synchronize_session": False},
    )
    return len(found)


def list_abandoned(session: Session, tenant_id: str, now: datetime, *, limit: int) -> Sequence[QueueItem]:
    """Return items that have been in progress for too long, the longest first, locked."""
    return session.scalars(
        select(QueueItem)
        .where(QueueItem.tenant_id == tenant_id, QueueItem.abandoned_at <= now)
        .order_by(QueueItem.abandoned_at, QueueItem.id)
        .limit(limit)
        .with_for_update()
    ).all()


def _visible(session: Session, tenant_id: str, folder: FolderPlace) -> Select[QueueItem]:
    return select(QueueItem).where(in_folder(session, tenant_id, folder).condition)
