"""An event is in one hand at a time, on every store that Stagedoor runs on, however many processes deliver."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from stagedoor.kit.chance import SeededChance, random_guid
from stagedoor.kit.db import Database
from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.webhooks import store
from stagedoor.orchestrator.webhooks.models import Webhook
from stagedoor.orchestrator.webhooks.schemas import EventType

TENANT_ID = "00000000-0000-4000-8000-0000000000d1"
NOW = datetime(2030, 1, 31, 8, 0, tzinfo=UTC)
EVENTS = 60
THREADS = 8


@pytest.fixture
def webhook_id(database: Database) -> int:
    webhook = Webhook(
        tenant_id=TENANT_ID,
        key=random_guid(SeededChance(1)),
        name="Listener",
        url="http://listener.test/",
        enabled=True,
        subscribe_to_all_events=True,
        allow_insecure_ssl=False,
        events=[],
        created_at=NOW,
    )
    with database.write() as session:
        store.add_webhook(session, webhook)
    with database.write() as session:
        source = EventSource(session=session, tenant_id=TENANT_ID, at=NOW)
        for _ in range(EVENTS):
            announce_from(source, EventType.QUEUE_ITEM_ADDED, dict)
    return webhook.id


def lease(database: Database, limit: int) -> list[int]:
    with database.write() as session:
        return [delivery.id for delivery in store.lease_due(session, NOW, NOW + timedelta(minutes=1), limit=limit)]


def test_each_event_is_leased_once(database: Database, webhook_id: int) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        leased = [key for batch in threads.map(lambda _: lease(database, 5), range(EVENTS)) for key in batch]
    assert len(leased) == EVENTS
    assert set(Counter(leased).values()) == {1}
    assert lease(database, 5) == []


def test_what_was_told_is_gone_and_what_was_not_is_due_again(database: Database, webhook_id: int) -> None:
    with database.write() as session:
        told, *left = store.lease_due(session, NOW, NOW + timedelta(minutes=1), limit=3)
        store.finish(session, [told.id], [told.event_id])
        store.release(session, [delivery.id for delivery in left])
    with database.read() as session:
        assert store.is_any_due(session, NOW)
    assert len(lease(database, EVENTS)) == EVENTS - 1
    with database.write() as session:
        webhook = store.find_webhook(session, TENANT_ID, webhook_id)
        assert webhook is not None
        store.delete_webhook(session, webhook)
    with database.read() as session:
        assert not store.is_any_due(session, NOW + timedelta(days=1))
