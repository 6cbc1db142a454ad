"""What may be done with test data queues and their items; each within one folder of one tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy.orm import Session

from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.folder_links import fold
from stagedoor.orchestrator.json_schemas import find_violation, verify_work
from stagedoor.orchestrator.test_data_queues import store
from stagedoor.orchestrator.test_data_queues.models import DataQueue, DataQueueItem
from stagedoor.orchestrator.test_data_queues.schemas import DataQueueValues
from stagedoor.passage import FolderPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Who works on test data queues, in which tenant and folder, and when."""

    tenant_id: str
    folder: FolderPlace
    user_number: int | None
    clock: Clock


def create_queue(session: Session, values: DataQueueValues, keeper: Keeper) -> DataQueue:
    """Make a queue; raises ``NameInUse`` (409/1001) for a name that the folder has in any letter case."""
    queue = DataQueue(
        tenant_id=keeper.tenant_id,
        folder_id=keeper.folder.id,
        name=values.name,
        name_folded=fold(values.name),
        description=values.description,
        content_json_schema=values.content_json_schema,
        created_at=keeper.clock.now(),
        creator_user_number=keeper.user_number,
    )
    store.add_queue(session, queue)
    return queue


def update_queue(session: Session, queue: DataQueue, values: DataQueueValues, keeper: Keeper) -> None:
    """Change description and schema; items that are there stay. Raises ``Conflict`` (409) for another name."""
    if fold(values.name) != queue.name_folded:
        raise Conflict("The name of a test data queue cannot be changed.", details={"field": "Name"})
    queue.description = values.description
    queue.content_json_schema = values.content_json_schema
    queue.modified_at = keeper.clock.now()
    queue.modifier_user_number = keeper.user_number
    session.flush()


def get_queue(session: Session, keeper: Keeper, queue_id: int) -> DataQueue:
    """Return a queue of the folder, or raise ``NotFound``."""
    queue = store.find_queue(session, keeper.tenant_id, keeper.folder.id, queue_id)
    if queue is None:
        raise NotFound(f"There is no test data queue {queue_id} in this folder.")
    return queue


def get_queue_by_name(session: Session, keeper: Keeper, name: str) -> DataQueue:
    """Return the folder's queue of this name, in any letter case, or raise ``NotFound``."""
    queue = store.find_queue_by_name(session, keeper.tenant_id, keeper.folder.id, name)
    if queue is None:
        raise NotFound(f"There is no test data queue named {name[:100]!r} in this folder.")
    return queue


def add_item(session: Session, queue: DataQueue, content: str) -> DataQueueItem:
    """Add an item; raises ``Conflict`` (409) where the content does not fit the queue's schema."""
    _verify_contents(queue, [content])
    return store.add_item(session, queue, content)


def add_items(session: Session, queue: DataQueue, contents: Sequence[str]) -> int:
    """Add items, all or none, and return how many; raises ``Conflict`` (409) naming the first that does not fit."""
    _verify_contents(queue, contents)
    store.add_items(session, queue, contents)
    return len(contents)


def find_next_item(session: Session, queue: DataQueue, *, set_consumed: bool) -> DataQueueItem | None:
    """Return the oldest item that is not used, taken from everybody else where it is set consumed; ``None`` if none."""
    return store.take_next(session, queue.id) if set_consumed else store.find_next(session, queue.id)


def delete_items(session: Session, keeper: Keeper, ids: Collection[int]) -> None:
    """Delete items of the folder, all or none; raises ``NotFound`` if one is not there."""
    _verify_items(session, keeper, ids)
    store.delete_items(session, ids)


def set_consumed(session: Session, keeper: Keeper, ids: Collection[int], *, is_consumed: bool) -> None:
    """Mark items of the folder as used or not, all or none; raises ``NotFound`` if one is not there."""
    _verify_items(session, keeper, ids)
    store.set_consumed(session, ids, is_consumed=is_consumed)


def _verify_items(session: Session, keeper: Keeper, ids: Collection[int]) -> None:
    wanted = set(ids)
    if store.count_items(session, keeper.tenant_id, keeper.folder, wanted) < len(wanted):
        raise NotFound("Not all of these test data queue items are in this folder; nothing was changed.")


def _verify_contents(queue: DataQueue, contents: Sequence[str]) -> None:
    verify_work(queue.content_json_schema, sum(map(len, contents)))
    for ordinal, content in enumerate(contents):
        violation = find_violation(queue.content_json_schema, orjson.loads(content))
        if violation is not None:
            raise Conflict(
                f"The item {ordinal} does not fit the JSON schema of the test data queue {queue.name!r}: {violation}.",
                hint="ContentJsonSchema of the queue says what an item looks like.",
                details={"ordinal": ordinal},
            )
