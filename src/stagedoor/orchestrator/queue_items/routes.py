"""The vendor's operations on queue items."""

from collections.abc import Sequence

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.exports.csv_rows import rows_of_set
from stagedoor.orchestrator.exports.schemas import ExportKind
from stagedoor.orchestrator.exports.service import start_export, write_export
from stagedoor.orchestrator.fields import (
    find_enum,
    find_integer,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.people import may_review_items
from stagedoor.orchestrator.queue_definitions.service import get_queue
from stagedoor.orchestrator.queue_items import service, store
from stagedoor.orchestrator.queue_items.entities import EXPORTED_ITEMS, QUEUE_ITEMS
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.overdue import OVERDUE_ITEMS
from stagedoor.orchestrator.queue_items.reviewers import REVIEWERS
from stagedoor.orchestrator.queue_items.schemas import (
    REVIEW_STATUS,
    ReviewStatus,
    read_changes,
    read_versioned_items,
)
from stagedoor.orchestrator.queue_items.service import Editor
from stagedoor.orchestrator.registry import Basis, Routes

EXPORTED = (
    "Id",
    "Key",
    "Reference",
    "Status",
    "ReviewStatus",
    "Priority",
    "RetryNumber",
    "CreationTime",
    "DeferDate",
    "DueDate",
    "StartProcessing",
    "EndProcessing",
    "Progress",
    "ProcessingExceptionType",
    "ProcessingException",
    "SpecificContent",
    "Output",
    "Analytics",
)

routes = Routes(settlement=OVERDUE_ITEMS)

_REVIEWERS = (
    "Who may see and edit the folder's transactions by one role may review its items; only failed and abandoned items "
    "have a reviewer."
)


@routes.reads("QueueItems_Get")
def list_items(call: Call) -> Answer:
    """Answer the items of the folder's queues, at most 100 a page."""
    return read_set(call, QUEUE_ITEMS, [store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))])


@routes.reads("QueueItems_GetById")
def get_item(call: Call) -> Answer:
    """Answer one item by its id."""
    return read_one(
        call,
        QUEUE_ITEMS,
        [
            store.has_id(get_number_argument(call, "key")),
            store.in_folder(call.session, call.tenant.tenant_id, get_folder(call)),
        ],
    )


@routes.writes("QueueItems_PutById")
def update_item(call: Call) -> Answer:
    """Change an item that nobody has taken yet."""
    item = _item_to_change(call)
    service.update_item(item, read_changes(get_body(call)), Editor.of_call(call))
    return read_one(call, QUEUE_ITEMS, [store.has_id(item.id)])


@routes.writes("QueueItems_DeleteById")
def delete_item(call: Call) -> Answer:
    """Mark an item as deleted."""
    service.delete_item(_item_to_change(call), Editor.of_call(call))
    return Answer(status=204)


@routes.writes("QueueItems_DeleteBulk")
def delete_items(call: Call) -> Answer:
    """Mark many items as deleted."""
    wanted = read_versioned_items(get_body(call))
    failed = service.delete_items(wanted, Editor.of_call(call))
    return _show_bulk(call, failed, len(wanted), "deleted")


@routes.writes("QueueItems_SetItemReviewStatus")
def review_items(call: Call) -> Answer:
    """Give failed and abandoned items a review status."""
    body = get_body(call)
    status = ReviewStatus(get_required(find_enum(body, "status", REVIEW_STATUS), "status"))
    wanted = read_versioned_items(body)
    failed = service.review_items(wanted, status, Editor.of_call(call))
    return _show_bulk(call, failed, len(wanted), "given the review status")


@routes.reads("QueueItems_GetReviewers", note=_REVIEWERS)
def list_reviewers(call: Call) -> Answer:
    """Answer the people who may review the folder's items."""
    return read_set(call, REVIEWERS, [may_review_items(get_folder(call))])


@routes.writes("QueueItems_SetItemReviewer", note=_REVIEWERS)
def set_reviewer(call: Call) -> Answer:
    """Give failed and abandoned items to a person for review; without a person, take them back."""
    body = get_body(call)
    user_number = find_integer(body, "userId")
    wanted = read_versioned_items(body)
    failed = service.set_reviewer(wanted, user_number, Editor.of_call(call))
    return _show_bulk(call, failed, len(wanted), "given to the reviewer")


@routes.writes("QueueItems_UnsetItemReviewer", note=_REVIEWERS)
def unset_reviewer(call: Call) -> Answer:
    """Take items back from whoever was to review them."""
    wanted = read_versioned_items(get_body(call))
    failed = service.set_reviewer(wanted, None, Editor.of_call(call))
    return _show_bulk(call, failed, len(wanted), "taken back")


@routes.reads("QueueItems_GetItemLastRetryById")
def get_last_retry(call: Call) -> Answer:
    """Answer the latest attempt at an item; the item itself where there was no other."""
    return _show_last_attempt(call, _item(call).key)


@routes.reads("QueueItems_GetItemLastRetryByKey")
def get_last_retry_by_key(call: Call) -> Answer:
    """Answer the latest of the attempts that share a key."""
    return _show_last_attempt(call, get_guid_argument(call, "key"))


@routes.reads("QueueItems_GetItemProcessingHistoryById")
def list_attempts(call: Call) -> Answer:
    """Answer every attempt at an item, itself among them."""
    return read_set(
        call,
        QUEUE_ITEMS,
        [store.has_key(_item(call).key), store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))],
    )


def _write_items(call: Call) -> KeptFile:
    queue_id = get_number_argument(call, "key")
    queue = get_queue(call.session, call.tenant.tenant_id, get_folder(call).id, queue_id)
    return write_export(call, rows_of_set(call, EXPORTED_ITEMS, EXPORTED, [store.in_queue(queue.id)]))


@routes.writes(
    "QueueDefinitions_ExportById",
    survey=_write_items,
    basis=Basis.GUESS,
    note="The file has at most 20,000 items and Stagedoor's columns.",
)
def export_items(call: Call) -> Answer:
    """Write the items of one queue that the filter picks down as a file."""
    return start_export(call, ExportKind.QUEUES)


def _item(call: Call) -> QueueItem:
    item_id = get_number_argument(call, "key")
    return service.get_item(call.session, call.tenant.tenant_id, get_folder(call), item_id)


def _item_to_change(call: Call) -> QueueItem:
    item_id = get_number_argument(call, "key")
    return service.get_item_to_change(call.session, call.tenant.tenant_id, get_folder(call), item_id)


def _show_last_attempt(call: Call, key: str) -> Answer:
    item = service.get_last_attempt(call.session, call.tenant.tenant_id, get_folder(call), key)
    return read_one(call, QUEUE_ITEMS, [store.has_id(item.id)])


def _show_bulk(call: Call, failed: Sequence[int], wanted: int, done: str) -> Answer:
    message = f"{wanted - len(failed)} of {wanted} items were {done}." if failed else None
    fields = {"Success": not failed, "Message": message, "FailedItems": list(failed)}
    return answer_object(call, "BulkOperationResponseDto_1OfInt64", fields)
