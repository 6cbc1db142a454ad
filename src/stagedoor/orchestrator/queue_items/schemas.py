"""The vendor's words for an item's status, review and priority, and what a caller sends of an item."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_enum,
    find_integer,
    find_moment,
    find_object,
    find_objects,
    find_text,
    get_required,
)

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


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """What may be changed of an item, by the names of its columns; only what was sent is in ``values``."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VersionedItem:
    """An item that a caller names, with the version it looked at, if it says which."""

    id: int
    row_version: int | None


def read_changes(body: Body) -> ItemChanges:
    """Read a change of an item: of its progress, priority, dates and content; the rest is ignored, as the vendor does.

    What is not sent stays as it is; what is sent as ``null`` is emptied.
    """
    readers: dict[str, tuple[str, Callable[[Body, str], Any]]] = {
        "Progress": ("progress", find_text),
        "Priority": ("priority", _read_priority),
        "DueDate": ("due_date", find_moment),
        "DeferDate": ("defer_date", find_moment),
        "SpecificContent": ("specific_content", find_object),
    }
    values = {column: read(body, name) for name, (column, read) in readers.items() if name in body}
    return ItemChanges(values)


def read_versioned_items(body: Body) -> list[VersionedItem]:
    """Read the list ``queueItems`` of ids with row versions."""
    entries = get_required(find_objects(body, "queueItems"), "queueItems")
    return [
        VersionedItem(get_required(find_integer(entry, "Id"), "queueItems.Id"), _find_row_version(entry))
        for entry in entries
    ]


def show_row_version(version: int) -> str:
    """Return a row's version as the vendor shows it, eight bytes in Base64."""
    return base64.b64encode(version.to_bytes(8, "big")).decode()


def _find_row_version(entry: Body) -> int | None:
    shown = find_text(entry, "RowVersion", length_max=64)
    if shown is None:
        return None
    try:
        return int.from_bytes(base64.b64decode(shown, validate=True), "big")
    except ValueError:
        raise InvalidRequest("The RowVersion field must be Base64.", details={"field": "RowVersion"}) from None


def _read_priority(body: Body, name: str) -> int:
    priority = find_enum(body, name, PRIORITY)
    return Priority.NORMAL if priority is None else priority


def verify_content_size(content: dict[str, Any] | None, what: str) -> None:
    """Refuse a content of more than a million bytes, by the name of its field."""
    if content is not None and len(orjson.dumps(content)) > CONTENT_BYTES_MAX:
        raise InvalidRequest(f"{what} must have at most {CONTENT_BYTES_MAX} bytes as JSON.")
