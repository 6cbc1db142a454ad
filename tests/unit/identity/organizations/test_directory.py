"""Organizations and tenants found in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.acme import Acme, acme

from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.secret import Secret


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Acme]:
    with acme(tmp_path) as made:
        yield made


@pytest.mark.parametrize("spelled", ["acme", "ACME", "Acme"])
def test_an_organization_is_found_by_name_in_any_letter_case(world: Acme, spelled: str) -> None:
    found = world.directory.find_organization(spelled)
    assert found is not None
    assert found.id == world.organization.id


def test_an_organization_is_found_by_id_in_any_letter_case(world: Acme) -> None:
    found = world.directory.find_organization(world.organization.id.upper())
    assert found is not None
    assert found.name == "acme"


@pytest.mark.parametrize("word", ["prod", "PROD", "production", "Production"])
def test_a_tenant_is_found_by_name_and_display_name(world: Acme, word: str) -> None:
    found = world.directory.find_tenant(world.organization.id, word)
    assert found is not None
    assert found.place.tenant_id == world.prod.id


def test_a_tenant_is_found_by_id(world: Acme) -> None:
    found = world.directory.find_tenant(world.organization.id, world.dev.id.upper())
    assert found is not None
    assert found.place.tenant_name == "dev"
    assert world.directory.find_tenant_by_id(world.dev.id) is found


def test_a_name_counts_before_another_tenants_display_name(world: Acme) -> None:
    with world.database.write() as session:
        world.organizations.create_tenant(session, world.organization, "imposter", display_name="dev")
    world.feed.catch_up()
    found = world.directory.find_tenant(world.organization.id, "dev")
    assert found is not None
    assert found.place.tenant_id == world.dev.id


def test_a_tenant_of_another_organization_is_not_found(world: Acme) -> None:
    with world.database.write() as session:
        other = world.organizations.create_organization(session, "globex")
        world.organizations.create_tenant(session, other, "secret")
    world.feed.catch_up()
    assert world.directory.find_tenant(world.organization.id, "secret") is None
    assert world.directory.find_tenant(other.id, "secret") is not None
    assert world.directory.find_tenant(other.id, world.dev.id) is None


def test_a_new_tenant_is_found_after_the_feed_caught_up(world: Acme) -> None:
    with world.database.write() as session:
        world.organizations.create_tenant(session, world.organization, "stage")
    assert world.directory.find_tenant(world.organization.id, "stage") is None
    world.feed.catch_up()
    assert world.directory.find_tenant(world.organization.id, "stage") is not None


def test_a_remote_tenant_carries_its_address_and_the_opened_token(world: Acme) -> None:
    with world.database.write() as session:
        tenant = world.organizations.get_tenant(session, world.organization.id, "dev")
        world.organizations.set_destination(
            session, tenant, remote_base_url="https://up.example/o/t/", token=Secret("upstream-token")
        )
        assert "upstream-token" not in str(tenant.sealed_upstream_token)
    world.feed.catch_up()
    found = world.directory.find_tenant_by_id(world.dev.id)
    assert found is not None
    assert found.place.remote_base_url == "https://up.example/o/t"
    assert found.place.upstream_token == Secret("upstream-token")
    assert "upstream-token" not in repr(found)


def test_a_tenant_sent_back_to_the_embedded_orchestrator_forgets_the_token(world: Acme) -> None:
    with world.database.write() as session:
        tenant = world.organizations.get_tenant(session, world.organization.id, "dev")
        world.organizations.set_destination(session, tenant, remote_base_url="https://up.example", token=Secret("t"))
        world.organizations.set_destination(session, tenant, remote_base_url=None, token=Secret("t"))
        assert tenant.sealed_upstream_token is None


def test_a_directory_with_another_master_key_does_not_start(world: Acme) -> None:
    with world.database.write() as session:
        tenant = world.organizations.get_tenant(session, world.organization.id, "dev")
        world.organizations.set_destination(session, tenant, remote_base_url="https://up.example", token=Secret("t"))
    with pytest.raises(SealBroken):
        OrganizationDirectory(world.database, Vault(bytes(32))).load()


def test_the_only_tenant_is_found_for_a_caller_who_may_enter_one(world: Acme) -> None:
    found = world.directory.find_only_tenant(world.organization.id, frozenset({world.prod.id}))
    assert found is not None
    assert found.place.tenant_name == "prod"


def test_no_only_tenant_where_there_are_several_or_none(world: Acme) -> None:
    assert world.directory.find_only_tenant(world.organization.id) is None
    assert world.directory.find_only_tenant(world.organization.id, frozenset()) is None
    assert world.directory.find_only_tenant("unknown") is None


def test_only_the_names_that_a_caller_may_see_are_listed(world: Acme) -> None:
    assert world.directory.tenant_names(world.organization.id) == ("dev", "prod")
    assert world.directory.tenant_names(world.organization.id, frozenset({world.dev.id})) == ("dev",)
    assert world.directory.tenant_names("unknown") == ()


def test_the_legacy_window_is_part_of_the_entry(world: Acme) -> None:
    with world.database.write() as session:
        organization = world.organizations.get_organization(session, "acme")
        world.organizations.set_legacy_window(session, organization, is_open=True, until=None)
    world.feed.catch_up()
    (entry,) = world.directory.all_organizations()
    assert entry.legacy_window.is_open
    assert entry.legacy_window.migrated_at is not None
