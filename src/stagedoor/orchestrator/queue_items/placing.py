"""Where an item stands in its queue: when its turn comes, whether it waits, whether its reference is spoken for."""

from datetime import datetime, timedelta

from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import Priority, ReviewStatus, Status

ABANDONED_AFTER = timedelta(hours=24)
"""How long an item may be in progress before the vendor takes its robot for lost."""

TURNS_WITH_DEADLINE = len(Priority)


def place(item: QueueItem, *, unique_references: bool, now: datetime) -> None:
    """Set what follows from an item's status, dates, priority and reference; call it after changing any of them."""
    is_new = item.status == Status.NEW
    is_deferred = is_new and item.defer_date is not None and item.defer_date > now
    item.turn = turn_of(item.priority, item.due_date) if is_new and not is_deferred else None
    item.waiting_until = item.defer_date if is_deferred else None
    item.reference_folded = None if item.reference is None else item.reference.casefold()
    # The vendor does not count deleted and retried items, so that their reference is free again.
    counts = item.status not in (Status.DELETED, Status.RETRIED) and item.review_status != ReviewStatus.RETRIED
    item.unique_reference = item.reference if unique_references and counts else None


def turn_of(priority: int, due_date: datetime | None) -> int:
    """Return the item's turn: those with a deadline come first, each group by priority."""
    return priority if due_date is not None else priority + TURNS_WITH_DEADLINE
