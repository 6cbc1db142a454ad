"""``secrets``: the master key of a server's store is looked at and changed, without a server."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from tests.factories.command_line import CommandLine
from tests.factories.sealed_world import FIRST, SECOND, THIRD, VALUES, SealedWorld

from stagedoor.admin.sealing.errors import MasterKeyWrong
from stagedoor.cli import saying
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import VARIABLES, KeyFile, key_source
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.migrations.upgrade import upgrade_store
from stagedoor.orchestrator.assets.models import Asset


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    KeyFile(directory / "master.key").replace(FIRST)
    return directory


@pytest.fixture
def world(data_dir: Path) -> Iterator[SealedWorld]:
    """A store that is sealed with the first key, which lies in its file."""
    database = Database(f"sqlite:///{data_dir / 'stagedoor.db'}")
    upgrade_store(database)
    world = SealedWorld(database)
    world.fill(world.process())
    yield world
    database.close()


@pytest.fixture
def command_line(command_line: CommandLine, data_dir: Path) -> CommandLine:
    command_line.environment["STAGEDOOR_DATA_DIR"] = str(data_dir)
    return command_line


def key_in(path: Path) -> MasterKey:
    return KeyFile(path).read()


def file_of(path: Path, key: MasterKey) -> Path:
    KeyFile(path).replace(key)
    return path


def printing(key: MasterKey) -> str:
    return f"{sys.executable} -c \"print('{key.to_secret().reveal()}')\""


class TestStatus:
    def test_says_which_key_sealed_how_much_and_that_it_fits(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        told = command_line.json("secrets", "status")
        [key] = told.pop("keys")
        assert (key["id"], key["state"], key["values"]) == (FIRST.id, "current", VALUES)
        assert told == {
            "source": str(data_dir / "master.key"),
            "source_key_id": FIRST.id,
            "source_problem": None,
            "is_changing": False,
            "unknown": {},
        }
        said = command_line.run("secrets", "status").stdout
        assert f"Key {FIRST.id}: current, has sealed {VALUES}" in said
        assert FIRST.to_secret().reveal() not in said

    def test_a_key_of_another_store_is_told(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        file_of(data_dir / "master.key", THIRD)
        assert "not one of this store" in command_line.run("secrets", "status").stdout

    def test_what_is_wrong_with_the_key_is_told_with_the_rest(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        (data_dir / "master.key").chmod(0o644)
        said = command_line.run("secrets", "status").stdout
        assert "Others can read" in said
        assert f"Key {FIRST.id}" in said

    def test_an_unfinished_change_is_told(self, command_line: CommandLine, world: SealedWorld) -> None:
        world.rewrap().announce(SECOND)
        told = command_line.json("secrets", "status")
        assert {key["id"]: key["state"] for key in told["keys"]} == {FIRST.id: "current", SECOND.id: "coming"}
        assert "not finished" in command_line.run("secrets", "status").stdout

    def test_a_value_of_an_unknown_key_is_told(self, command_line: CommandLine, world: SealedWorld) -> None:
        sealed = THIRD.seal(Secret("moved"), context="asset:asset-key", chance=world.chance)
        with world.database.write() as session:
            session.connection().exec_driver_sql(f"UPDATE assets SET sealed_secret = '{sealed}'")
        assert command_line.json("secrets", "status")["unknown"] == {THIRD.id: 1}
        assert f"Key {THIRD.id}: NOT KNOWN" in command_line.run("secrets", "status").stdout

    def test_nothing_is_made_where_no_store_is(self, command_line: CommandLine, tmp_path: Path) -> None:
        result = command_line.run("secrets", "status", "--data-dir", str(tmp_path / "elsewhere"))
        assert result.exit_code == 1
        assert "No Stagedoor keeps its data" in result.stderr
        assert not (tmp_path / "elsewhere").exists()


class TestRewrap:
    def test_a_new_key_is_put_in_place_and_the_former_one_opens_nothing(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        before = world.open_all(world.process())
        result = command_line.run("secrets", "rewrap")
        assert result.exit_code == 0, result.output
        new = key_in(data_dir / "master.key")
        assert f"sealed with the key {new.id} now; {VALUES} were sealed again" in result.stdout
        assert "forgotten" in result.stdout
        assert world.open_all(world.process(new)) == before
        with pytest.raises(MasterKeyWrong):
            world.process(FIRST)
        for key in (FIRST, new):
            assert key.to_secret().reveal() not in result.output
        # Neither the file nor its log still holds what the former key opens.
        on_disk = b"".join(path.read_bytes() for path in data_dir.glob("stagedoor.db*"))
        assert f"v1.{new.id}.".encode() in on_disk
        assert f"v1.{FIRST.id}.".encode() not in on_disk

    def test_a_script_is_told_the_same(self, command_line: CommandLine, world: SealedWorld, data_dir: Path) -> None:
        told = command_line.json("secrets", "rewrap")
        assert told == {
            "key_id": key_in(data_dir / "master.key").id,
            "sealed_again": VALUES,
            "is_former_forgotten": True,
            "kept_because": None,
            "broken": [],
            "is_log_empty": True,
        }

    def test_a_key_in_a_file_is_taken_and_one_is_made_where_there_is_none(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path, tmp_path: Path
    ) -> None:
        given = file_of(tmp_path / "given.key", SECOND)
        assert command_line.json("secrets", "rewrap", "--new-key-file", str(given))["key_id"] == SECOND.id
        assert key_in(data_dir / "master.key").id == SECOND.id
        made = command_line.json("secrets", "rewrap", "--new-key-file", str(tmp_path / "made.key"))
        assert made["key_id"] == key_in(tmp_path / "made.key").id == key_in(data_dir / "master.key").id

    def test_a_key_is_read_from_standard_input(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        result = command_line.run("secrets", "rewrap", "--new-key-stdin", input=SECOND.to_secret().reveal())
        assert result.exit_code == 0, result.output
        assert key_in(data_dir / "master.key").id == SECOND.id

    def test_the_former_key_is_kept_when_asked_and_forgotten_by_the_next_run(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        result = command_line.run("secrets", "rewrap", "--keep-former")
        assert "goes on opening" in result.stdout
        new = key_in(data_dir / "master.key")
        assert FIRST.id in world.process(new).vault.ring.known
        assert command_line.json("secrets", "rewrap")["is_former_forgotten"] is True
        assert key_in(data_dir / "master.key").id == new.id
        assert set(world.process(new).vault.ring.known) == {new.id}

    def test_a_key_from_a_variable_is_changed_by_its_owner_before_the_former_one_is_forgotten(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path, tmp_path: Path
    ) -> None:
        (data_dir / "master.key").unlink()
        command_line.environment["STAGEDOOR_MASTER_KEY"] = FIRST.to_secret().reveal()
        refused = command_line.run("secrets", "rewrap")
        assert refused.exit_code == 1
        assert "--new-key-file" in refused.stderr
        given = str(file_of(tmp_path / "given.key", SECOND))
        kept = command_line.run("secrets", "rewrap", "--new-key-file", given)
        assert kept.exit_code == 0, kept.output
        assert "The former key is kept" in kept.stdout
        assert set(world.values_by_key().items()) == {(FIRST.id, 0), (SECOND.id, VALUES)}
        # The server starts with either of them now.
        world.open_all(world.process(FIRST))
        world.open_all(world.process(SECOND))
        command_line.environment["STAGEDOOR_MASTER_KEY"] = SECOND.to_secret().reveal()
        assert command_line.json("secrets", "rewrap")["is_former_forgotten"] is True
        assert not (data_dir / "master.key").exists()

    def test_a_key_from_a_command_is_looked_at_again_before_the_former_one_is_forgotten(
        self, command_line: CommandLine, world: SealedWorld, tmp_path: Path
    ) -> None:
        given = str(file_of(tmp_path / "given.key", SECOND))
        told = command_line.json("secrets", "rewrap", "--master-key-command", printing(FIRST), "--new-key-file", given)
        assert (told["kept_because"], told["is_former_forgotten"]) == ("source", False)
        told = command_line.json("secrets", "rewrap", "--master-key-command", printing(SECOND))
        assert told["is_former_forgotten"] is True

    def test_a_file_that_cannot_be_replaced_keeps_the_former_key(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(file: KeyFile, key: MasterKey) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(KeyFile, "replace", refuse)
        result = command_line.run("secrets", "rewrap")
        assert "cannot be replaced (permission denied)" in result.stderr
        assert "The former key is kept" in result.stdout
        assert key_in(data_dir / "master.key").id == FIRST.id
        monkeypatch.undo()
        assert command_line.json("secrets", "rewrap")["is_former_forgotten"] is True

    def test_what_does_not_open_is_named_and_keeps_the_former_key(
        self, command_line: CommandLine, world: SealedWorld
    ) -> None:
        moved = FIRST.seal(Secret("moved"), context="asset:another", chance=world.chance)
        with world.database.write() as session:
            session.execute(update(Asset).values(sealed_secret=moved))
        result = command_line.run("secrets", "rewrap")
        assert result.exit_code == 1
        assert "Does not open, and stays as it is: assets.sealed_secret of 1." in result.stdout
        assert "The former key is kept" in result.stderr
        assert "forgotten" not in result.stdout

    def test_it_says_how_far_it_is_on_long_work(
        self, command_line: CommandLine, world: SealedWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(saying, "SAY_EVERY_SECONDS", 0.0)
        said = command_line.run("secrets", "rewrap").stderr
        assert f"Sealed again: 0 of {VALUES}." in said
        assert f"Sealed again: {VALUES} of {VALUES}." in said

    def test_a_reader_in_the_way_of_the_log_is_told(
        self, command_line: CommandLine, world: SealedWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("stagedoor.admin.sealing.store.empty_the_log", lambda database: False)
        assert "log still holds what was replaced" in command_line.run("secrets", "rewrap").stdout

    @pytest.mark.parametrize(
        "options",
        [
            ("--new-key-file", "a", "--new-key-stdin"),
            ("--master-key-file", "a", "--master-key-command", "b"),
        ],
    )
    def test_two_answers_to_one_question_are_wrong_usage(
        self, command_line: CommandLine, world: SealedWorld, options: tuple[str, ...]
    ) -> None:
        assert command_line.run("secrets", "rewrap", *options).exit_code == 2

    def test_a_key_of_another_store_changes_nothing(
        self, command_line: CommandLine, world: SealedWorld, data_dir: Path
    ) -> None:
        file_of(data_dir / "master.key", THIRD)
        result = command_line.run("secrets", "rewrap")
        assert result.exit_code == 1
        assert FIRST.id in result.stderr
        assert world.values_by_key() == {FIRST.id: VALUES}


class TestUp:
    @pytest.fixture
    def served(self, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
        calls: list[Settings] = []

        def serve(settings: Settings, **_: object) -> None:
            calls.append(settings)

        monkeypatch.setattr("stagedoor.cli.commands.up.server_part", lambda name: SimpleNamespace(serve=serve))
        return calls

    def test_an_option_wins_over_every_variable_that_says_where_the_key_comes_from(
        self, command_line: CommandLine, served: list[Settings], tmp_path: Path
    ) -> None:
        command_line.environment |= {"STAGEDOOR_MASTER_KEY": "canary", "STAGEDOOR_MASTER_KEY_COMMAND": "canary"}
        assert command_line.run("up", "--master-key-file", str(tmp_path / "key")).exit_code == 0
        assert key_source(served[0]) == KeyFile(tmp_path / "key", is_ours=False)
        assert command_line.run("up", "--master-key-command", "show key").exit_code == 0
        assert key_source(served[1]).description == "the output of show"

    def test_help_says_where_the_key_comes_from_and_what_it_is_worth(self, command_line: CommandLine) -> None:
        said = command_line.run("up", "--help").stdout
        for word in (*VARIABLES, "--master-key-file", "--master-key-command", "openssl rand -hex 32", "secrets rewrap"):
            assert word in said
