import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from timeit import repeat

import pytest
from sqlalchemy.orm import Session
from tests.factories.audit import START, audit_entry
from tests.factories.store import empty_database

from stagedoor.audit.chain import ChainKey
from stagedoor.audit.errors import AuditUnavailable
from stagedoor.audit.service import AuditWriter, list_rows
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable

KEY = ChainKey(bytes(32))


class Breakable:
    """A database whose writes can be made to fail, and that tells when one did."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.failure: Exception | None = None
        self.refused = threading.Event()
        self.groups: list[int] = []

    @contextmanager
    def write(self) -> Iterator[Session]:
        if self.failure is not None:
            self.refused.set()
            raise self.failure
        with self.database.write() as session:
            yield session
        self.groups.append(1)

    def read(self) -> AbstractContextManager[Session]:
        return self.database.read()


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[Breakable]:
    database = empty_database(tmp_path)
    yield Breakable(database)
    database.close()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(START)


@pytest.fixture
def make(breakable: Breakable, clock: HeldClock) -> Iterator[Callable[..., AuditWriter]]:
    writers: list[AuditWriter] = []

    def build(**options: int) -> AuditWriter:
        writer = AuditWriter(breakable, clock, KEY, **options)  # type: ignore[arg-type]  # stands in for the database
        writers.append(writer)
        return writer

    yield build
    breakable.failure = None
    for writer in writers:
        writer.stop()


def statuses(breakable: Breakable) -> list[int | None]:
    with breakable.read() as session:
        return [row.status for row in list_rows(session, None, limit=500)]


def test_what_was_recorded_is_there_after_a_flush_in_order(
    make: Callable[..., AuditWriter], breakable: Breakable
) -> None:
    writer = make()
    writer.start()
    for status in range(200, 300):
        writer.record(audit_entry(status=status))
    writer.flush()
    assert statuses(breakable) == list(range(200, 300))


def test_rows_are_written_in_groups(make: Callable[..., AuditWriter], breakable: Breakable) -> None:
    writer = make()
    for _ in range(1200):
        writer.record(audit_entry())
    writer.start()
    writer.flush()
    assert len(breakable.groups) == 3


def test_what_was_recorded_before_the_start_is_kept(make: Callable[..., AuditWriter], breakable: Breakable) -> None:
    writer = make()
    writer.record(audit_entry(status=201))
    writer.start()
    writer.flush()
    assert statuses(breakable) == [201]


def test_rows_are_stored_without_anybody_asking(make: Callable[..., AuditWriter], breakable: Breakable) -> None:
    stored = threading.Event()
    write = breakable.write

    @contextmanager
    def watched() -> Iterator[Session]:
        with write() as session:
            yield session
        stored.set()

    breakable.write = watched  # type: ignore[method-assign]  # tells this test when the group is in
    writer = make()
    writer.start()
    writer.record(audit_entry(status=202))
    assert stored.wait(5)
    assert statuses(breakable) == [202]


def test_recording_from_many_threads_loses_nothing(make: Callable[..., AuditWriter], breakable: Breakable) -> None:
    writer = make()
    writer.start()

    def record() -> None:
        for _ in range(50):
            writer.record(audit_entry())

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.flush()
    assert len(statuses(breakable)) == 400


class TestStoreRefuses:
    @pytest.mark.parametrize("failure", [StoreUnavailable(), sqlite3.DataError("a bug"), OSError("disk")])
    def test_the_writer_says_that_it_is_not_healthy(
        self, make: Callable[..., AuditWriter], breakable: Breakable, failure: Exception
    ) -> None:
        writer = make()
        writer.start()
        assert writer.is_healthy()
        breakable.failure = failure
        writer.record(audit_entry())
        assert breakable.refused.wait(5)
        with pytest.raises(AuditUnavailable):
            writer.flush(0.05)
        assert not writer.is_healthy()
        assert writer.has_room()

    def test_nothing_is_lost_and_the_gap_is_itself_recorded(
        self, make: Callable[..., AuditWriter], breakable: Breakable, clock: HeldClock
    ) -> None:
        writer = make()
        writer.start()
        breakable.failure = StoreUnavailable()
        writer.record(audit_entry(status=201))
        assert breakable.refused.wait(5)
        writer.record(audit_entry(status=202))
        with pytest.raises(AuditUnavailable):
            writer.flush(0.01)
        clock.advance(timedelta(minutes=3))
        breakable.failure = None
        writer.flush()
        assert writer.is_healthy()
        with breakable.read() as session:
            rows = list_rows(session, None)
            session.expunge_all()
        assert [(row.event, row.status) for row in rows] == [
            ("audit:store:recovered", None),
            ("orchestrator:operation:called", 201),
            ("orchestrator:operation:called", 202),
        ]
        assert rows[0].time == START + timedelta(minutes=3)
        assert "2026-03-02T09:00:00" in (rows[0].sentence or "")

    def test_at_the_bound_there_is_no_room_and_the_lost_are_counted(
        self, make: Callable[..., AuditWriter], breakable: Breakable
    ) -> None:
        writer = make(waiting_rows_max=3)
        for status in (201, 202, 203, 204, 205):
            writer.record(audit_entry(status=status))
        assert not writer.has_room()
        assert not writer.is_healthy()
        writer.start()
        writer.flush()
        assert writer.has_room()
        assert writer.is_healthy()
        with breakable.read() as session:
            rows = list_rows(session, None)
            session.expunge_all()
        assert [row.status for row in rows] == [None, 201, 202, 203]
        assert "2 rows were lost" in (rows[0].sentence or "")

    def test_a_stop_that_must_give_rows_up_says_so(
        self, make: Callable[..., AuditWriter], breakable: Breakable
    ) -> None:
        writer = make()
        writer.start()
        breakable.failure = StoreUnavailable()
        writer.record(audit_entry())
        with pytest.raises(AuditUnavailable):
            writer.stop(0.05)
        assert not writer.is_healthy()


class TestLifeOfTheWriter:
    def test_a_writer_that_was_not_started_is_not_healthy(self, make: Callable[..., AuditWriter]) -> None:
        writer = make()
        assert not writer.is_healthy()
        with pytest.raises(AuditUnavailable):
            writer.flush(0.01)

    def test_a_stopped_writer_has_stored_everything(
        self, make: Callable[..., AuditWriter], breakable: Breakable
    ) -> None:
        writer = make()
        writer.start()
        for _ in range(700):
            writer.record(audit_entry())
        writer.stop()
        assert not writer.is_healthy()
        assert writer.rows_waiting() == 0
        with breakable.database.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 700

    def test_a_writer_starts_once_and_stops_twice(self, make: Callable[..., AuditWriter]) -> None:
        writer = make()
        writer.start()
        with pytest.raises(RuntimeError):
            writer.start()
        writer.stop()
        writer.stop()


def test_recording_never_waits_for_the_store(make: Callable[..., AuditWriter], breakable: Breakable) -> None:
    released = threading.Event()
    held = threading.Event()

    @contextmanager
    def slow() -> Iterator[Session]:
        held.set()
        released.wait(5)
        with breakable.database.write() as session:
            yield session

    breakable.write = slow  # type: ignore[method-assign]  # a store that hangs
    writer = make()
    writer.start()
    writer.record(audit_entry())
    assert held.wait(5)
    entry = audit_entry()
    # A generous bound that only a wait could pass: a record takes less than a microsecond.
    assert min(repeat(lambda: writer.record(entry), number=1000, repeat=3)) < 0.5
    released.set()
    writer.flush()
