"""The vendor's operations on the history of items."""

from dataclasses import replace

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import options_of, read_one, read_set
from stagedoor.orchestrator.queue_item_events import store
from stagedoor.orchestrator.queue_item_events.entities import QUEUE_ITEM_EVENTS
from stagedoor.orchestrator.queue_items.overdue import OVERDUE_ITEMS
from stagedoor.orchestrator.queue_items.service import get_item
from stagedoor.orchestrator.registry import Basis, Routes

routes = Routes(settlement=OVERDUE_ITEMS)

_NOTE = (
    "Adding, taking and ending an item is told by the item itself, without data; what people change is written down. "
    "Ids are Stagedoor's own and not in the order of time."
)


@routes.reads("QueueItemEvents_Get", note=_NOTE)
def list_events(call: Call) -> Answer:
    """Answer what happened to the items of the folder's queues."""
    return read_set(call, QUEUE_ITEM_EVENTS, [store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))])


@routes.reads("QueueItemEvents_GetById", note=_NOTE)
def get_event(call: Call) -> Answer:
    """Answer one event."""
    within = store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))
    return read_one(call, QUEUE_ITEM_EVENTS, [store.has_id(get_number_argument(call, "key")), within])


@routes.reads(
    "QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid",
    basis=Basis.RECORDED,
    note=f"As the vendor's API guide prints it. {_NOTE}",
)
def list_history(call: Call) -> Answer:
    """Answer what happened to an item and to every other attempt at it."""
    item_id = get_number_argument(call, "queueItemId")
    item = get_item(call.session, call.tenant.tenant_id, get_folder(call), item_id)
    options = options_of(call, QUEUE_ITEM_EVENTS)
    if options.count is None:
        # A history is short, and the vendor's answers count it unasked.
        options = replace(options, count=True)
    attempts = store.of_attempts(call.session, call.tenant.tenant_id, item.key)
    return read_set(call, QUEUE_ITEM_EVENTS, [attempts], options=options)
