"""How the history of items looks in the vendor's API: one list of what is written down and what items tell."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Integer, String, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import DeclarativeBase, Mapped

from stagedoor.kit.db import JsonText
from stagedoor.orchestrator.entity import Computed, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.people import Person
from stagedoor.orchestrator.queue_item_events.models import QueueItemEvent
from stagedoor.orchestrator.queue_item_events.schemas import EVENT_ACTION, EventAction
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import REVIEW_STATUS, STATUS, ReviewStatus, Status

_KINDS = 4
"""Ids of events are four to an item or to a row of the table, so that no two of them meet."""

_ADDED, _TAKEN, _ENDED, _WRITTEN = range(_KINDS)

# Of an item that was deleted, or tried again by a reviewer, the end is told by what is left of it.
_STATUS_AT_END = case(
    (QueueItem.status != Status.DELETED, QueueItem.status),
    (QueueItem.processing_exception_type.is_not(None), int(Status.FAILED)),
    else_=int(Status.SUCCESSFUL),
)
_IS_RETRY = QueueItem.ancestor_id.is_not(None) | QueueItem.manual_ancestor_id.is_not(None)


def _event_id(of: Any, kind: int) -> ColumnElement[int]:
    return cast(of * _KINDS + kind, BigInteger).label("id")


def _number(value: Any) -> ColumnElement[int]:
    # SQLite looks into the four parts, and reads each in its own order, only where their columns are of one type.
    return cast(value, Integer)


def _of_item(kind: int, at: Any, action: Any, status: Any, user: Any) -> Any:
    return select(
        _event_id(QueueItem.id, kind),
        QueueItem.tenant_id.label("tenant_id"),
        QueueItem.id.label("item_id"),
        QueueItem.folder_id.label("folder_id"),
        QueueItem.queue_id.label("queue_id"),
        at.label("at"),
        _number(action).label("action"),
        _number(status).label("status"),
        _number(literal(int(ReviewStatus.NONE))).label("review_status"),
        cast(null(), BigInteger).label("reviewer_user_number"),
        user.label("user_number"),
        cast(null(), String).label("user_name"),
        cast(null(), String).label("external_client_id"),
        cast(null(), JsonText).label("data"),
    )


_WHOLE = union_all(
    _of_item(
        _ADDED,
        QueueItem.created_at,
        case((_IS_RETRY, int(EventAction.RETRY)), else_=int(EventAction.CREATE)),
        literal(int(Status.NEW)),
        QueueItem.creator_user_number,
    ),
    _of_item(
        _TAKEN,
        QueueItem.start_processing,
        literal(int(EventAction.STATUS)),
        literal(int(Status.IN_PROGRESS)),
        QueueItem.executor_user_number,
    ),
    _of_item(
        _ENDED,
        QueueItem.end_processing,
        literal(int(EventAction.STATUS)),
        _STATUS_AT_END,
        QueueItem.executor_user_number,
    ),
    select(
        _event_id(QueueItemEvent.id, _WRITTEN),
        QueueItemEvent.tenant_id.label("tenant_id"),
        QueueItemEvent.item_id.label("item_id"),
        QueueItemEvent.folder_id.label("folder_id"),
        QueueItemEvent.queue_id.label("queue_id"),
        QueueItemEvent.at.label("at"),
        QueueItemEvent.action.label("action"),
        QueueItemEvent.status.label("status"),
        QueueItemEvent.review_status.label("review_status"),
        QueueItemEvent.reviewer_user_number.label("reviewer_user_number"),
        QueueItemEvent.user_number.label("user_number"),
        QueueItemEvent.user_name.label("user_name"),
        QueueItemEvent.external_client_id.label("external_client_id"),
        QueueItemEvent.data.label("data"),
    ),
).subquery("queue_item_history")


class HistoryView(DeclarativeBase):
    """Keeps what is only read out of the metadata from which tables are made."""


class ItemHistory(HistoryView):
    """One event of an item's life; one without a time (``at``) has not happened.

    That condition is left to whoever reads: PostgreSQL reads the four parts in their own order only if they have none.
    """

    __table__ = _WHOLE
    __mapper_args__ = {"primary_key": [__table__.c.id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        id: Mapped[int]
        tenant_id: Mapped[str]
        item_id: Mapped[int]
        folder_id: Mapped[int]
        queue_id: Mapped[int]
        at: Mapped[datetime]
        action: Mapped[int]
        status: Mapped[int]
        review_status: Mapped[int]
        reviewer_user_number: Mapped[int | None]
        user_number: Mapped[int | None]
        user_name: Mapped[str | None]
        external_client_id: Mapped[str | None]
        data: Mapped[dict[str, Any] | None]


def _name_of(event: Any, number: Any) -> ColumnElement[str | None]:
    name = select(Person.username).where(Person.number == number, Person.tenant_id == event.tenant_id)
    return name.correlate_except(Person).scalar_subquery()


def _user_name(event: Any) -> ColumnElement[str | None]:
    return func.coalesce(event.user_name, _name_of(event, event.user_number))


def _reviewer_name(event: Any) -> ColumnElement[str | None]:
    return _name_of(event, event.reviewer_user_number)


def _as_text(data: dict[str, Any] | None) -> str | None:
    return None if data is None else orjson.dumps(data).decode()


QUEUE_ITEM_EVENT = EntityType(
    "QueueItemEventDto",
    ItemHistory,
    (
        Property("QueueItemId", EdmType.INT64, ItemHistory.item_id, nullable=False, writable=False),
        Property("Timestamp", EdmType.DATE_TIME_OFFSET, ItemHistory.at, nullable=False, writable=False),
        Property("Action", EVENT_ACTION, ItemHistory.action, nullable=False, writable=False),
        Property("Data", EdmType.STRING, Computed(_as_text, ItemHistory.data), writable=False),
        Property("UserId", EdmType.INT64, ItemHistory.user_number, writable=False),
        Property("UserName", EdmType.STRING, Expression(_user_name), writable=False),
        Property("Status", STATUS, ItemHistory.status, nullable=False, writable=False),
        Property("ReviewStatus", REVIEW_STATUS, ItemHistory.review_status, nullable=False, writable=False),
        Property("ReviewerUserId", EdmType.INT64, ItemHistory.reviewer_user_number, writable=False),
        Property("ReviewerUserName", EdmType.STRING, Expression(_reviewer_name), writable=False),
        Property("ExternalClientId", EdmType.STRING, ItemHistory.external_client_id, writable=False),
        Property("Id", EdmType.INT64, ItemHistory.id, nullable=False, writable=False),
    ),
)

QUEUE_ITEM_EVENTS = EntitySet("QueueItemEvents", QUEUE_ITEM_EVENT, counts_always=False, first_by=(ItemHistory.item_id,))
