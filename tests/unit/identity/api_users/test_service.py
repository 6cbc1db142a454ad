"""Access keys as they are made, listed, rotated and ended."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import START, acme

from stagedoor.identity.api_users.errors import AccessKeyEnded, AccessKeyNotFound, AccessKeyOrderRefused
from stagedoor.identity.api_users.schemas import AccessKeyState
from stagedoor.identity.api_users.service import AccessKeys
from stagedoor.kit.chance import SeededChance


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with acme(tmp_path) as world:
        yield keys_of(world)


class TestCreate:
    def test_a_key_belongs_to_an_api_user_of_its_name(self, keys: Keys) -> None:
        facts = keys.make("nightly").facts
        assert (facts.name, facts.api_user_name, facts.owner_group) == ("nightly", "nightly", "Administrators")
        assert facts.state_at(START) is AccessKeyState.ACTIVE
        assert (facts.created_at, facts.created_by) == (START, "ada")

    def test_two_keys_can_belong_to_one_api_user(self, keys: Keys) -> None:
        first, second = keys.make("a", api_user_name="partner"), keys.make("b", api_user_name="partner")
        assert first.facts.api_user_id == second.facts.api_user_id
        assert first.facts.id != second.facts.id

    def test_an_id_that_is_taken_is_drawn_again(self, keys: Keys) -> None:
        keys.make("first", api_user_name="partner")
        made = []
        for _ in range(2):
            # The same seed twice: the second key would get the id of the first.
            keys.service = AccessKeys(keys.world.vault, keys.world.clock, SeededChance(5))
            made.append(keys.make("more", api_user_name="partner").facts.id)
        assert made[0] != made[1]

    @pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00", "x" * 129])
    def test_an_unprintable_name_is_refused(self, keys: Keys, name: str) -> None:
        with pytest.raises(AccessKeyOrderRefused):
            keys.make(name)

    def test_a_key_that_may_do_nothing_is_refused(self, keys: Keys) -> None:
        with pytest.raises(AccessKeyOrderRefused, match="allow"):
            keys.make(allow=())

    def test_an_empty_list_of_folders_is_refused_rather_than_read_as_every_folder(self, keys: Keys) -> None:
        with pytest.raises(AccessKeyOrderRefused, match="folders"):
            keys.make(folder_keys=())

    @pytest.mark.parametrize("network", ["", "10.0.0.0/33", "example.org", "10.0.0.256"])
    def test_what_is_no_network_is_refused(self, keys: Keys, network: str) -> None:
        with pytest.raises(AccessKeyOrderRefused, match="networks"):
            keys.make(networks=(network,))

    def test_too_many_words_are_refused(self, keys: Keys) -> None:
        with pytest.raises(AccessKeyOrderRefused, match="allow"):
            keys.make(allow=("Jobs_Get",) * 501)
        with pytest.raises(AccessKeyOrderRefused, match="networks"):
            keys.make(networks=("10.0.0.0/8",) * 101)

    def test_an_end_in_the_past_is_refused(self, keys: Keys) -> None:
        with pytest.raises(AccessKeyOrderRefused, match="expires_at"):
            keys.make(expires_at=START)


class TestList:
    def test_pages_follow_each_other_without_gap_or_double(self, keys: Keys) -> None:
        made = []
        for number in range(7):
            made.append(keys.make(f"key {number}").facts.id)
            keys.world.clock.advance(timedelta(seconds=number % 2))
        seen: list[str] = []
        cursor = None
        with keys.world.database.read() as session:
            for _ in range(4):
                page = keys.service.list_keys(session, keys.world.organization.id, cursor=cursor, limit=2)
                seen += [facts.id for facts in page.keys]
                cursor = page.next_cursor
        assert cursor is None
        assert sorted(seen) == sorted(made)

    def test_only_the_keys_that_are_asked_for_are_listed(self, keys: Keys) -> None:
        mine = keys.make("mine", created_by="ada").facts.id
        keys.make("theirs", created_by="bob")
        organization_id = keys.world.organization.id
        with keys.world.database.read() as session:
            page = keys.service.list_keys(session, organization_id, created_by="ada", tenant_id=keys.world.dev.id)
            assert [facts.id for facts in page.keys] == [mine]
            assert keys.service.list_keys(session, organization_id, tenant_id=keys.world.prod.id).keys == ()
            assert len(keys.service.list_keys(session, organization_id).keys) == 2

    def test_keys_of_another_organization_are_neither_listed_nor_found(self, keys: Keys) -> None:
        key_id = keys.make().facts.id
        with keys.world.database.write() as session:
            other = keys.world.organizations.create_organization(session, "globex").id
        with keys.world.database.read() as session:
            assert keys.service.list_keys(session, other).keys == ()
            with pytest.raises(AccessKeyNotFound):
                keys.service.get_key(session, other, key_id)
            with pytest.raises(AccessKeyNotFound):
                keys.service.list_keys(session, other, cursor=key_id)
        with keys.world.database.write() as session, pytest.raises(AccessKeyNotFound):
            keys.service.revoke_key(session, other, key_id, revoked_by="mallory")
        with keys.world.database.write() as session, pytest.raises(AccessKeyNotFound):
            keys.service.rotate_key(session, other, key_id)


class TestEnd:
    def test_a_revoked_key_stays_revoked_and_remembers_when(self, keys: Keys) -> None:
        key_id, organization_id = keys.make().facts.id, keys.world.organization.id
        with keys.world.database.write() as session:
            keys.service.revoke_key(session, organization_id, key_id, revoked_by="ada")
        keys.world.clock.advance(timedelta(hours=1))
        with keys.world.database.write() as session:
            again = keys.service.revoke_key(session, organization_id, key_id, revoked_by="bob")
        assert again.revoked_at == START
        assert again.state_at(keys.world.clock.now()) is AccessKeyState.REVOKED

    def test_a_rotation_shows_until_when_the_old_secret_works(self, keys: Keys) -> None:
        key_id, organization_id = keys.make().facts.id, keys.world.organization.id
        with keys.world.database.write() as session:
            facts = keys.service.rotate_key(session, organization_id, key_id, overlap=timedelta(hours=2)).facts
        assert facts.state_at(START) is AccessKeyState.ROTATING
        assert facts.previous_secret_valid_until == START + timedelta(hours=2)
        assert facts.state_at(START + timedelta(hours=2)) is AccessKeyState.ACTIVE

    def test_an_ended_key_cannot_be_rotated_back_to_life(self, keys: Keys) -> None:
        organization_id = keys.world.organization.id
        expired = keys.make("expired", expires_at=START + timedelta(hours=1)).facts
        revoked = keys.make("revoked").facts
        with keys.world.database.write() as session:
            keys.service.revoke_key(session, organization_id, revoked.id, revoked_by="ada")
        keys.world.clock.advance(timedelta(hours=1))
        assert expired.state_at(keys.world.clock.now()) is AccessKeyState.EXPIRED
        for key_id in (expired.id, revoked.id):
            with keys.world.database.write() as session, pytest.raises(AccessKeyEnded):
                keys.service.rotate_key(session, organization_id, key_id)

    @pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=31)])
    def test_an_overlap_without_sense_is_refused(self, keys: Keys, overlap: timedelta) -> None:
        key_id = keys.make().facts.id
        with keys.world.database.write() as session, pytest.raises(AccessKeyOrderRefused):
            keys.service.rotate_key(session, keys.world.organization.id, key_id, overlap=overlap)
