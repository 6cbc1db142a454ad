"""A house is opened whole or not at all, and closed with everything written."""

from pathlib import Path

import pytest
from tests.factories.house import open_small_house

from stagedoor.door import opening
from stagedoor.door.opening import open_house
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings


def test_a_second_opening_finds_what_the_first_left(tmp_path: Path) -> None:
    with open_small_house(tmp_path) as small:
        key = small.sample_key
    with open_small_house(tmp_path) as small:
        assert small.sample_key == key
        assert small.ask("GET", "/acme/dev/odata/QueueDefinitions", key=key).status == 200


def test_the_master_key_and_the_data_are_for_their_owner_alone(tmp_path: Path) -> None:
    with open_small_house(tmp_path):
        data_dir = tmp_path / "data"
        assert data_dir.stat().st_mode & 0o777 == 0o700
        assert (data_dir / "master.key").stat().st_mode & 0o777 == 0o600


def test_what_was_recorded_is_written_when_the_house_closes(tmp_path: Path) -> None:
    with open_small_house(tmp_path) as small:
        small.ask("GET", "/nowhere")
    with open_small_house(tmp_path) as small:
        assert [row.event for row in small.rows()] == ["door:request:refused"]


def test_the_machines_own_authority_opens_everything_while_the_house_is_open(tmp_path: Path) -> None:
    with open_small_house(tmp_path, local_authority=Secret("a" * 43)) as small:
        told = small.ask("GET", "/api/stagedoor/v1/whoami", key="a" * 43).json()
        assert (told["kind"], told["may_administer"]) == ("local_administrator", True)
    with open_small_house(tmp_path) as small:
        assert small.ask("GET", "/api/stagedoor/v1/whoami", key="a" * 43).status == 401


def test_a_house_that_cannot_be_opened_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable(internal="no disk")

    close = opening.Database.close
    monkeypatch.setattr(opening.Database, "close", lambda database: (closed.append(True), close(database)))
    monkeypatch.setattr(opening, "upgrade_store", fail)
    with pytest.raises(StoreUnavailable), open_house(Settings(data_dir=tmp_path)):
        pytest.fail("it opened")
    assert closed == [True]
