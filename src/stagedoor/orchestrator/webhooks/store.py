"""All SQL of webhooks and of the events that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.webhooks.models import OutgoingEvent, Webhook, WebhookDelivery


def has_id(webhook_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one webhook."""
    return Webhook.id == webhook_id


def find_webhook(session: Session, tenant_id: str, webhook_id: int) -> Webhook | None:
    """Return a webhook of the tenant."""
    return session.scalar(select(Webhook).where(Webhook.tenant_id == tenant_id, Webhook.id == webhook_id))


def add_webhook(session: Session, webhook: Webhook) -> None:
    """Store a new webhook; it has an id then."""
    session.add(webhook)
    session.flush()


def delete_webhook(session: Session, webhook: Webhook) -> None:
    """Delete a webhook with what it still had to hear of."""
    drop_waiting(session, webhook.id)
    session.delete(webhook)
    session.flush()


# Built once, and asked past the ORM: every item that is added or taken pays for this look.
_LISTENING = select(Webhook.id, Webhook.subscribe_to_all_events, Webhook.events, Webhook.paused_until).where(
    Webhook.tenant_id == bindparam("tenant_id"), Webhook.enabled.is_(True)
)


def list_listening(session: Session, tenant_id: str, event_type: str, now: datetime) -> list[int]:
    """Return the ids of the tenant's webhooks that want to hear of an event of this type."""
    rows = session.connection().execute(_LISTENING, {"tenant_id": tenant_id}).all()
    return [
        row.id
        for row in rows
        if (row.subscribe_to_all_events or event_type in row.events)
        and (row.paused_until is None or row.paused_until <= now)
    ]


def find_folder_key(session: Session, tenant_id: str, folder_id: int) -> str | None:
    """Return a folder's key."""
    return session.scalar(select(Folder.key).where(Folder.tenant_id == tenant_id, Folder.id == folder_id))


def add_event(session: Session, event: OutgoingEvent, webhook_ids: Sequence[int]) -> None:
    """Store an event for these webhooks; it has an id then."""
    session.add(event)
    session.flush()
    session.add_all(WebhookDelivery(webhook_id=webhook_id, event_id=event.id) for webhook_id in webhook_ids)
    session.flush()


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(WebhookDelivery.leased_until.is_(None), WebhookDelivery.leased_until <= now),
        or_(Webhook.held_until.is_(None), Webhook.held_until <= now),
    )


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether anything waits to be delivered that nobody has in hand."""
    due = exists().where(WebhookDelivery.webhook_id == Webhook.id, *_is_due(now))
    return bool(session.scalar(select(due)))


def lease_due(session: Session, now: datetime, until: datetime, *, limit: int) -> Sequence[WebhookDelivery]:
    """Take what is due in hand until a moment and return it, each webhook's in the order in which it happened."""
    deliveries = session.scalars(
        select(WebhookDelivery)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(*_is_due(now))
        .order_by(WebhookDelivery.id)
        .limit(limit)
        .options(joinedload(WebhookDelivery.webhook), joinedload(WebhookDelivery.event))
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).all()
    for delivery in deliveries:
        delivery.leased_until = until
    session.flush()
    return deliveries


def release(session: Session, delivery_ids: Sequence[int]) -> None:
    """Put deliveries down again that were not tried."""
    session.execute(update(WebhookDelivery).where(WebhookDelivery.id.in_(delivery_ids)).values(leased_until=None))


def finish(session: Session, delivery_ids: Sequence[int], event_ids: Sequence[int]) -> None:
    """Forget deliveries that were made, and those of the events that nobody else waits for."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(delivery_ids)))
    _drop_heard(session, event_ids)


def drop_waiting(session: Session, webhook_id: int) -> None:
    """Forget everything that a webhook still had to hear of."""
    events = session.scalars(select(WebhookDelivery.event_id).where(WebhookDelivery.webhook_id == webhook_id)).all()
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
    for start in range(0, len(events), 500):
        _drop_heard(session, events[start : start + 500])


def find_to_judge(session: Session, webhook_id: int) -> Webhook | None:
    """Return a webhook, locked, to write down how deliveries to it went; ``None`` if it is gone."""
    return session.scalar(select(Webhook).where(Webhook.id == webhook_id).with_for_update())


def _drop_heard(session: Session, event_ids: Sequence[int]) -> None:
    waits = exists().where(WebhookDelivery.event_id == OutgoingEvent.id)
    session.execute(
        delete(OutgoingEvent).where(OutgoingEvent.id.in_(event_ids), ~waits),
        execution_options={"synchronize_session": False},
    )
