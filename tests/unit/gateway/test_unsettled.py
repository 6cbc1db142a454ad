"""Unsettled orders are known to every process, for a while, by names that tell nothing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.store import empty_database
from tests.factories.upstreams import VAULT

from stagedoor.gateway import unsettled as module
from stagedoor.gateway.unsettled import KEPT_SECONDS, UnsettledOrders
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.threads import WorkerThreads


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def threads() -> Iterator[WorkerThreads]:
    threads = WorkerThreads(1)
    yield threads
    threads.close()


def process(database: Database, threads: WorkerThreads) -> tuple[UnsettledOrders, ChangeFeed]:
    orders, feed = UnsettledOrders(VAULT, database, threads, SystemChance()), ChangeFeed(database)
    orders.follow(feed)
    feed.start_from_now()
    return orders, feed


def test_what_one_process_notes_and_settles_the_others_hear(database: Database, threads: WorkerThreads) -> None:
    (one, own_feed), (other, feed) = process(database, threads), process(database, threads)
    asyncio.run(one.note("n", "sd-1", is_under_way=True))
    feed.catch_up()
    heard = other.find("n")
    assert heard is not None
    assert (heard.reference, heard.is_under_way) == ("sd-1", True)
    asyncio.run(one.note("n", "sd-1", is_under_way=False))
    feed.catch_up()
    heard = other.find("n")
    assert heard is not None
    assert not heard.is_under_way
    asyncio.run(other.settle("n"))
    # What it told itself a process does not hear again: settled long ago, it would come back.
    own_feed.catch_up()
    assert one.find("n") is None


def test_a_process_does_not_hear_itself(database: Database, threads: WorkerThreads) -> None:
    orders, feed = process(database, threads)
    asyncio.run(orders.note("n", "sd-1", is_under_way=True))
    with orders._guard:
        orders._orders.clear()
    feed.catch_up()
    assert orders.find("n") is None


def test_an_order_is_forgotten_after_a_while(
    database: Database, threads: WorkerThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, _ = process(database, threads)
    monkeypatch.setattr(module, "stopwatch", lambda: 100.0)
    asyncio.run(orders.note("n", "sd-1", is_under_way=False))
    monkeypatch.setattr(module, "stopwatch", lambda: 100.0 + KEPT_SECONDS - 1)
    assert orders.find("n") is not None
    monkeypatch.setattr(module, "stopwatch", lambda: 100.0 + KEPT_SECONDS)
    assert orders.find("n") is None
    assert orders._orders == {}


def test_no_more_are_kept_than_there_is_room_for(
    database: Database, threads: WorkerThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, _ = process(database, threads)
    monkeypatch.setattr(module, "KEPT_MAX", 2)
    for number in range(3):
        asyncio.run(orders.note(f"n{number}", "sd-1", is_under_way=False))
    assert [orders.find(f"n{number}") is not None for number in range(3)] == [False, True, True]


def test_a_name_tells_nothing_and_is_the_same_for_the_same_order_alone(
    database: Database, threads: WorkerThreads
) -> None:
    orders, _ = process(database, threads)
    name = orders.name_of("caller", "Jobs_StartJobs", body=b"secret arguments")
    assert name == orders.name_of("caller", "Jobs_StartJobs", body=b"secret arguments")
    assert name != orders.name_of("caller", "Jobs_StartJobs", body=b"other arguments")
    assert "secret" not in name


def test_a_store_that_is_away_keeps_nobody_from_an_answer(
    database: Database, threads: WorkerThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, _ = process(database, threads)

    def refuse() -> None:
        raise StoreUnavailable

    monkeypatch.setattr(database, "write", refuse)
    asyncio.run(orders.note("n", "sd-1", is_under_way=False))
    assert orders.find("n") is not None
