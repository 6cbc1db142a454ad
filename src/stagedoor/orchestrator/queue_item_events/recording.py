"""Writing down what was done to an item, in the transaction of the change itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.queue_item_events.models import QueueItemEvent
from stagedoor.orchestrator.queue_item_events.schemas import EventAction

NAME_LENGTH_MAX = 512


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something to items."""

    number: int | None
    name: str
    client_id: str | None


class Item(Protocol):
    """What is told of an item beside what happened to it."""

    id: int
    tenant_id: str
    folder_id: int
    queue_id: int
    status: int
    review_status: int
    reviewer_user_number: int | None


def hand_of(call: Call) -> Hand:
    """Return the caller as somebody who does something to items."""
    return Hand(call.caller.number or None, call.caller.name[:NAME_LENGTH_MAX], call.caller.client_id)


def record_event(
    session: Session,
    item: Item,
    action: EventAction,
    hand: Hand,
    *,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> None:
    """Write an event down, with the item's states as they are now; the item's changes are flushed, too."""
    session.add(
        QueueItemEvent(
            tenant_id=item.tenant_id,
            item_id=item.id,
            folder_id=item.folder_id,
            queue_id=item.queue_id,
            at=at,
            action=action,
            status=item.status,
            review_status=item.review_status,
            reviewer_user_number=item.reviewer_user_number,
            user_number=hand.number,
            user_name=hand.name,
            external_client_id=hand.client_id,
            data=None if data is None else dict(data),
        )
    )
    session.flush()
