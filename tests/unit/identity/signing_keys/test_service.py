"""Keys that sign tokens: made once, sealed, rotated with an overlap."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.factories.store import empty_database

from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.identity.signing_keys.service import KEPT_AFTER, PUBLISHED_AHEAD, ROTATED_EVERY, SigningKeys
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.db import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 1, 1, tzinfo=UTC))


def keys_of(database: Database, clock: HeldClock, master: bytes = b"m" * 32) -> SigningKeys:
    return SigningKeys(database, Vault(master), clock, SeededChance(1))


def test_the_first_key_is_made_when_first_needed_and_kept(database: Database, clock: HeldClock) -> None:
    keys = keys_of(database, clock)
    with pytest.raises(RuntimeError):
        keys.current()
    keys.prepare()
    kid = keys.current().kid
    keys.prepare()
    again = keys_of(database, clock)
    again.prepare()
    assert again.current().kid == kid == keys.current().kid


def test_a_private_key_lies_sealed_in_the_store(database: Database, clock: HeldClock) -> None:
    keys_of(database, clock).prepare()
    with database.read() as session:
        sealed = session.scalars(select(SigningKeyRow.sealed_private_key)).one()
    assert sealed.startswith("v1.")
    assert "PRIVATE" not in sealed
    with pytest.raises(SealBroken):
        keys_of(database, clock, b"x" * 32).load()


def test_the_jwks_shows_no_private_part(database: Database, clock: HeldClock) -> None:
    keys = keys_of(database, clock)
    keys.prepare()
    (entry,) = keys.public_keys()
    assert set(entry) == {"kty", "use", "alg", "kid", "n", "e"}


def test_the_next_key_is_published_before_it_signs(database: Database, clock: HeldClock) -> None:
    keys = keys_of(database, clock)
    keys.prepare()
    first = keys.current().kid
    clock.advance(ROTATED_EVERY - PUBLISHED_AHEAD)
    keys.prepare()
    assert len(keys.public_keys()) == 2
    assert keys.current().kid == first
    clock.advance(PUBLISHED_AHEAD)
    assert keys.current().kid != first
    assert keys.find(first) is not None


def test_an_old_key_verifies_until_its_tokens_died(database: Database, clock: HeldClock) -> None:
    keys = keys_of(database, clock)
    keys.prepare()
    first = keys.current().kid
    clock.advance(timedelta(days=1))
    keys.rotate_now()
    clock.advance(KEPT_AFTER - timedelta(seconds=1))
    assert keys.find(first) is not None
    clock.advance(timedelta(seconds=1))
    assert keys.find(first) is None
    assert first not in {entry["kid"] for entry in keys.public_keys()}


def test_outlived_keys_leave_the_store_at_the_next_rotation(database: Database, clock: HeldClock) -> None:
    keys = keys_of(database, clock)
    keys.prepare()
    first = keys.current().kid
    clock.advance(timedelta(days=1))
    keys.rotate_now()
    clock.advance(KEPT_AFTER)
    keys.rotate_now()
    with database.read() as session:
        assert first not in session.scalars(select(SigningKeyRow.kid)).all()


def test_another_process_hears_of_a_rotation_through_the_feed(database: Database, clock: HeldClock) -> None:
    here, there = keys_of(database, clock), keys_of(database, clock)
    feed = ChangeFeed(database)
    there.follow(feed)
    feed.start_from_now()
    there.prepare()
    clock.advance(timedelta(days=1))
    kid = here.rotate_now()
    feed.catch_up()
    assert there.current().kid == kid


def test_an_unknown_kid_reads_the_store_at_most_once_a_second(
    database: Database, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = keys_of(database, clock), keys_of(database, clock)
    there.prepare()
    kid = here.rotate_now()
    loads: list[int] = []
    load = there.load

    def counted_load() -> None:
        loads.append(1)
        load()

    monkeypatch.setattr(there, "load", counted_load)
    assert there.find(kid) is None
    assert loads == []
    clock.advance(timedelta(seconds=1))
    assert there.find(kid) is not None
    there.find("forged-1")
    there.find("forged-2")
    assert loads == [1]


def test_two_processes_that_start_together_end_with_the_same_key(
    database: Database, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = keys_of(database, clock), keys_of(database, clock)
    # The other process makes its key after ours looked and before ours writes.
    load = here.load

    def load_then_lose() -> None:
        load()
        monkeypatch.setattr(here, "load", load)
        there.prepare()

    monkeypatch.setattr(here, "load", load_then_lose)
    here.prepare()
    assert here.current().kid == there.current().kid
    assert len(here.public_keys()) == 1
