import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import QueuePool

from stagedoor.kit import db
from stagedoor.kit.changes import Change, ChangeFeed, ChangeRow, record_change
from stagedoor.kit.db import Base, Database, UtcDateTime
from stagedoor.kit.errors import StoreUnavailable


class OwnBase(DeclarativeBase):
    """Tables of these tests alone, so that the house's own metadata stays as it is."""


class Moment(OwnBase):
    __tablename__ = "test_moments"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@pytest.fixture
def database(tmp_path: Path) -> db.Database:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    OwnBase.metadata.create_all(database.engine)
    Base.metadata.create_all(database.engine, tables=[ChangeRow.__table__])  # type: ignore[list-item]
    return database


def test_a_write_that_raises_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as session:
        session.execute(insert(Moment).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
        raise KeyError
    with database.read() as session:
        assert session.scalars(select(Moment)).all() == []


def test_times_come_back_in_utc_and_naive_ones_are_refused(database: Database) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with database.write() as session:
        session.execute(insert(Moment).values(at=moment))
    with database.read() as session:
        assert session.scalars(select(Moment.at)).one() == moment
    with pytest.raises(Exception, match="time zone"), database.write() as session:
        session.execute(insert(Moment).values(at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_locked_store_is_unavailable_and_nothing_is_half_done(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 10)
    impatient = Database(f"sqlite:///{tmp_path / 'store.db'}")
    other = sqlite3.connect(tmp_path / "store.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), impatient.write() as session:
        session.execute(insert(Moment).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
    other.rollback()
    other.close()
    with impatient.write() as session:
        session.execute(insert(Moment).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
    impatient.close()


def test_writers_of_one_process_wait_for_one_another_and_readers_for_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 10)
    with database.write() as first:
        first.execute(insert(Moment).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
        with database.read() as session:
            assert session.scalars(select(Moment)).all() == []
        with pytest.raises(StoreUnavailable) as refused, database.write():
            pass
    assert "another thread" in str(refused.value)
    with database.write() as session:
        assert len(session.scalars(select(Moment)).all()) == 1


def test_a_write_that_fails_lets_the_next_one_have_its_turn(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), database.write():
            raise KeyError


def test_a_store_whose_connections_are_all_busy_is_unavailable(tmp_path: Path) -> None:
    small = Database(f"sqlite:///{tmp_path / 'small.db'}")
    small.engine.dispose()
    pool = QueuePool(small.engine.pool._creator, pool_size=1, max_overflow=0, timeout=0.01)
    small.engine.pool = pool
    with small.read(), pytest.raises(StoreUnavailable), small.read():
        pass
    small.close()


def test_a_full_disk_is_unavailable_and_nothing_is_half_done(database: Database) -> None:
    with pytest.raises(StoreUnavailable), database.write() as session:
        session.execute(text("PRAGMA max_page_count=8"))
        for _ in range(5_000):
            session.execute(insert(Moment).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
    with database.read() as session:
        assert session.scalars(select(Moment)).all() == []


def test_a_damaged_store_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_bytes(b"this is no database" * 1000)
    database = Database(f"sqlite:///{tmp_path / 'damaged.db'}")
    with pytest.raises(StoreUnavailable) as refused, database.read():
        pass
    assert refused.value.internal == "file is not a database"
    database.close()


def test_changes_are_delivered_once_and_only_when_committed(database: Database) -> None:
    feed = ChangeFeed(database)
    heard: list[Change] = []
    feed.subscribe(["access_key"], heard.extend)
    with database.write() as session:
        record_change(session, "access_key", "before")
    feed.start_from_now()
    with database.write() as session:
        record_change(session, "access_key", "one")
        record_change(session, "folder", "not for us")
        record_change(session, "access_key", "one")
    with pytest.raises(KeyError), database.write() as session:
        record_change(session, "access_key", "never")
        raise KeyError
    assert feed.catch_up() == 3
    assert heard == [Change("access_key", "one")]
    assert feed.catch_up() == 0


def test_a_change_with_a_number_below_the_last_is_still_delivered(database: Database) -> None:
    feed = ChangeFeed(database)
    heard: list[Change] = []
    feed.subscribe(["access_key"], heard.extend)
    feed.start_from_now()
    with database.write() as session:
        session.execute(insert(ChangeRow).values(sequence=11, topic="access_key", ref="early"))
    feed.catch_up()
    with database.write() as session:
        session.execute(insert(ChangeRow).values(sequence=10, topic="access_key", ref="late"))
    feed.catch_up()
    assert [change.ref for change in heard] == ["early", "late"]


def test_the_store_is_its_owners_alone_whatever_the_directory_allows(tmp_path: Path) -> None:
    open_to_all = tmp_path / "made before"
    open_to_all.mkdir(mode=0o755)
    database = Database(f"sqlite:///{open_to_all / 'store.db'}")
    OwnBase.metadata.create_all(database.engine)
    modes = {file.name: file.stat().st_mode & 0o077 for file in open_to_all.iterdir()}
    assert modes == dict.fromkeys(("store.db", "store.db-wal", "store.db-shm", "store.db-line", "store.db-turn"), 0)


def test_a_listener_that_fails_keeps_no_other_from_hearing(database: Database) -> None:
    feed = ChangeFeed(database)
    heard: list[str] = []

    def fail(_: tuple[Change, ...]) -> None:
        raise ValueError("a sealed token does not open")

    feed.subscribe(("tenant",), fail)
    feed.subscribe(("access_key",), lambda changes: heard.extend(change.ref for change in changes))
    feed.start_from_now()
    with database.write() as session:
        record_change(session, "tenant", "broken")
        record_change(session, "access_key", "revoked")
    with pytest.raises(ValueError, match="sealed"):
        feed.catch_up()
    assert heard == ["revoked"]


def test_changes_that_everybody_heard_of_are_removed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeFeed, "KEPT", 3)
    feed = ChangeFeed(database)
    heard: list[Change] = []
    feed.subscribe(["access_key"], heard.extend)
    feed.start_from_now()
    for number in range(5):
        with database.write() as session:
            record_change(session, "access_key", str(number))
    feed.clean_up()
    feed.catch_up()
    feed.clean_up()
    with database.read() as session:
        assert len(session.scalars(select(ChangeRow.sequence)).all()) == 3
    with database.write() as session:
        record_change(session, "access_key", "afterwards")
    feed.catch_up()
    assert [change.ref for change in heard] == ["0", "1", "2", "3", "4", "afterwards"]
