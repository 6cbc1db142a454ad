"""Connections are made, mapped and removed; their secrets are sealed and stand in no entry."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.certificates import Authority
from tests.factories.store import empty_database
from tests.factories.upstreams import ORGANIZATION_ID, TENANT_ID, VAULT, UpstreamWorld

from stagedoor.identity.organizations.models import Tenant
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections import store
from stagedoor.upstream.connections.errors import ConnectionInUse, ConnectionRefused, ConnectionUnknown
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionEntry, ConnectionKind
from stagedoor.upstream.upstream_tokens import store as tokens_store

OTHER_ORGANIZATION_ID = "00000000-0000-4000-8000-0000000000a2"
DRAFT = ConnectionDraft(
    organization_id=ORGANIZATION_ID,
    name="prod",
    kind=ConnectionKind.APP,
    base_url="https://cloud.uipath.com/acme/Prod/orchestrator_/",
    secret=Secret("canary-secret"),
    client_id="client",
    scope=" OR.Jobs  OR.Queues ",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[UpstreamWorld]:
    database = empty_database(tmp_path)
    yield UpstreamWorld(database)
    database.close()


def create(world: UpstreamWorld, draft: ConnectionDraft = DRAFT) -> ConnectionEntry:
    with world.database.write() as session:
        return world.connections.create(session, draft)


class TestCreating:
    def test_what_follows_from_the_address_is_filled_in(self, world: UpstreamWorld) -> None:
        entry = create(world)
        assert entry.base_url == "https://cloud.uipath.com/acme/Prod/orchestrator_"
        assert entry.identity_url == "https://cloud.uipath.com/identity_/connect/token"
        assert (entry.upstream_organization, entry.upstream_tenant) == ("acme", "Prod")
        assert entry.scope == "OR.Jobs OR.Queues"

    def test_what_is_given_wins_over_what_follows(self, world: UpstreamWorld) -> None:
        url = "https://id.example/connect/token"
        entry = create(world, replace(DRAFT, identity_url=url, upstream_tenant="Test"))
        assert (entry.identity_url, entry.upstream_tenant) == (url, "Test")

    def test_the_secret_is_sealed_to_the_connection_and_stands_in_no_entry(self, world: UpstreamWorld) -> None:
        entry = create(world)
        assert "canary" not in repr(entry)
        with world.database.read() as session:
            row = store.find_connection_by_id(session, entry.id)
            assert row is not None
            assert "canary" not in row.sealed_secret
            opened = VAULT.unseal(row.sealed_secret, context=f"connection:{entry.id}")
            assert opened == Secret("canary-secret")

    def test_a_name_is_taken_once_in_an_organization(self, world: UpstreamWorld) -> None:
        create(world)
        with pytest.raises(ConnectionRefused) as refused:
            create(world)
        assert refused.value.status == 409

    def test_an_authority_is_kept_as_it_was_given(self, world: UpstreamWorld) -> None:
        pem = Authority().pem
        assert create(world, replace(DRAFT, ca_pem=pem)).ca_pem == pem

    @pytest.mark.parametrize(
        ("field", "draft"),
        [
            ("name", replace(DRAFT, name="a/b")),
            ("name", replace(DRAFT, name="")),
            ("client_id", replace(DRAFT, client_id=None)),
            ("client_id", replace(DRAFT, client_id="a\r\nb")),
            ("username", replace(DRAFT, kind=ConnectionKind.PASSWORD)),
            ("secret", replace(DRAFT, secret=Secret(""))),
            ("secret", replace(DRAFT, secret=Secret("x" * 20_000))),
            ("secret", replace(DRAFT, kind=ConnectionKind.PAT, secret=Secret("canary\r\nX: 1"))),
            ("base_url", replace(DRAFT, base_url="file:///etc/passwd")),
            ("identity_url", replace(DRAFT, identity_url="https://u:canary@id.example/")),
            ("proxy_url", replace(DRAFT, proxy_url="socks5://proxy.example")),
            ("proxy_url", replace(DRAFT, proxy_url="http://u:canary@proxy.example")),
            ("ca_pem", replace(DRAFT, ca_pem="-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----")),
            ("ca_pem", replace(DRAFT, ca_pem="")),
        ],
    )
    def test_what_is_wrong_is_named_and_not_repeated(
        self, world: UpstreamWorld, field: str, draft: ConnectionDraft
    ) -> None:
        with pytest.raises(ConnectionRefused) as refused:
            create(world, draft)
        assert refused.value.details == {"field": field}
        assert "canary" not in repr((refused.value.public, refused.value.hint, str(refused.value)))


class TestFinding:
    def test_a_connection_is_found_by_name_and_by_id(self, world: UpstreamWorld) -> None:
        entry = create(world)
        with world.database.read() as session:
            for word in (entry.name, entry.id):
                assert world.connections.get_connection(session, ORGANIZATION_ID, word) == entry
            assert world.connections.list_connections(session, ORGANIZATION_ID) == [entry]

    def test_another_organization_sees_nothing_of_it(self, world: UpstreamWorld) -> None:
        entry = create(world)
        with world.database.read() as session:
            assert world.connections.list_connections(session, OTHER_ORGANIZATION_ID) == []
            with pytest.raises(ConnectionUnknown):
                world.connections.get_connection(session, OTHER_ORGANIZATION_ID, entry.id)


class TestMapping:
    def test_a_tenant_of_another_organization_is_not_mapped(self, world: UpstreamWorld) -> None:
        entry = replace(create(world), organization_id=OTHER_ORGANIZATION_ID)
        with world.database.write() as session:
            assert not world.connections.map_tenant(session, TENANT_ID, entry)
            tenant = session.get(Tenant, TENANT_ID)
            assert tenant is not None
            assert tenant.connection_id is None

    def test_a_mapped_connection_is_not_removed_until_the_tenant_left_it(self, world: UpstreamWorld) -> None:
        entry = create(world)
        with world.database.write() as session:
            assert world.connections.map_tenant(session, TENANT_ID, entry)
        with world.database.write() as session, pytest.raises(ConnectionInUse):
            world.connections.remove(session, ORGANIZATION_ID, entry.name)
        with world.database.write() as session:
            assert world.connections.get_connection(session, ORGANIZATION_ID, "prod").tenant_ids == (TENANT_ID,)
            assert world.connections.unmap_tenant(session, ORGANIZATION_ID, TENANT_ID)
            world.connections.remove(session, ORGANIZATION_ID, entry.name)
            assert world.connections.list_connections(session, ORGANIZATION_ID) == []

    def test_a_destination_of_its_own_takes_a_tenant_from_its_connection(self, world: UpstreamWorld) -> None:
        entry = create(world)
        with world.database.write() as session:
            world.connections.map_tenant(session, TENANT_ID, entry)
            tenant = session.get(Tenant, TENANT_ID)
            assert tenant is not None
            organizations = Organizations(VAULT, world.clock, SystemChance())
            organizations.set_destination(session, tenant, remote_base_url=None, token=None)
        with world.database.read() as session:
            assert world.connections.get_connection(session, ORGANIZATION_ID, "prod").tenant_ids == ()

    def test_with_a_connection_goes_what_is_held_of_its_token(self, world: UpstreamWorld) -> None:
        entry = create(world)
        world.tokens().renew(entry.id)
        with world.database.write() as session:
            world.connections.remove(session, ORGANIZATION_ID, entry.id)
        with world.database.read() as session:
            assert tokens_store.find_token(session, entry.id) is None
