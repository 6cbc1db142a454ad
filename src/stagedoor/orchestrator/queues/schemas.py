"""What callers send to add items, to take one and to give its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_guid,
    find_moment,
    find_object,
    find_objects,
    find_text,
    get_object,
    get_required,
    get_text,
)
from stagedoor.orchestrator.queue_items.schemas import EXCEPTION_TYPE, ExceptionType, NewItem, read_new_item

BULK_ITEMS_MAX = 15_000


class CommitType(IntEnum):
    """What becomes of the other items when one of many cannot be added."""

    ALL_OR_NOTHING = 0
    STOP_ON_FIRST_FAILURE = 1
    PROCESS_ALL_INDEPENDENTLY = 2


COMMIT_TYPE = EnumType(
    "CommitType",
    {
        "AllOrNothing": CommitType.ALL_OR_NOTHING,
        "StopOnFirstFailure": CommitType.STOP_ON_FIRST_FAILURE,
        "ProcessAllIndependently": CommitType.PROCESS_ALL_INDEPENDENTLY,
    },
)
REFERENCE_FILTER = EnumType("ReferenceFilterOption", {"Equals": 0, "StartsWith": 1})


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """Many items for one queue."""

    queue_name: str
    commit_type: CommitType
    items: Sequence[NewItem]


@dataclass(frozen=True, slots=True)
class FailedItem:
    """One of many items that was not added: its place in the list, counted from 0, and the vendor's word for why."""

    ordinal: int
    error_code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRequest:
    """Who wants an item of which queue; ``new_item`` set means to add this one and take it at once."""

    queue_name: str
    robot_key: str | None
    reference: str | None
    reference_is_prefix: bool
    new_item: NewItem | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item could not be processed. ``shown`` is what the vendor calls the ProcessingException."""

    type: ExceptionType
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of an item. Neither successful nor failed, but with a date, means: put off until then."""

    is_successful: bool
    failure: Failure | None
    defer_date: datetime | None
    due_date: datetime | None
    output: dict[str, Any] | None
    analytics: dict[str, Any] | None
    progress: str | None
    operation_id: str | None


def read_bulk(body: Body) -> BulkRequest:
    """Read a request to add many items; a wrong type in any of them refuses the whole, naming the item."""
    entries = find_objects(body, "queueItems", entries_max=BULK_ITEMS_MAX) or []
    return BulkRequest(
        queue_name=get_text(body, "queueName"),
        commit_type=CommitType(get_required(find_enum(body, "commitType", COMMIT_TYPE), "commitType")),
        items=[_read_nth(entry, ordinal) for ordinal, entry in enumerate(entries)],
    )


def read_take(body: Body) -> TakeRequest:
    """Read a request to start a transaction."""
    data = get_object(body, "transactionData")
    content = find_object(data, "SpecificContent")
    reference = find_text(data, "Reference", length_max=128) or None
    return TakeRequest(
        queue_name=get_text(data, "Name"),
        robot_key=find_guid(data, "RobotIdentifier"),
        reference=reference if content is None else None,
        reference_is_prefix=find_enum(data, "ReferenceFilterOption", REFERENCE_FILTER) == 1,
        new_item=None if content is None else read_new_item(data),
    )


def read_result(body: Body) -> Result:
    """Read what came of an item."""
    data = get_object(body, "transactionResult")
    return Result(
        is_successful=bool(find_boolean(data, "IsSuccessful")),
        failure=None if data.get("ProcessingException") is None else _read_failure(data),
        defer_date=find_moment(data, "DeferDate"),
        due_date=find_moment(data, "DueDate"),
        output=find_object(data, "Output"),
        analytics=find_object(data, "Analytics"),
        progress=find_text(data, "Progress"),
        operation_id=find_text(data, "OperationId", length_max=128),
    )


def _read_failure(data: Body) -> Failure:
    exception = get_object(data, "ProcessingException")
    exception_type = find_enum(exception, "Type", EXCEPTION_TYPE) or ExceptionType.APPLICATION
    created = find_moment(exception, "CreationTime")
    return Failure(
        ExceptionType(exception_type),
        {
            "Reason": find_text(exception, "Reason"),
            "Details": find_text(exception, "Details"),
            "Type": EXCEPTION_TYPE.word(exception_type),
            "AssociatedImageFilePath": find_text(exception, "AssociatedImageFilePath"),
            "CreationTime": None if created is None else created.isoformat().replace("+00:00", "Z"),
        },
    )


def _read_nth(entry: Body, ordinal: int) -> NewItem:
    try:
        return read_new_item(entry)
    except InvalidRequest as wrong:
        raise InvalidRequest(f"queueItems[{ordinal}]: {wrong.public}", details=wrong.details) from wrong
