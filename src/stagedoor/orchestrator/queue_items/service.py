"""What people do with items: change, delete and review them; each within one folder of one tenant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.people import find_person, is_one_who, may_review_items
from stagedoor.orchestrator.queue_item_events.recording import Hand, hand_of, record_event
from stagedoor.orchestrator.queue_item_events.schemas import EventAction
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who changes items, in which folder, with the clock, chance and vault of the call."""

    session: Session
    tenant_id: str
    folder: FolderPlace
    hand: Hand
    clock: Clock
    chance: Chance
    vault: Vault

    @classmethod
    def of_call(cls, call: Call) -> "Editor":
        """Return the caller as an editor of items; raises ``FolderRequired`` where the request names no folder."""
        return cls(
            session=call.session,
            tenant_id=call.tenant.tenant_id,
            folder=get_folder(call),
            hand=hand_of(call),
            clock=call.clock,
            chance=call.chance,
            vault=call.vault,
        )

    def attempts_at(self, item: QueueItem) -> Attempts:
        """Return what makes further attempts at an item."""
        return Attempts(store.get_queue_of(self.session, item), self.clock.now(), self.chance, self.vault)


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


def update_item(item: QueueItem, changes: ItemChanges, editor: Editor) -> None:
    """Change an item that nobody has taken yet; raises ``Conflict`` (409) for one in any other state."""
    if item.status != Status.NEW:
        raise Conflict(f"The item {item.id} is {STATUS.word(item.status)}; only a New one can be changed.")
    attempts = editor.attempts_at(item)
    for column, value in changes.values.items():
        if column == "specific_content":
            attempts.put_content(item, column, value)
        else:
            setattr(item, column, value)
    _save(item, attempts, editor, EventAction.EDIT, {"Changed": sorted(changes.values)})


def delete_item(item: QueueItem, editor: Editor) -> None:
    """Mark an item as deleted, as the vendor does: it is never taken, still listed, and its reference is free again.

    Raises ``Conflict`` (409) for an item in progress: somebody is working on it.
    """
    if item.status == Status.IN_PROGRESS:
        raise Conflict(f"The item {item.id} is in progress and cannot be deleted.")
    if item.status != Status.DELETED:
        item.status = Status.DELETED
        _save(item, editor.attempts_at(item), editor, EventAction.DELETE)


def delete_items(wanted: Sequence[VersionedItem], editor: Editor) -> list[int]:
    """Delete many items and return the ids of those that were not: gone, in progress or changed since looked at."""
    found, failed = _pick(wanted, editor)
    for item in found:
        try:
            delete_item(item, editor)
        except Conflict:
            failed.append(item.id)
    return failed


def review_items(wanted: Sequence[VersionedItem], status: ReviewStatus, editor: Editor) -> list[int]:
    """Give failed and abandoned items a review status and return the ids of those that could not be given it.

    ``RETRIED`` makes a new item of each, once.
    """

    def review(item: QueueItem) -> None:
        item.review_status = status
        attempts = editor.attempts_at(item)
        _save(item, attempts, editor, EventAction.STATUS)
        if status is ReviewStatus.RETRIED:
            store.insert_item(editor.session, attempts.manual_retry(item))

    return _review_each(wanted, review, editor)


def set_reviewer(wanted: Sequence[VersionedItem], user_number: int | None, editor: Editor) -> list[int]:
    """Give failed and abandoned items to a person for review, or take them back (``None``).

    Returns the ids of those that could not be given. Raises ``NotFound`` for a person who may not review here.
    """
    if user_number is not None:
        person = find_person(editor.session, editor.tenant_id, user_number)
        if person is None or not is_one_who(editor.session, person, may_review_items(editor.folder)):
            raise NotFound(f"There is no reviewer {user_number} in this folder.")

    def hand_over(item: QueueItem) -> None:
        item.reviewer_user_number = user_number
        _save(item, editor.attempts_at(item), editor, EventAction.EDIT)

    return _review_each(wanted, hand_over, editor)


def _review_each(wanted: Sequence[VersionedItem], do: Callable[[QueueItem], None], editor: Editor) -> list[int]:
    found, failed = _pick(wanted, editor)
    for item in found:
        if item.status not in REVIEWABLE or item.review_status == ReviewStatus.RETRIED:
            failed.append(item.id)
        else:
            do(item)
    return failed


def _pick(wanted: Sequence[VersionedItem], editor: Editor) -> tuple[list[QueueItem], list[int]]:
    versions = {item.id: item.row_version for item in wanted}
    found = store.list_items_to_change(editor.session, editor.tenant_id, editor.folder, list(versions))
    fresh = [item for item in found if versions[item.id] in (None, item.row_version)]
    picked = {item.id for item in fresh}
    return fresh, [item_id for item_id in versions if item_id not in picked]


def _save(
    item: QueueItem,
    attempts: Attempts,
    editor: Editor,
    action: EventAction,
    data: dict[str, object] | None = None,
) -> None:
    item.row_version += 1
    attempts.place(item)
    record_event(editor.session, item, action, editor.hand, at=attempts.now, data=data)


def _there(item: QueueItem | None, item_id: int) -> QueueItem:
    if item is None:
        raise NotFound(f"There is no queue item {item_id} in this folder.")
    return item
