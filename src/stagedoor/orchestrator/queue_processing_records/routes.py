"""The vendor's operations on how queues fare."""

from datetime import datetime, timedelta

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.read import read_set, read_values
from stagedoor.orchestrator.odata.render import show_time
from stagedoor.orchestrator.queue_definitions.entities import QUEUE_DEFINITIONS
from stagedoor.orchestrator.queue_definitions.service import get_queue
from stagedoor.orchestrator.queue_definitions.store import has_id, in_folder
from stagedoor.orchestrator.queue_items.overdue import OVERDUE_ITEMS
from stagedoor.orchestrator.queue_processing_records import store
from stagedoor.orchestrator.queue_processing_records.entities import QUEUE_PROCESSING_STATUSES
from stagedoor.orchestrator.registry import Basis, Routes

DAYS_MAX = 90

routes = Routes(settlement=OVERDUE_ITEMS)


@routes.reads("QueueProcessingRecords_RetrieveQueuesProcessingStatus")
def list_states(call: Call) -> Answer:
    """Answer how each of the folder's queues fares."""
    return read_set(call, QUEUE_PROCESSING_STATUSES, [in_folder(get_folder(call))])


@routes.reads(
    "QueueProcessingRecords_RetrieveLastDaysProcessingRecordsByDaysnoAndQueuedefinitionid",
    basis=Basis.GUESS,
    note="One record a minute for the last hour (0), an hour for one day, a day for up to 90; retention shortens it.",
)
def list_records(call: Call) -> Answer:
    """Answer what became of a queue's items, one record for each span of time."""
    days = get_number_argument(call, "daysNo")
    if not 0 <= days <= DAYS_MAX:
        raise InvalidRequest(f"daysNo must lie between 0 and {DAYS_MAX}.", details={"field": "daysNo"})
    queue_id = get_number_argument(call, "queueDefinitionId")
    queue = get_queue(call.session, call.tenant.tenant_id, get_folder(call).id, queue_id)
    [shown] = read_values(call, QUEUE_DEFINITIONS, [has_id(queue.id)], QueryOptions(count=False))
    new, in_progress = store.count_open(call.session, queue.id)
    kind, spans = _spans(call.clock.now(), days)
    records = []
    for ordinal, (start, end) in enumerate(spans, start=1):
        tally = store.count_ended(call.session, queue.id, start, end)
        records.append(
            {
                "QueueDefinitionId": queue.id,
                "UiQueueMetadata": shown,
                "ProcessingTime": show_time(start),
                "ReportType": kind,
                "NumberOfRemainingTransactions": new,
                "NumberOfInProgressTransactions": in_progress,
                "NumberOfApplicationExceptions": tally.application_failures,
                "NumberOfBusinessExceptions": tally.business_failures,
                "NumberOfSuccessfulTransactions": tally.successes,
                "NumberOfRetriedItems": tally.retries,
                "ApplicationExceptionsProcessingTime": tally.application_failure_seconds,
                "BusinessExceptionsProcessingTime": tally.business_failure_seconds,
                "SuccessfulTransactionsProcessingTime": tally.success_seconds,
                "TotalNumberOfTransactions": tally.successes + tally.application_failures + tally.business_failures,
                "TenantId": None,
                "Id": ordinal,
            }
        )
    return answer_value(call, f"Collection({NAMESPACE}.QueueProcessingRecordDto)", records)


def _spans(now: datetime, days: int) -> tuple[str, list[tuple[datetime, datetime]]]:
    """Return the vendor's word for the length of a span, and the spans up to now, the last one not over yet."""
    if days == 0:
        kind, step, count, last = "Minute", timedelta(minutes=1), 60, now.replace(second=0, microsecond=0)
    elif days == 1:
        kind, step, count, last = "Hour", timedelta(hours=1), 24, now.replace(minute=0, second=0, microsecond=0)
    else:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        kind, step, count, last = "Day", timedelta(days=1), days, midnight
    starts = [last - step * back for back in range(count - 1, -1, -1)]
    return kind, [(start, start + step) for start in starts]
