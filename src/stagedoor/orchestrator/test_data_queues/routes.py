"""The vendor's operations on test data queues."""

from typing import Any

import orjson

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_boolean, find_integers, get_body, get_number_argument, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.test_data_queues import service, store
from stagedoor.orchestrator.test_data_queues.entities import TEST_DATA_QUEUE_ITEMS, TEST_DATA_QUEUES
from stagedoor.orchestrator.test_data_queues.models import DataQueue, DataQueueItem
from stagedoor.orchestrator.test_data_queues.schemas import (
    ITEMS_AT_ONCE_MAX,
    get_queue_name,
    read_content,
    read_contents,
    read_item_ids,
    read_queue,
)

routes = Routes()


@routes.reads("TestDataQueues_Get")
def list_queues(call: Call) -> Answer:
    """Answer the folder's test data queues."""
    return read_set(call, TEST_DATA_QUEUES, [store.in_folder(get_folder(call))])


@routes.reads("TestDataQueues_GetById")
def show_queue(call: Call) -> Answer:
    """Answer one test data queue."""
    queue_id = get_number_argument(call, "key")
    return read_one(call, TEST_DATA_QUEUES, [store.has_id(queue_id), store.in_folder(get_folder(call))])


@routes.writes("TestDataQueues_Post")
def create_queue(call: Call) -> Answer:
    """Make a test data queue."""
    queue = service.create_queue(call.session, read_queue(get_body(call)), _keeper(call))
    return read_one(call, TEST_DATA_QUEUES, [store.has_id(queue.id)], status=201)


@routes.writes(
    "TestDataQueues_PutById",
    note="Items that are there are not held to a changed schema; only new ones are.",
)
def update_queue(call: Call) -> Answer:
    """Change a test data queue's description and schema."""
    queue = _queue_in_path(call)
    service.update_queue(call.session, queue, read_queue(get_body(call)), _keeper(call))
    return read_one(call, TEST_DATA_QUEUES, [store.has_id(queue.id)])


@routes.writes("TestDataQueues_DeleteById")
def delete_queue(call: Call) -> Answer:
    """Delete a test data queue with its items."""
    store.delete_queue(call.session, _queue_in_path(call))
    return Answer(status=204)


@routes.reads("TestDataQueueItems_Get")
def list_items(call: Call) -> Answer:
    """Answer the items of the folder's test data queues."""
    return read_set(call, TEST_DATA_QUEUE_ITEMS, [store.item_in_folder(get_folder(call))])


@routes.reads("TestDataQueueItems_GetById")
def show_item(call: Call) -> Answer:
    """Answer one item."""
    item_id = get_number_argument(call, "key")
    return read_one(call, TEST_DATA_QUEUE_ITEMS, [store.item_has_id(item_id), store.item_in_folder(get_folder(call))])


@routes.writes("TestDataQueueActions_AddItem")
def add_item(call: Call) -> Answer:
    """Add one item."""
    body = get_body(call)
    content = read_content(body)
    item = service.add_item(call.session, _queue_named(call, get_queue_name(body)), content)
    return Answer(status=201, content=_shown(item))


@routes.writes("TestDataQueueActions_BulkAddItems")
def add_items(call: Call) -> Answer:
    """Add items, all or none, and answer how many."""
    body = get_body(call)
    contents = read_contents(body)
    return Answer(content=service.add_items(call.session, _queue_named(call, get_queue_name(body)), contents))


@routes.writes("TestDataQueueActions_GetNextItem")
def take_next_item(call: Call) -> Answer:
    """Answer the oldest unused item, or 204 when there is none; consumed for good where that is asked."""
    body = get_body(call)
    set_consumed = get_required(find_boolean(body, "setConsumed"), "setConsumed")
    queue = _queue_named(call, get_queue_name(body))
    item = service.find_next_item(call.session, queue, set_consumed=set_consumed)
    return Answer(status=204) if item is None else Answer(content=_shown(item))


@routes.writes(
    "TestDataQueueActions_DeleteAllItems",
    note="The items are gone when the answer comes; the vendor's are deleted some time later.",
)
def delete_all_items(call: Call) -> Answer:
    """Delete every item of a queue."""
    name = call.query.get("queuename", "").strip()
    if not name:
        raise InvalidRequest("The query parameter queueName is required.", details={"field": "queueName"})
    store.delete_all_items(call.session, _queue_named(call, name).id)
    return Answer(status=202)


@routes.writes("TestDataQueueActions_DeleteItems", reads_body=True)
def delete_items(call: Call) -> Answer:
    """Delete items, all or none."""
    service.delete_items(call.session, _keeper(call), read_item_ids(call))
    return Answer(status=204)


@routes.writes(
    "TestDataQueueActions_SetAllItemsConsumed",
    note="The items are marked when the answer comes; the vendor's are some time later.",
)
def set_all_consumed(call: Call) -> Answer:
    """Mark every item of a queue as used, or as not used."""
    body = get_body(call)
    is_consumed = get_required(find_boolean(body, "isConsumed"), "isConsumed")
    store.set_all_consumed(call.session, _queue_named(call, get_queue_name(body)).id, is_consumed=is_consumed)
    return Answer(status=202)


@routes.writes("TestDataQueueActions_SetItemsConsumed")
def set_consumed(call: Call) -> Answer:
    """Mark items as used, or as not used; all or none."""
    body = get_body(call)
    ids = get_required(find_integers(body, "itemIds", entries_max=ITEMS_AT_ONCE_MAX), "itemIds")
    is_consumed = get_required(find_boolean(body, "isConsumed"), "isConsumed")
    service.set_consumed(call.session, _keeper(call), ids, is_consumed=is_consumed)
    return Answer()


def _keeper(call: Call) -> service.Keeper:
    return service.Keeper(
        tenant_id=call.tenant.tenant_id,
        folder=get_folder(call),
        user_number=call.caller.number or None,
        clock=call.clock,
    )


def _queue_in_path(call: Call) -> DataQueue:
    return service.get_queue(call.session, _keeper(call), get_number_argument(call, "key"))


def _queue_named(call: Call, name: str) -> DataQueue:
    return service.get_queue_by_name(call.session, _keeper(call), name)


def _shown(item: DataQueueItem) -> dict[str, Any]:
    return {
        "testDataQueueId": item.queue_id,
        "content": orjson.loads(item.content),
        "isConsumed": item.is_consumed,
        "id": item.id,
    }
