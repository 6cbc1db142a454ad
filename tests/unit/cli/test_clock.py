"""``clock status`` and ``clock accept``: on a server's data, without a server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.command_line import NOON, CommandLine

from stagedoor.kit.changes import ChangeRow
from stagedoor.kit.clock_mark import ClockMark, find_mark
from stagedoor.kit.db import Database
from stagedoor.kit.steady_clock import SteadyClock
from stagedoor.migrations.upgrade import upgrade_store

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path, command_line: CommandLine) -> Iterator[Database]:
    """The store of a server that ran until noon."""
    command_line.environment["STAGEDOOR_DATA_DIR"] = str(tmp_path)
    database = Database(f"sqlite:///{tmp_path / 'stagedoor.db'}")
    upgrade_store(database)
    ClockMark(database, SteadyClock(command_line.clock), "here").keep_up()
    yield database
    database.close()


def at(command_line: CommandLine, ahead: timedelta) -> None:
    command_line.clock = type(command_line.clock)(NOON + ahead)


def test_a_clock_that_went_on_is_trusted(command_line: CommandLine, store: Database) -> None:
    at(command_line, HOUR)
    told = command_line.json("clock", "status")
    assert (told["is_trusted"], told["behind_seconds"], told["seen_by"]) == (True, 0, "here")
    assert "The clock is trusted." in command_line.run("clock", "status").stdout


def test_one_that_was_set_back_is_not_and_what_to_do_is_said(command_line: CommandLine, store: Database) -> None:
    at(command_line, -HOUR)
    assert command_line.json("clock", "status")["behind_seconds"] == 3600
    said = command_line.run("clock", "status").stdout
    assert "3600 seconds behind and not trusted" in said
    assert "stagedoor clock accept" in said


def test_accepted_it_is_trusted_and_every_process_hears_of_it(command_line: CommandLine, store: Database) -> None:
    at(command_line, -HOUR)
    assert command_line.run("clock", "accept").stdout == f"Accepted: it is {(NOON - HOUR).isoformat()}.\n"
    assert command_line.json("clock", "status")["is_trusted"]
    with store.read() as session:
        mark = find_mark(session)
        assert mark is not None
        assert mark.seen_at == NOON - HOUR
        assert [row.topic for row in session.query(ChangeRow)] == ["clock"]
