"""What people do with items: change, delete and review them; each within one folder of one tenant."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.queue_items import store
from stagedoor.orchestrator.queue_items.attempts import Attempts
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import (
    STATUS,
    ItemChanges,
    ReviewStatus,
    Status,
    VersionedItem,
)
from stagedoor.passage import FolderPlace

REVIEWABLE = frozenset({Status.FAILED, Status.ABANDONED})


def get_item(session: Session, tenant_id: str, folder: FolderPlace, item_id: int) -> QueueItem:
    """Return an item that the folder sees, to look at, or raise ``NotFound``."""
    return _there(store.find_item(session, tenant_id, folder, item_id), item_id)


def get_item_to_change(session: Session, tenant_id: str, folder: FolderPlace, item_id: int) -> QueueItem:
    """Return an item that the folder sees, locked until the transaction ends, or raise ``NotFound``."""
    return _there(store.find_item_to_change(session, tenant_id, folder, item_id), item_id)


def get_last_attempt(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> QueueItem:
    """Return the latest of the attempts that share a key, or raise ``NotFound``."""
    item = store.find_last_of_key(session, tenant_id, folder, key)
    if item is None:
        raise NotFound(f"There is no queue item with the key {key} in this folder.")
    return item


def update_item(session: Session, item: QueueItem, changes: ItemChanges, *, clock: Clock, chance: Chance) -> None:
    """Change an item that nobody has taken yet; raises ``Conflict`` (409) for one in any other state."""
    if item.status != Status.NEW:
        raise Conflict(f"The item {item.id} is {STATUS.word(item.status)}; only a New one can be changed.")
    for column, value in changes.values.items():
        setattr(item, column, value)
    _save(session, item, clock=clock, chance=chance)


def delete_item(session: Session, item: QueueItem, *, clock: Clock, chance: Chance) -> None:
    """Mark an item as deleted, as the vendor does: it is never taken, still listed, and its reference is free again.

    Raises ``Conflict`` (409) for an item in progress: somebody is working on it.
    """
    if item.status == Status.IN_PROGRESS:
        raise Conflict(f"The item {item.id} is in progress and cannot be deleted.")
    if item.status != Status.DELETED:
        item.status = Status.DELETED
        _save(session, item, clock=clock, chance=chance)


def delete_items(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    wanted: Sequence[VersionedItem],
    *,
    clock: Clock,
    chance: Chance,
) -> list[int]:
    """Delete many items and return the ids of those that were not: gone, in progress or changed since looked at."""
    found, failed = _pick(session, tenant_id, folder, wanted)
    for item in found:
        try:
            delete_item(session, item, clock=clock, chance=chance)
        except Conflict:
            failed.append(item.id)
    return failed


def review_items(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    wanted: Sequence[VersionedItem],
    status: ReviewStatus,
    *,
    clock: Clock,
    chance: Chance,
) -> list[int]:
    """Give failed and abandoned items a review status and return the ids of those that could not be given it.

    ``RETRIED`` makes a new item of each, once.
    """
    found, failed = _pick(session, tenant_id, folder, wanted)
    for item in found:
        if item.status not in REVIEWABLE or item.review_status == ReviewStatus.RETRIED:
            failed.append(item.id)
            continue
        item.review_status = status
        attempts = _save(session, item, clock=clock, chance=chance)
        if status is ReviewStatus.RETRIED:
            store.insert_item(session, attempts.manual_retry(item))
    return failed


def _pick(
    session: Session, tenant_id: str, folder: FolderPlace, wanted: Sequence[VersionedItem]
) -> tuple[list[QueueItem], list[int]]:
    versions = {item.id: item.row_version for item in wanted}
    found = store.list_items_to_change(session, tenant_id, folder, list(versions))
    fresh = [item for item in found if versions[item.id] in (None, item.row_version)]
    picked = {item.id for item in fresh}
    return fresh, [item_id for item_id in versions if item_id not in picked]


def _save(session: Session, item: QueueItem, *, clock: Clock, chance: Chance) -> Attempts:
    attempts = Attempts(store.get_queue_of(session, item), clock.now(), chance)
    item.row_version += 1
    attempts.place(item)
    session.flush()
    return attempts


def _there(item: QueueItem | None, item_id: int) -> QueueItem:
    if item is None:
        raise NotFound(f"There is no queue item {item_id} in this folder.")
    return item
