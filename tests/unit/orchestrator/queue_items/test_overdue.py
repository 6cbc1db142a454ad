"""Items whose time has come are settled though nobody looks at them."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.queue_items import overdue


def test_all_that_is_overdue_is_settled_in_however_many_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "RELEASED_AT_ONCE", 2)
    monkeypatch.setattr(overdue, "ABANDONED_AT_ONCE", 2)
    folder = desk.make_folder("Shared")
    desk.call("QueueDefinitions_Post", {"Name": "Invoices"}, folder=folder)
    for _ in range(5):
        desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Invoices"}}, folder=folder)
        desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Invoices"}}, folder=folder)
    deferred = {"Name": "Invoices", "DeferDate": "2030-01-31T09:00:00Z"}
    for _ in range(5):
        desk.call("Queues_AddQueueItem", {"itemData": deferred}, folder=folder)
    assert still_waiting(desk) == (5, 5)
    desk.clock.advance(timedelta(hours=1))
    desk.orchestrator.attend_to_duties()
    assert still_waiting(desk) == (0, 5)
    desk.clock.advance(timedelta(days=1))
    desk.orchestrator.attend_to_duties()
    assert still_waiting(desk) == (0, 0)


def still_waiting(desk: Desk) -> tuple[int, int]:
    """Return how many items wait for their turn and how many for their taker."""
    with desk.database.read() as session:
        found = session.execute(text("SELECT count(waiting_until), count(abandoned_at) FROM queue_items")).one()
    return found[0], found[1]
