"""A store is opened with the key that sealed it, and stores from before there were key rows go on as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.factories.sealed_world import FIRST, SECOND, VALUES, SealedWorld
from tests.factories.store import empty_database

from stagedoor.admin.sealing.errors import MasterKeyWrong
from stagedoor.admin.sealing.models import HashKey, SealingKey
from stagedoor.admin.sealing.service import open_sealing_keys, read_state
from stagedoor.identity.organizations.models import Organization
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import GivenKey, KeyFile, MasterKeySource, MasterKeyUnusable


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = empty_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def world(database: Database) -> SealedWorld:
    return SealedWorld(database)


def open_with(world: SealedWorld, source: MasterKeySource) -> Vault:
    return open_sealing_keys(world.database, source, world.clock, world.chance).vault


def forget_key_rows(world: SealedWorld) -> None:
    """Leave the store as a version of Stagedoor left it that kept no keys in it."""
    with world.database.write() as session:
        session.execute(delete(SealingKey))
        session.execute(delete(HashKey))


class TestNewStore:
    def test_a_key_is_made_in_a_file_of_ours_and_known_from_then_on(self, world: SealedWorld, tmp_path: Path) -> None:
        file = KeyFile(tmp_path / "master.key")
        vault = open_with(world, file)
        assert vault.key_id == file.read().id
        assert [key.id for key in read_state(world.database).keys] == [vault.key_id]

    def test_no_key_is_made_where_somebody_said_it_would_be(self, world: SealedWorld, tmp_path: Path) -> None:
        with pytest.raises(MasterKeyUnusable, match="There is no master key"):
            open_with(world, KeyFile(tmp_path / "given.key", is_ours=False))
        assert not (tmp_path / "given.key").exists()

    def test_its_hash_key_has_nothing_to_do_with_the_master_key(self, world: SealedWorld) -> None:
        hashed = open_with(world, GivenKey(FIRST.to_secret())).keyed_hash("value")
        assert hashed != Vault(FIRST).keyed_hash("value")
        assert open_with(world, GivenKey(FIRST.to_secret())).keyed_hash("value") == hashed


class TestStoreFromBefore:
    def test_what_was_sealed_opens_and_what_was_hashed_is_found(self, world: SealedWorld) -> None:
        before = world.process()
        world.fill(before)
        sealed = world.open_all(before)
        forget_key_rows(world)
        after = world.process()
        assert world.open_all(after)["connections.sealed_secret"] == sealed["connections.sealed_secret"]
        # Before, there was one hash key that followed from the master key.
        assert after.vault.keyed_hash("value") == Vault(FIRST).keyed_hash("value")

    def test_another_key_is_refused_by_name_and_changes_nothing(self, world: SealedWorld) -> None:
        world.fill(world.process())
        forget_key_rows(world)
        with pytest.raises(MasterKeyWrong, match=f"is {SECOND.id}.*sealed with {FIRST.id}"):
            world.process(SECOND)
        assert world.process(FIRST).vault.key_id == FIRST.id

    @pytest.mark.parametrize("has_sealed", [True, False])
    def test_a_lost_key_is_not_replaced_by_a_new_one(
        self, world: SealedWorld, tmp_path: Path, has_sealed: bool
    ) -> None:
        if has_sealed:
            world.fill(world.process())
            forget_key_rows(world)
        else:
            # Nothing is sealed, but hashes may lie there: with another key every access key would be dead.
            with world.database.write() as session:
                session.add(Organization(id="o", name="acme", display_name="Acme", created_at=world.clock.now()))
        with pytest.raises(MasterKeyUnusable, match="There is no master key"):
            open_with(world, KeyFile(tmp_path / "master.key"))
        assert not (tmp_path / "master.key").exists()


class TestKnownStore:
    def test_the_wrong_key_is_told_by_name_with_what_to_do(self, world: SealedWorld) -> None:
        world.fill(world.process())
        with pytest.raises(MasterKeyWrong, match=f"{SECOND.id}.*{FIRST.id}") as wrong:
            world.process(SECOND)
        assert FIRST.id in str(wrong.value.hint)
        for secret in (FIRST.to_secret().reveal(), SECOND.to_secret().reveal()):
            assert secret not in f"{wrong.value.public} {wrong.value.hint} {wrong.value.internal}"

    def test_a_lost_key_is_not_replaced_by_a_new_one(self, world: SealedWorld, tmp_path: Path) -> None:
        world.fill(world.process())
        with pytest.raises(MasterKeyUnusable):
            open_with(world, KeyFile(tmp_path / "master.key"))

    def test_its_state_is_told_without_any_key(self, world: SealedWorld) -> None:
        world.fill(world.process())
        state = read_state(world.database)
        [key] = state.keys
        assert (key.id, key.state.value, state.unknown, state.is_changing) == (FIRST.id, "current", {}, False)
        assert key.values == VALUES

    def test_a_process_that_cannot_open_the_new_key_keeps_what_it_holds(self, world: SealedWorld) -> None:
        away = world.process()
        world.fill(away)
        change = world.rewrap()
        change.announce(SECOND)
        change.switch()
        list(change.seal_again())
        change.forget()
        away.load()
        assert away.vault.key_id == FIRST.id

    def test_whoever_asked_is_told_of_a_new_key_once(self, world: SealedWorld) -> None:
        keys = world.process()
        told: list[str] = []
        keys.on_new_key(lambda key: told.append(key.id))
        change = world.rewrap()
        change.announce(SECOND)
        keys.load()
        assert told == []
        change.switch()
        keys.load()
        keys.load()
        assert told == [SECOND.id]


def test_a_new_key_is_drawn_by_chance(tmp_path: Path) -> None:
    files = [KeyFile(tmp_path / name) for name in ("one", "two")]
    assert len({file.make(SystemChance()).id for file in files}) == 2
