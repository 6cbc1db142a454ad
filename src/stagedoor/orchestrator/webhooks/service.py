"""What may be done with webhooks: make, change, delete and try them, and send an event of one's own."""

from typing import Any

from stagedoor.kit.chance import random_guid
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.events import EventSource, write_event
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.webhooks import store
from stagedoor.orchestrator.webhooks.models import Webhook
from stagedoor.orchestrator.webhooks.schemas import EventType, WebhookChanges

_PLAIN = ("name", "description", "url", "enabled", "subscribe_to_all_events", "allow_insecure_ssl", "events")


def secret_context(key: str) -> str:
    """Return what a webhook's sealed secret is bound to."""
    return f"webhook:{key}"


def get_webhook(call: Call, webhook_id: int) -> Webhook:
    """Return a webhook of the tenant, or raise ``NotFound``."""
    webhook = store.find_webhook(call.session, call.tenant.tenant_id, webhook_id)
    if webhook is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return webhook


def create_webhook(call: Call, values: WebhookChanges) -> Webhook:
    """Make a webhook; it hears of what happens from now on."""
    webhook = Webhook(
        tenant_id=call.tenant.tenant_id, key=random_guid(call.chance), created_at=call.clock.now(), events=[]
    )
    _put(call, webhook, values)
    store.add_webhook(call.session, webhook)
    return webhook


def update_webhook(call: Call, webhook: Webhook, changes: WebhookChanges) -> None:
    """Change a webhook. Whoever does that has looked at why it failed: a pause ends. One that is off hears nothing."""
    _put(call, webhook, changes)
    webhook.failures = 0
    webhook.held_until = None
    webhook.paused_until = None
    call.session.flush()
    if not webhook.enabled:
        store.drop_waiting(call.session, webhook.id)


def ping(call: Call, webhook: Webhook) -> dict[str, Any]:
    """Let a webhook hear a ping, whatever it has subscribed to, and return the event."""
    source = EventSource.of_call(call)
    event = write_event(source, EventType.PING, {"EntityKey": webhook.key}, [webhook.id])
    return _shown(call, event.id, EventType.PING, {"EntityKey": webhook.key})


def trigger_custom(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """Let the webhooks that listen for it hear an event of the caller's own, and return the event.

    Where nobody listens there is an event all the same, with an id, which nobody hears of.
    """
    source = EventSource.of_call(call)
    listeners = store.list_listening(call.session, source.tenant_id, EventType.CUSTOM, source.at)
    event = write_event(source, EventType.CUSTOM, {"EventData": data}, listeners)
    event_id = event.id
    if not listeners:
        store.finish(call.session, [], [event_id])
    return _shown(call, event_id, EventType.CUSTOM, {"EventData": data})


def _put(call: Call, webhook: Webhook, changes: WebhookChanges) -> None:
    for name in _PLAIN:
        value = getattr(changes, name)
        if value is not UNSET:
            setattr(webhook, name, value)
    secret: Secret | None = changes.secret
    if secret is None:
        webhook.sealed_secret = None
    elif secret is not UNSET:
        webhook.sealed_secret = call.vault.seal(secret, context=secret_context(webhook.key), chance=call.chance)


def _shown(call: Call, event_id: int, event_type: EventType, fields: dict[str, Any]) -> dict[str, Any]:
    now = call.clock.now()
    shown: dict[str, Any] = {
        "Type": event_type,
        "EventId": str(event_id),
        "Timestamp": now,
        "EventTime": now,
        "EventSourceId": 0,
        "UserKey": call.caller.id,
        "UserId": call.caller.number,
        **fields,
    }
    return shown
