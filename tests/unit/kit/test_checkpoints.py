"""What the log of SQLite holds is carried over beside the writers, and the log begins again."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.factories.patience import eventually

from stagedoor.kit import checkpoints, db
from stagedoor.kit.checkpoints import Checkpoints
from stagedoor.kit.db import Database

LOG_BYTES_MAX = 64 * 1024


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(checkpoints, "LOG_BYTES_MAX", LOG_BYTES_MAX)
    monkeypatch.setattr(db, "LOG_BYTES_MAX", LOG_BYTES_MAX)
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE things (thing TEXT)"))
    yield database
    database.close()


def write(database: Database, size: int) -> None:
    with database.write() as session:
        session.execute(text("INSERT INTO things VALUES (:thing)"), {"thing": "x" * size})


def carried_over(tmp_path: Path) -> int:
    """Return how many rows are in the file itself, without its log."""
    copy = tmp_path / "copy.db"
    copy.write_bytes((tmp_path / "store.db").read_bytes())
    with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM things").fetchone()[0])
        except sqlite3.DatabaseError:
            # The table is not there yet, or the copy was taken while pages were carried over.
            return 0


def test_a_short_log_is_left_alone(database: Database, tmp_path: Path) -> None:
    write(database, 1000)
    assert carried_over(tmp_path) == 0


def test_a_long_log_is_carried_over_and_begins_again(database: Database, tmp_path: Path) -> None:
    write(database, 2 * LOG_BYTES_MAX)
    assert eventually(lambda: carried_over(tmp_path), bool) == 1
    # The thread may still be at its last round, which the next write may meet; in the end the log is cut.
    log = tmp_path / "store.db-wal"

    def write_a_little() -> int:
        write(database, 10)
        return log.stat().st_size

    eventually(write_a_little, lambda size: size <= LOG_BYTES_MAX)


def test_a_checkpoint_that_cannot_be_had_now_fails_no_write(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without_threads:
        without_threads.setattr(threading.Thread, "start", refuse)
        write(database, 2 * LOG_BYTES_MAX)
    assert carried_over(tmp_path) == 0
    write(database, 10)
    assert eventually(lambda: carried_over(tmp_path), bool) == 2


def test_closing_waits_for_the_checkpoint_that_is_under_way(database: Database, tmp_path: Path) -> None:
    write(database, 2 * LOG_BYTES_MAX)
    database.close()
    assert carried_over(tmp_path) == 1


def test_closing_waits_until_the_writers_turn_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LOG_BYTES_MAX", LOG_BYTES_MAX)
    closing_began = threading.Event()
    given_back: list[bool] = []

    @contextmanager
    def turn_to_write() -> Iterator[None]:
        closing_began.wait()
        yield
        given_back.append(True)

    (tmp_path / "own.db-wal").write_bytes(bytes(LOG_BYTES_MAX + 1))
    own = Checkpoints(tmp_path / "own.db", turn_to_write)
    own.look()
    closing_began.set()
    own.close()
    assert given_back
