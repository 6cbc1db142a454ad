"""Organizations and tenants as they are made and found in the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.acme import Acme, acme

from stagedoor.identity.organizations.errors import OrganizationNameRefused, OrganizationUnknown, TenantUnknown


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Acme]:
    with acme(tmp_path) as made:
        yield made


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "-a", "ä", "a" * 65, "odata", "Console", "portal_", "a\n"])
def test_a_name_that_cannot_stand_in_a_url_is_refused(world: Acme, name: str) -> None:
    with world.database.write() as session, pytest.raises(OrganizationNameRefused):
        world.organizations.create_organization(session, name)
    with world.database.write() as session, pytest.raises(OrganizationNameRefused):
        world.organizations.create_tenant(session, world.organization, name)


def test_a_name_that_is_taken_in_another_letter_case_is_refused(world: Acme) -> None:
    with world.database.write() as session, pytest.raises(OrganizationNameRefused) as refused:
        world.organizations.create_organization(session, "ACME")
    assert refused.value.status == 409
    with world.database.write() as session, pytest.raises(OrganizationNameRefused):
        world.organizations.create_tenant(session, world.organization, "DEV")


def test_two_organizations_may_have_tenants_of_one_name(world: Acme) -> None:
    with world.database.write() as session:
        other = world.organizations.create_organization(session, "globex")
        tenant = world.organizations.create_tenant(session, other, "dev")
        assert tenant.id != world.dev.id
        assert other.migrated_at is None


def test_what_is_not_there_raises(world: Acme) -> None:
    with world.database.read() as session:
        with pytest.raises(OrganizationUnknown):
            world.organizations.get_organization(session, "nobody")
        with pytest.raises(TenantUnknown):
            world.organizations.get_tenant(session, world.organization.id, "nothing")


def test_an_unknown_name_lists_the_right_ones_only_when_told_to() -> None:
    plain, helpful = TenantUnknown(), TenantUnknown(visible_names=["prod", "dev"])
    assert "dev" not in str(plain.hint)
    assert not plain.details
    assert helpful.details == {"tenants": ["dev", "prod"]}
    assert "dev, prod" in str(helpful.hint)
    assert OrganizationUnknown(visible_names=["acme"]).details == {"organizations": ["acme"]}
