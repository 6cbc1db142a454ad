"""The duty that delivers events: signed as the vendor signs, tried three times, then the webhook pauses for an hour."""

import base64
import hmac
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import orjson
from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.crypto import SealBroken
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.alerts.schemas import Severity
from stagedoor.orchestrator.alerts.service import raise_alert
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.webhooks import store
from stagedoor.orchestrator.webhooks.models import OutgoingEvent, Webhook, WebhookDelivery
from stagedoor.orchestrator.webhooks.service import secret_context

SIGNATURE_HEADER = "X-UiPath-Signature"

AT_ONCE = 64
THREADS = 8
LEASE = timedelta(minutes=10)
"""Longer than a round can take: 64 deliveries one after the other, each as long as it may be."""

ROUND = timedelta(seconds=5)
"""After which no further round is begun: other duties wait meanwhile."""

RETRIED_AFTER = (timedelta(seconds=10), timedelta(minutes=1))
PAUSED_FOR = timedelta(hours=1)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Tried:
    """How far the deliveries to one webhook came: which were made, which were not, and why the next one was not."""

    webhook_id: int
    made: Sequence[WebhookDelivery]
    left: Sequence[WebhookDelivery]
    problem: str | None


def sign(body: bytes, secret: Secret) -> str:
    """Return the signature of a body: HMAC-SHA256 under the secret's UTF-8 bytes, in Base64."""
    return base64.b64encode(hmac.digest(secret.reveal().encode(), body, "sha256")).decode()


def body_of(event: OutgoingEvent) -> bytes:
    """Return an event as its receivers read it."""
    head = {"Type": event.type, "EventId": str(event.id), "Timestamp": event.created_at}
    return orjson.dumps({**head, **orjson.loads(event.body)}, option=orjson.OPT_UTC_Z)


def _deliver(duty: DutyCall) -> None:
    begun = duty.clock.now()
    while (now := duty.clock.now()) - begun <= ROUND:
        with duty.database.write() as session:
            due = store.lease_due(session, now, now + LEASE, limit=AT_ONCE)
        if not due:
            return
        by_webhook = sorted(due, key=lambda delivery: (delivery.webhook_id, delivery.id))
        groups = [list(group) for _, group in groupby(by_webhook, key=lambda delivery: delivery.webhook_id)]
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
            tried = list(threads.map(lambda group: _send(duty, group, begun), groups))
        with duty.database.write() as session:
            for outcome in tried:
                _write_down(session, outcome, duty.clock.now(), duty.chance)


def _send(duty: DutyCall, deliveries: Sequence[WebhookDelivery], begun: datetime) -> _Tried:
    webhook = deliveries[0].webhook
    try:
        secret = None
        if webhook.sealed_secret is not None:
            secret = duty.vault.unseal(webhook.sealed_secret, context=secret_context(webhook.key))
    except SealBroken:
        return _Tried(webhook.id, (), deliveries, "The secret cannot be opened.")
    for place, delivery in enumerate(deliveries):
        if place and duty.clock.now() - begun > ROUND:
            return _Tried(webhook.id, deliveries[:place], deliveries[place:], None)
        problem = _send_one(duty, webhook, secret, body_of(delivery.event))
        if problem is not None:
            return _Tried(webhook.id, deliveries[:place], deliveries[place:], problem)
    return _Tried(webhook.id, deliveries, (), None)


def _send_one(duty: DutyCall, webhook: Webhook, secret: Secret | None, body: bytes) -> str | None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if secret is not None:
        headers[SIGNATURE_HEADER] = sign(body, secret)
    outcome = duty.outreach.post(webhook.url, body, headers, verifies=not webhook.allow_insecure_ssl)
    if outcome.is_success:
        return None
    return outcome.problem or f"The answer was {outcome.status}."


def _write_down(session: Session, tried: _Tried, now: datetime, chance: Chance) -> None:
    webhook = store.find_to_judge(session, tried.webhook_id)
    if webhook is None:
        return
    store.finish(session, [made.id for made in tried.made], [made.event_id for made in tried.made])
    if tried.made:
        webhook.failures = 0
        webhook.held_until = None
    if tried.problem is not None:
        webhook.failures += 1
        if webhook.failures <= len(RETRIED_AFTER):
            webhook.held_until = now + RETRIED_AFTER[webhook.failures - 1]
        else:
            _pause(session, webhook, tried.problem, now, chance)
    store.release(session, [left.id for left in tried.left])


def _pause(session: Session, webhook: Webhook, problem: str, now: datetime, chance: Chance) -> None:
    # The vendor's words: events of that hour are not stored and not sent later.
    webhook.failures = 0
    webhook.held_until = None
    webhook.paused_until = now + PAUSED_FOR
    store.drop_waiting(session, webhook.id)
    raise_alert(
        session,
        webhook.tenant_id,
        "Webhook.Paused",
        {"WebhookId": webhook.id, "Name": webhook.name, "Reason": problem},
        key=random_guid(chance),
        component="Webhooks",
        severity=Severity.WARN,
        at=now,
    )
    _log.warning("webhook_paused", webhook_id=webhook.id, tenant_id=webhook.tenant_id, problem=problem)


DELIVER_EVENTS = Duty("deliver events", every=timedelta(seconds=1), carry_out=_deliver, is_due=store.is_any_due)
