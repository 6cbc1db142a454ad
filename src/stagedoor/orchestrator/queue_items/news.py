"""What webhooks are told of queue items. What a queue keeps sealed is in no event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items import store
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import PRIORITY, REVIEW_STATUS, STATUS
from stagedoor.orchestrator.webhooks.schemas import EventType

IN_LISTS = frozenset({EventType.QUEUE_ITEM_ADDED, EventType.QUEUE_ITEM_ABANDONED})
"""Events that the vendor tells of several items at once."""


def tell_of_items(
    session: Session,
    event_type: EventType,
    queue: QueueDefinition,
    items: Sequence[QueueItem],
    at: datetime,
    user_number: int | None = None,
) -> None:
    """Tell webhooks what became of items of one queue, in the folder that the queue was made in."""
    if not items:
        return
    source = EventSource(
        session=session,
        tenant_id=queue.tenant_id,
        at=at,
        folder_id=queue.folder_id,
        user_number=user_number or None,
    )

    def describe() -> dict[str, Any]:
        shown = [_describe(session, item) for item in items]
        told: dict[str, Any] = {"QueueItems": shown} if event_type in IN_LISTS else {"QueueItem": shown[0]}
        return {**told, "Queue": _describe_queue(queue)}

    announce_from(source, event_type, describe)


def _describe_queue(queue: QueueDefinition) -> dict[str, Any]:
    return {
        "Id": queue.id,
        "Name": queue.name,
        "Description": queue.description,
        "MaxNumberOfRetries": queue.max_number_of_retries,
        "AcceptAutomaticallyRetry": queue.accept_automatically_retry,
        "EnforceUniqueReference": queue.enforce_unique_reference,
    }


def _describe(session: Session, item: QueueItem) -> dict[str, Any]:
    robot = None if item.robot_id is None else store.find_robot(session, item.robot_id)
    return {
        "Id": item.id,
        "Key": item.key,
        "QueueDefinitionId": item.queue_id,
        "Status": STATUS.word(item.status),
        "ReviewStatus": REVIEW_STATUS.word(item.review_status),
        "Priority": PRIORITY.word(item.priority),
        "Reference": item.reference,
        "CreationTime": item.created_at,
        "DeferDate": item.defer_date,
        "DueDate": item.due_date,
        "StartProcessing": item.start_processing,
        "EndProcessing": item.end_processing,
        "SecondsInPreviousAttempts": item.seconds_in_previous_attempts,
        "RetryNumber": item.retry_number,
        "Robot": None if robot is None else {"Id": robot.id, "Name": robot.name, "MachineId": robot.machine_id},
        "SpecificContent": item.specific_content,
        "Output": item.output,
        "ProcessingException": item.processing_exception,
    }
