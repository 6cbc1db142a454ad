"""The vendor's operations on queues at work."""

from stagedoor.orchestrator.answers import answer_object, done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import (
    find_calling_job_key,
    find_text,
    get_body,
    get_number_argument,
    get_object,
    get_text,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.service import get_queue_by_name
from stagedoor.orchestrator.queue_item_events.recording import hand_of
from stagedoor.orchestrator.queue_items.entities import QUEUE_ITEMS
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.overdue import OVERDUE_ITEMS
from stagedoor.orchestrator.queue_items.schemas import read_new_item
from stagedoor.orchestrator.queue_items.service import get_item_to_change
from stagedoor.orchestrator.queue_items.store import has_id
from stagedoor.orchestrator.queues import service
from stagedoor.orchestrator.queues.schemas import read_bulk, read_result, read_take
from stagedoor.orchestrator.registry import Routes

routes = Routes(settlement=OVERDUE_ITEMS)


@routes.writes("Queues_AddQueueItem")
def add_item(call: Call) -> Answer:
    """Add one item."""
    data = get_object(get_body(call), "itemData")
    new = read_new_item(data)
    queue = _queue(call, get_text(data, "Name"))
    item = service.add_item(
        call.session,
        queue,
        new,
        clock=call.clock,
        chance=call.chance,
        vault=call.vault,
        creator_job_key=find_calling_job_key(call),
        user_number=call.caller.number,
    )
    return read_one(call, QUEUE_ITEMS, [has_id(item.id)], status=201)


@routes.writes("Queues_BulkAddQueueItems")
def add_items(call: Call) -> Answer:
    """Add many items; the answer is 200 even where some, or all, were not added, and names them."""
    request = read_bulk(get_body(call))
    failed = service.add_items(
        call.session,
        _queue(call, request.queue_name),
        request.items,
        request.commit_type,
        clock=call.clock,
        chance=call.chance,
        vault=call.vault,
        creator_job_key=find_calling_job_key(call),
        user_number=call.caller.number,
    )
    return answer_object(
        call,
        "BulkOperationResponseDto_1OfFailedQueueItemDto",
        {
            "Success": not failed,
            "Message": "Not all items were added; see FailedItems." if failed else "All items added successfully",
            "FailedItems": [
                {"Ordinal": item.ordinal, "ErrorCode": item.error_code, "ErrorMessage": item.message} for item in failed
            ],
        },
    )


@routes.writes("Queues_StartTransaction")
def start_transaction(call: Call) -> Answer:
    """Answer an item that nobody else was given, or 204 when there is none to take."""
    request = read_take(get_body(call))
    item = service.start_transaction(
        call.session,
        _queue(call, request.queue_name),
        request,
        clock=call.clock,
        chance=call.chance,
        vault=call.vault,
        executor_job_key=find_calling_job_key(call),
        user_number=call.caller.number,
    )
    return Answer(status=204) if item is None else read_one(call, QUEUE_ITEMS, [has_id(item.id)])


@routes.writes("Queues_SetTransactionResultById")
def set_result(call: Call) -> Answer:
    """Write down what came of an item."""
    result = read_result(get_body(call))
    item = _item(call)
    service.set_result(
        call.session, item, result, hand_of(call), clock=call.clock, chance=call.chance, vault=call.vault
    )
    return done(call)


@routes.writes("QueueItems_SetTransactionProgressById")
def set_progress(call: Call) -> Answer:
    """Note how far an item in progress has come."""
    progress = find_text(get_body(call), "progress")
    service.set_progress(_item(call), progress)
    return done(call)


def _queue(call: Call, name: str) -> QueueDefinition:
    return get_queue_by_name(call.session, call.tenant.tenant_id, get_folder(call).id, name)


def _item(call: Call) -> QueueItem:
    item_id = get_number_argument(call, "key")
    return get_item_to_change(call.session, call.tenant.tenant_id, get_folder(call), item_id)
