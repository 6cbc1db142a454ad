"""The vendor's words for an item's status, review and priority, and what a caller sends of an item."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_enum, find_moment, find_object, find_text

CONTENT_BYTES_MAX = 1_000_000
"""Bytes of an item's specific content, output or analytics, as JSON."""


class Status(IntEnum):
    """Where an item stands; the numbers are the vendor's."""

    NEW = 0
    IN_PROGRESS = 1
    FAILED = 2
    SUCCESSFUL = 3
    ABANDONED = 4
    RETRIED = 5
    DELETED = 6


class ReviewStatus(IntEnum):
    """What a person made of a failed item; the numbers are the vendor's."""

    NONE = 0
    IN_REVIEW = 1
    VERIFIED = 2
    RETRIED = 3


class Priority(IntEnum):
    """Which of two items goes first; the numbers are the vendor's, the lower one goes first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class ExceptionType(IntEnum):
    """Whose fault a failure was; only an application exception is worth another attempt."""

    APPLICATION = 0
    BUSINESS = 1


STATUS = EnumType(
    "QueueItemStatus",
    {
        "New": Status.NEW,
        "InProgress": Status.IN_PROGRESS,
        "Failed": Status.FAILED,
        "Successful": Status.SUCCESSFUL,
        "Abandoned": Status.ABANDONED,
        "Retried": Status.RETRIED,
        "Deleted": Status.DELETED,
    },
)
REVIEW_STATUS = EnumType(
    "QueueItemReviewStatus",
    {
        "None": ReviewStatus.NONE,
        "InReview": ReviewStatus.IN_REVIEW,
        "Verified": ReviewStatus.VERIFIED,
        "Retried": ReviewStatus.RETRIED,
    },
)
PRIORITY = EnumType("QueueItemPriority", {"High": Priority.HIGH, "Normal": Priority.NORMAL, "Low": Priority.LOW})
EXCEPTION_TYPE = EnumType(
    "ProcessingExceptionType",
    {"ApplicationException": ExceptionType.APPLICATION, "BusinessException": ExceptionType.BUSINESS},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What a caller says of an item that it adds."""

    priority: Priority = Priority.NORMAL
    specific_content: dict[str, Any] | None = None
    reference: str | None = None
    defer_date: datetime | None = None
    due_date: datetime | None = None
    risk_sla_date: datetime | None = None
    progress: str | None = None
    source: str | None = None
    parent_operation_id: str | None = None


def read_new_item(body: Body) -> NewItem:
    """Read an item's data as ``AddQueueItem`` takes it; an empty reference is none."""
    priority = find_enum(body, "Priority", PRIORITY)
    return NewItem(
        priority=Priority.NORMAL if priority is None else Priority(priority),
        specific_content=find_object(body, "SpecificContent"),
        reference=find_text(body, "Reference", length_max=128) or None,
        defer_date=find_moment(body, "DeferDate"),
        due_date=find_moment(body, "DueDate"),
        risk_sla_date=find_moment(body, "RiskSlaDate"),
        progress=find_text(body, "Progress"),
        source=find_text(body, "Source", length_max=20),
        parent_operation_id=find_text(body, "ParentOperationId", length_max=128),
    )


def verify_content_size(content: dict[str, Any] | None, what: str) -> None:
    """Refuse a content of more than a million bytes, by the name of its field."""
    if content is not None and len(orjson.dumps(content)) > CONTENT_BYTES_MAX:
        raise InvalidRequest(f"{what} must have at most {CONTENT_BYTES_MAX} bytes as JSON.")
