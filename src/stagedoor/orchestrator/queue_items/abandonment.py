"""Items whose taker was lost: in progress for a day, they are abandoned, and tried again where their queue says so."""

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.queue_items import store
from stagedoor.orchestrator.queue_items.attempts import Attempts
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.registry import Settlement

AT_ONCE = 200


def abandon_overdue(session: Session, tenant_id: str, *, clock: Clock, chance: Chance) -> None:
    """Abandon every item of the tenant that has been in progress for too long."""
    now = clock.now()
    while overdue := store.list_abandoned(session, tenant_id, now, limit=AT_ONCE):
        for item in overdue:
            queue = store.get_queue_of(session, item)
            attempts = Attempts(queue, now, chance)
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


def _is_any_overdue(call: Call) -> bool:
    return store.is_any_abandoned(call.session, call.tenant.tenant_id, call.clock.now())


def _settle(call: Call) -> None:
    abandon_overdue(call.session, call.tenant.tenant_id, clock=call.clock, chance=call.chance)


ABANDONMENT = Settlement(_is_any_overdue, _settle)
