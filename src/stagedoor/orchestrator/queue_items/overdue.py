"""What the passing of time does to items, written down before anybody looks.

Deferred items get their turn. Items whose taker was lost, in progress for a day, are abandoned, and tried again where
their queue says so.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.queue_items import store
from stagedoor.orchestrator.queue_items.attempts import Attempts
from stagedoor.orchestrator.queue_items.news import tell_of_items
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.webhooks.schemas import EventType

RELEASED_AT_ONCE = 500
ABANDONED_AT_ONCE = 200


def settle_items(session: Session, tenant_id: str, *, clock: Clock, chance: Chance, vault: Vault) -> bool:
    """Give their turn to the tenant's items that have waited long enough, and abandon those of lost takers.

    Some of them at a time, the longest overdue first; returns whether there may be more.

    Commit it before taking an item: on PostgreSQL its row locks would hide from the taker what it has just released.
    """
    now = clock.now()
    released = store.release_deferred(session, tenant_id, now, limit=RELEASED_AT_ONCE)
    overdue = store.list_abandoned(session, tenant_id, now, limit=ABANDONED_AT_ONCE)
    for item in overdue:
        queue = store.get_queue_of(session, item)
        attempts = Attempts(queue, now, chance, vault)
        is_retried = queue.retry_abandoned_items and item.retry_number < queue.max_number_of_retries
        item.status = Status.RETRIED if is_retried else Status.ABANDONED
        item.end_processing = item.abandoned_at
        item.abandoned_at = None
        item.row_version += 1
        attempts.place(item)
        # The old attempt gives its reference free before the new one takes it.
        session.flush()
        if is_retried:
            store.insert_item(session, attempts.automatic_retry(item))
        else:
            tell_of_items(session, EventType.QUEUE_ITEM_ABANDONED, queue, [item], now)
    return released == RELEASED_AT_ONCE or len(overdue) == ABANDONED_AT_ONCE


def _is_any_overdue(call: Call) -> bool:
    return store.is_any_overdue(call.session, call.tenant.tenant_id, call.clock.now())


def _settle(call: Call) -> None:
    settle_items(call.session, call.tenant.tenant_id, clock=call.clock, chance=call.chance, vault=call.vault)


def _settle_all(duty: DutyCall) -> None:
    with duty.database.read() as session:
        tenants = store.list_tenants_with_overdue(session, duty.clock.now())
    for tenant_id in tenants:
        more_are_due = True
        while more_are_due:
            with duty.database.write() as session:
                more_are_due = settle_items(session, tenant_id, clock=duty.clock, chance=duty.chance, vault=duty.vault)


OVERDUE_ITEMS = Settlement(_is_any_overdue, _settle)

SETTLE_ITEMS = Duty(
    "settle queue items", every=timedelta(seconds=1), carry_out=_settle_all, is_due=store.is_any_overdue_anywhere
)
"""Nobody has to look at items for their time to come: triggers that wait for them are told in time."""
