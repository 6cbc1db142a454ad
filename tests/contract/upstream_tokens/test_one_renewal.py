"""A token is renewed by exactly one, and no refresh token is lost, on every store that Stagedoor runs on.

Real transactions from many threads, on a SQLite file and on PostgreSQL.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.factories.upstreams import ORGANIZATION_ID, TENANT_ID, UpstreamWorld

from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.secret import Secret
from stagedoor.upstream.upstream_tokens import store
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.lease import LEASE, kept_lease
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.service import STORE_ATTEMPTS, UpstreamTokens

THREADS = 100
LONG = timedelta(minutes=5)


@pytest.fixture
def world(database: Database) -> UpstreamWorld:
    return UpstreamWorld(database)


def stored(world: UpstreamWorld, connection_id: str) -> tuple[int, str | None]:
    with world.database.read() as session:
        row = store.find_token(session, connection_id)
        assert row is not None
        return row.version, row.lease_owner


def renew_at_once(processes: list[UpstreamTokens], connection_id: str, because_of: Secret | None) -> set[str]:
    barrier = threading.Barrier(THREADS)

    def renew(number: int) -> str:
        barrier.wait()
        return processes[number % len(processes)].renew(connection_id, because_of).reveal()

    with ThreadPoolExecutor(THREADS) as pool:
        return set(pool.map(renew, range(THREADS)))


class TestMany:
    def test_a_hundred_threads_that_need_a_token_at_once_ask_once(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        assert renew_at_once([world.tokens()], connection_id, None) == {"T1"}
        assert world.issuer.sent == ["R0"]

    def test_a_hundred_threads_whose_token_was_refused_ask_once(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        old = tokens.renew(connection_id)
        world.clock.advance(LONG)
        assert renew_at_once([tokens], connection_id, old) == {"T2"}
        assert world.issuer.sent == ["R0", "R1"]

    def test_two_processes_ask_once_between_them(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        processes = [world.tokens(), world.tokens()]
        old = processes[0].renew(connection_id)
        processes[1].load()
        world.clock.advance(LONG)
        assert renew_at_once(processes, connection_id, old) == {"T2"}
        assert world.issuer.sent == ["R0", "R1"]


class TestLease:
    def test_another_process_waits_for_the_one_that_asks_and_reads_its_token(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        is_waiting = threading.Event()
        first, second = world.tokens(), world.tokens(sleep=lambda _: is_waiting.set())
        world.issuer.before_answer = lambda: None if is_waiting.wait(10) else pytest.fail("nobody waited")
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(process.renew, connection_id) for process in (first, second)]
            is_waiting.wait(0.5)
            # Whichever came first asks; if that was the second, the first waits by its own sleep.
            is_waiting.set()
            assert {answer.result().reveal() for answer in asked} == {"T1"}
        assert world.issuer.sent == ["R0"]

    def test_a_lease_is_refused_until_it_has_run_out(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        with world.database.write() as session:
            store.make_room(session, connection_id)
            now = world.clock.now()
            assert store.take_lease(session, connection_id, owner="dead", now=now, until=now + LEASE)
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            world.clock.advance(LEASE / 3)

        assert world.tokens(sleep=wait).renew(connection_id) == Secret("T1")
        assert len(waited) == 4
        assert stored(world, connection_id) == (2, None)

    def test_a_late_owner_writes_nothing_and_hands_out_the_token_of_the_one_who_took_over(
        self, world: UpstreamWorld
    ) -> None:
        connection_id = world.connect()
        late, other = world.tokens(), world.tokens()
        first_time = iter([True])

        def freeze() -> None:
            if next(first_time, False):
                world.clock.advance(LEASE + timedelta(seconds=1))
                assert other.renew(connection_id) == Secret("T2")

        world.issuer.before_answer = freeze
        assert late.renew(connection_id) == Secret("T2")
        with world.database.read() as session:
            row = store.find_token(session, connection_id)
            assert row is not None
            assert (row.version, row.lease_until) == (2, None)
        world.clock.advance(LONG)
        late.renew(connection_id, Secret("T2"))
        assert world.issuer.sent == ["R0", "R0", "R2"]

    def test_a_lease_is_renewed_while_its_owner_works_and_not_once_it_is_lost(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        with world.database.write() as session:
            store.make_room(session, connection_id)
            now = world.clock.now()
            store.take_lease(session, connection_id, owner="me", now=now, until=now + LEASE)
        world.clock.advance(LEASE / 2)
        renewed = threading.Event()
        write_fenced = store.write_fenced

        def watched(*args: object, **kwargs: object) -> bool:
            is_written = write_fenced(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
            renewed.set()
            return is_written

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store, "write_fenced", watched)
            with kept_lease(world.database, world.clock, connection_id, 1, every_seconds=0.01):
                assert renewed.wait(5)
            with world.database.read() as session:
                row = store.find_token(session, connection_id)
                assert row is not None
                assert row.lease_until == world.clock.now() + LEASE
            renewed.clear()
            with kept_lease(world.database, world.clock, connection_id, 7, every_seconds=0.01):
                assert renewed.wait(5)
            assert stored(world, connection_id) == (1, "me")


class TestStoring:
    def test_a_rotated_refresh_token_is_stored_before_the_new_token_is_handed_out(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        world.tokens().renew(connection_id)
        world.clock.advance(LONG)
        # A process that was never told reads what the other one stored.
        assert world.tokens().renew(connection_id, Secret("T1")) == Secret("T2")
        assert world.issuer.sent == ["R0", "R1"]

    def test_what_came_while_the_store_was_away_is_not_handed_out_and_not_lost(
        self, world: UpstreamWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection_id = world.connect()
        tokens = world.tokens(sleep=lambda _: None)
        attempts: list[int] = []

        def refuse(*_: object) -> bool:
            attempts.append(1)
            raise StoreUnavailable

        with monkeypatch.context() as away:
            away.setattr(tokens, "_write_once", refuse)
            with pytest.raises(StoreUnavailable):
                tokens.renew(connection_id)
        assert len(attempts) == STORE_ATTEMPTS
        assert tokens.find_current(connection_id) is None
        assert tokens.renew(connection_id) == Secret("T1")
        assert world.issuer.sent == ["R0"]
        world.clock.advance(LONG)
        assert tokens.renew(connection_id, Secret("T1")) == Secret("T2")
        assert world.issuer.sent == ["R0", "R1"]

    def test_a_process_that_died_between_receiving_and_storing_leaves_the_old_refresh_token_to_be_sent_again(
        self, world: UpstreamWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection_id = world.connect()
        dying = world.tokens()

        class Killed(BaseException):
            pass

        def die(*_: object) -> Granted:
            raise Killed

        monkeypatch.setattr(dying, "_write_once", die)
        monkeypatch.setattr(dying, "_give_back", lambda *_: None)
        with pytest.raises(Killed):
            dying.renew(connection_id)
        world.clock.advance(LEASE + timedelta(seconds=1))
        assert world.tokens().renew(connection_id) == Secret("T2")
        assert world.issuer.sent == ["R0", "R0"]

    def test_neither_token_stands_in_the_store_in_the_clear(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        world.tokens().renew(connection_id)
        with world.database.read() as session:
            row = store.find_token(session, connection_id)
            assert row is not None
            assert str(row.sealed_access_token).startswith("v1.")
            assert str(row.sealed_refresh_token).startswith("v1.")

    def test_every_process_hears_of_a_renewal_and_the_tenants_that_it_concerns(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        with world.database.write() as session:
            connection = world.connections.get_connection(session, ORGANIZATION_ID, "prod")
            assert world.connections.map_tenant(session, TENANT_ID, connection)
        feed = ChangeFeed(world.database)
        other = world.tokens()
        other.follow(feed)
        heard: list[Change] = []
        feed.subscribe(("tenant",), heard.extend)
        feed.start_from_now()
        world.tokens().renew(connection_id)
        feed.catch_up()
        assert other.find_current(connection_id) == Secret("T1")
        assert heard == [Change("tenant", TENANT_ID)]


def test_a_failure_is_remembered_by_every_process(world: UpstreamWorld) -> None:
    connection_id = world.connect()
    world.issuer.failure = UpstreamSignInFailed(Diagnosis.INVALID_GRANT)
    for process in (world.tokens(), world.tokens()):
        with pytest.raises(UpstreamSignInFailed) as failed:
            process.renew(connection_id)
        assert failed.value.diagnosis is Diagnosis.INVALID_GRANT
        assert failed.value.details["connection_id"] == connection_id
    assert world.issuer.sent == ["R0"]
