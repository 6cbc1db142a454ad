import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.factories.people import cheap_passwords
from tests.factories.store import empty_database

from stagedoor.access.grants import Grants
from stagedoor.admin.first_start import FILE, SAMPLE_ALLOW, first_start
from stagedoor.admin.started import FirstStart
from stagedoor.catalog import CATALOG
from stagedoor.identity.api_users.key_ring import KeyRing
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.users.models import RoleAssignment
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import Allowance, Caller, GrantTerms

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class World:
    """A store and all that a first start is given."""

    def __init__(self, directory: Path) -> None:
        self.data_dir = directory
        self.database: Database = empty_database(directory)
        self.clock = HeldClock(NOW)
        self.chance = SeededChance(3)
        self.vault = Vault(bytes(range(32)))
        self.passwords = cheap_passwords(self.chance)
        self.users = Users(self.passwords, self.clock, self.chance)
        self.access_keys = AccessKeys(self.vault, self.clock, self.chance)
        self.organizations = Organizations(self.vault, self.clock, self.chance)

    def start(self, *, empty: bool = False) -> FirstStart:
        return first_start(
            self.database,
            data_dir=self.data_dir,
            clock=self.clock,
            chance=self.chance,
            vault=self.vault,
            passwords=self.passwords,
            empty=empty,
        )

    def sample_caller(self, key: Secret) -> Caller:
        ring = KeyRing(self.database, self.vault)
        ring.load()
        caller = ring.check(key.reveal(), self.clock.now())
        assert isinstance(caller, Caller)
        return caller


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.close()


def test_the_administrator_signs_in_with_the_password_that_is_told(world: World) -> None:
    told = world.start()
    assert told.admin_password is not None
    with world.database.read() as session:
        organization = world.organizations.get_organization(session, told.organization)
        user = world.users.verify_sign_in(session, organization.id, told.admin_username, told.admin_password)
        assert user.is_administrator


def test_the_sample_key_may_do_what_it_is_said_to_in_one_folder(world: World) -> None:
    told = world.start()
    assert told.sample_key is not None
    caller = world.sample_caller(told.sample_key)
    [allowance] = caller.terms.allowances
    assert allowance.allow == SAMPLE_ALLOW
    assert allowance.folders is not None
    assert len(allowance.folders) == 1
    assert "start jobs of a process" in told.sample_key_words[0]
    assert "in Shared" in told.sample_key_words[0]


def test_the_sample_key_deletes_and_administers_nothing(world: World) -> None:
    grants = Grants(CATALOG)
    grants.verify(GrantTerms((Allowance(SAMPLE_ALLOW),)))
    for operation in grants.selectors.list_operations(grants.selectors.resolve(SAMPLE_ALLOW)):
        assert operation.method != "DELETE"
        assert operation.method == "GET" or operation.id in ("Jobs_StartJobs", "Queues_AddQueueItem")
        assert grants.bounded_by_folders >> operation.index & 1, f"{operation.id} is left out by a folder"


def test_the_migrated_user_holds_an_api_password_within_an_open_window(world: World) -> None:
    told = world.start()
    assert told.legacy_username == "legacy.script"
    assert told.legacy_password is not None
    assert told.legacy_window_until == NOW + timedelta(days=90)
    with world.database.read() as session:
        organization = world.organizations.get_organization(session, "acme")
        user = world.users.find_user(session, organization.id, "legacy.script")
        assert user is not None
        assert organization.legacy_window_open
        assert organization.migrated_at is not None
        assert user.existed_since < organization.migrated_at
        assert world.passwords.is_right(told.legacy_password, user.api_password_hash)
        assert user.password_hash is None


def test_the_migrated_user_works_in_the_one_folder_so_that_old_scripts_need_not_name_it(world: World) -> None:
    told = world.start()
    with world.database.read() as session:
        folder = session.scalars(select(Folder)).one()
        assert folder.fully_qualified_name == told.folder
        held = session.scalars(select(RoleAssignment)).all()
        assert [(role.role, role.folder_key) for role in held] == [("Automation User", folder.key)]


def test_starting_again_changes_nothing_and_tells_the_same(world: World) -> None:
    def plain(told: FirstStart) -> list[object]:
        return [
            value.reveal() if isinstance(value, Secret) else value
            for value in (getattr(told, name) for name in FirstStart.__slots__)
        ]

    first = world.start()
    before = (world.data_dir / FILE).read_bytes()
    assert plain(world.start()) == plain(first)
    assert plain(world.start(empty=True)) == plain(first)
    assert (world.data_dir / FILE).read_bytes() == before


def test_an_empty_start_makes_no_more_than_an_administrator(world: World) -> None:
    told = world.start(empty=True)
    assert (told.organization, told.tenant, told.folder) == ("acme", "dev", None)
    assert told.admin_password is not None
    assert told.sample_key is None
    assert told.legacy_username is None
    with world.database.read() as session:
        organization = world.organizations.get_organization(session, "acme")
        assert not organization.legacy_window_open
        assert len(world.users.list_users(session, organization.id).users) == 1
        assert world.access_keys.list_keys(session, organization.id).keys == ()


def test_the_secrets_are_readable_by_their_owner_alone(world: World) -> None:
    world.start()
    assert stat.S_IMODE((world.data_dir / FILE).stat().st_mode) == 0o600
    assert [path.name for path in world.data_dir.glob(".first-start*")] == []


def test_no_secret_prints_itself(world: World) -> None:
    told = world.start()
    assert told.admin_password is not None
    assert told.admin_password.reveal() not in repr(told)


def revoke(world: World, key_id: str, organization_id: str) -> None:
    with world.database.write() as session:
        world.access_keys.revoke_key(session, organization_id, key_id, revoked_by="x")


def rotate(world: World, key_id: str, organization_id: str) -> None:
    with world.database.write() as session:
        world.access_keys.rotate_key(session, organization_id, key_id)


@pytest.mark.parametrize("end", [revoke, rotate])
def test_a_sample_key_that_was_ended_or_rotated_is_not_told_any_more(
    world: World, end: Callable[[World, str, str], None]
) -> None:
    told = world.start()
    assert told.sample_key is not None
    caller = world.sample_caller(told.sample_key)
    end(world, caller.credential_id, caller.organization_id)
    assert world.start().sample_key is None


def test_a_password_that_was_changed_is_not_told_any_more(world: World) -> None:
    world.start()
    with world.database.write() as session:
        organization = world.organizations.get_organization(session, "acme")
        for username in ("admin", "legacy.script"):
            user = world.users.find_user(session, organization.id, username)
            assert user is not None
            world.users.set_password(session, user, Secret("another password"))
    told = world.start()
    assert told.admin_password is None
    # The API password stays as it was when the sign-in password is reset.
    assert told.legacy_password is not None


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_text("{")])
def test_without_its_file_the_house_opens_but_tells_no_secret(world: World, damage: Callable[[Path], object]) -> None:
    world.start()
    damage(world.data_dir / FILE)
    told = world.start()
    assert (told.organization, told.tenant) == ("acme", "dev")
    assert (told.admin_password, told.sample_key, told.legacy_password) == (None, None, None)


def test_a_sample_key_that_the_store_does_not_know_is_not_told(world: World) -> None:
    world.start()
    file = world.data_dir / FILE
    kept = json.loads(file.read_text())
    kept["sample_key"]["id"] = "unknown"
    file.write_text(json.dumps(kept))
    assert world.start().sample_key is None


def test_a_store_of_somebody_else_is_left_alone(world: World) -> None:
    with world.database.write() as session:
        world.organizations.create_organization(session, "megacorp")
    told = world.start()
    assert (told.organization, told.tenant) == ("megacorp", "")
    assert not (world.data_dir / FILE).exists()


def test_a_start_that_fails_half_way_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("stagedoor.kit.private_file.os.fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            world.start()
    told = world.start()
    assert told.sample_key is not None
    world.sample_caller(told.sample_key)
