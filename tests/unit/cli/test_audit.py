"""``audit verify`` and ``audit prune``: on a server's data, without a server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.factories.audit import audit_entry
from tests.factories.command_line import CommandLine

from stagedoor.admin.sealing.service import open_sealing_keys
from stagedoor.audit.chain import PURPOSE, ChainKey
from stagedoor.audit.models import AuditRow
from stagedoor.audit.service import AuditWriter
from stagedoor.cli import saying
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import KeyFile
from stagedoor.migrations.upgrade import upgrade_store


@pytest.fixture
def store(tmp_path: Path, command_line: CommandLine) -> Iterator[Database]:
    """The store of a server that recorded ten requests, one a day, up to yesterday."""
    command_line.environment["STAGEDOOR_DATA_DIR"] = str(tmp_path)
    database = Database(f"sqlite:///{tmp_path / 'stagedoor.db'}")
    upgrade_store(database)
    source = KeyFile(tmp_path / "master.key")
    source.make(SeededChance(1))
    keys = open_sealing_keys(database, source, command_line.clock, SeededChance(2))
    writer = AuditWriter(database, command_line.clock, ChainKey(keys.vault.derive_hash_key(PURPOSE)))
    for day in range(10, 0, -1):
        writer.record(audit_entry(time=command_line.clock.now() - timedelta(days=day)))
    writer.start()
    writer.stop()
    yield database
    database.close()


def tamper(store: Database, row: int) -> None:
    with store.write() as session:
        session.execute(update(AuditRow).where(AuditRow.id == row).values(caller_name="nobody"))


class TestVerify:
    def test_what_is_whole_is_said_to_be(self, command_line: CommandLine, store: Database) -> None:
        result = command_line.run("audit", "verify")
        assert (result.exit_code, result.stdout) == (0, "10 rows in 1 chain hang together.\n")

    def test_the_row_that_was_changed_is_named(self, command_line: CommandLine, store: Database) -> None:
        tamper(store, 4)
        result = command_line.run("audit", "verify")
        assert result.exit_code == 1
        assert result.stdout.startswith("Row 4 does not follow the one before it in chain 1")
        assert "1 place is wrong" in result.stderr

    def test_scripts_are_told_the_same(self, command_line: CommandLine, store: Database) -> None:
        tamper(store, 4)
        told = json.loads(command_line.run("audit", "verify", "--output", "json").stdout)
        assert (told["rows"], told["unchained"], told["breaks_found"]) == (10, 0, 1)
        assert told["breaks"] == [{"kind": "row", "chain": 1, "row": 4}]
        assert [(head["chain"], head["rows"]) for head in told["heads"]] == [(1, 10)]

    def test_an_earlier_answer_shows_what_was_put_back(
        self, command_line: CommandLine, store: Database, tmp_path: Path
    ) -> None:
        heads = tmp_path / "heads.json"
        said = command_line.run("audit", "verify", "--output", "json").stdout
        heads.write_text(said)
        assert command_line.run("audit", "verify", "--against", str(heads)).exit_code == 0
        facts = json.loads(said)
        facts["heads"][0] |= {"rows": 11, "link": "0" * 32}
        heads.write_text(json.dumps(facts))
        result = command_line.run("audit", "verify", "--against", str(heads))
        assert result.exit_code == 1
        assert "put back to an earlier state" in result.stdout

    @pytest.mark.parametrize("text", ["", "[]", '{"heads": 1}', '{"heads": [{"chain": "x"}]}'])
    def test_what_is_no_earlier_answer_is_refused(
        self, command_line: CommandLine, store: Database, tmp_path: Path, text: str
    ) -> None:
        (tmp_path / "heads.json").write_text(text)
        result = command_line.run("audit", "verify", "--against", str(tmp_path / "heads.json"))
        assert result.exit_code == 2
        assert "is no answer of" in result.stderr


class TestPrune:
    def test_old_rows_go_and_the_rest_verifies(self, command_line: CommandLine, store: Database) -> None:
        assert command_line.run("audit", "prune", "--older-than", "4d").stdout == "6 rows were removed.\n"
        told = command_line.json("audit", "verify")
        # Four are left, and the row that says so.
        assert (told["rows"], told["breaks_found"]) == (5, 0)

    def test_a_row_that_was_changed_stays(self, command_line: CommandLine, store: Database) -> None:
        tamper(store, 2)
        result = command_line.run("audit", "prune", "--older-than", "4d")
        assert (result.exit_code, result.stdout) == (1, "1 row was removed.\n")
        assert "Row 2 is not what was written" in result.stderr
        assert command_line.json("audit", "prune", "--older-than", "4d", "--with-broken") == {
            "rows": 5,
            "broken_row": None,
        }

    @pytest.mark.parametrize("span", ["90", "0d", "d", "1h", "99999w"])
    def test_what_is_no_span_removes_nothing(self, command_line: CommandLine, store: Database, span: str) -> None:
        assert command_line.run("audit", "prune", "--older-than", span).exit_code == 2
        assert command_line.json("audit", "verify")["rows"] == 10


def test_long_work_says_how_far_it_is_but_to_no_script(
    command_line: CommandLine, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saying, "SAY_EVERY_SECONDS", 0.0)
    assert "Verified: 10 of 10 rows.\n" in command_line.run("audit", "verify").stderr
    assert command_line.run("audit", "verify", "--output", "json").stderr == ""
    assert "Removed: 6 rows.\n" in command_line.run("audit", "prune", "--older-than", "4d").stderr
