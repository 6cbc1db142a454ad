"""Both discoveries over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import acme
from tests.factories.asgi import client_of
from tests.factories.people import People, people_of

from stagedoor.identity.account_discovery.routes import account_discovery_routes
from stagedoor.identity.account_discovery.service import AccountDiscovery
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.chain import Authenticators
from stagedoor.identity.issued_tokens.terms import Credential, person_caller
from stagedoor.passage import Caller, CredentialKind

ACCOUNTS = "/cloudrpa/api/getaccountsforuser"
PORTAL = "/portal_/api/filtering/leftnav/tenantsandorganizationinfo"


@dataclass
class ByUserId:
    """Takes a user's id for a token, so that the tests are about discovery alone."""

    people: People

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        person = self.people.directory.find_active_user(presented)
        if person is None:
            return None
        return person_caller(person, person.roles, Credential(CredentialKind.OAUTH_TOKEN, "j1", now))


@dataclass
class Surroundings:
    people: People
    keys: Keys

    def client(self, organization: str | None = None) -> TestClient:
        world = self.people.world
        authenticators = Authenticators([AccessKeyAuthenticator(self.keys.ring), ByUserId(self.people)], world.clock)
        discovery = AccountDiscovery(world.directory, "http://door.example:8120/")
        return client_of(account_discovery_routes(discovery, authenticators), organization=organization)


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    with acme(tmp_path) as world:
        with world.database.write() as session:
            other = world.organizations.create_organization(session, "globex")
            world.organizations.create_tenant(session, other, "lab")
        world.feed.catch_up()
        yield Surroundings(people_of(world), keys_of(world))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class TestOk:
    def test_the_accounts_of_a_user(self, around: Surroundings) -> None:
        ada = around.people.make()
        answer = around.client().get(ACCOUNTS, headers=bearer(ada.id))
        assert answer.json() == {
            "userEmail": "ada@acme.example",
            "accounts": [{"accountName": "acme", "accountLogicalName": "acme"}],
        }

    @pytest.mark.parametrize("account", ["acme", "ACME"])
    def test_the_service_instances_are_a_bare_list_of_the_tenants_that_are_open(
        self, around: Surroundings, account: str
    ) -> None:
        ada = around.people.make(roles=(("prod", "Tester"),))
        path = f"/cloudrpa/api/account/{account}/getallserviceinstances"
        assert around.client().get(path, headers=bearer(ada.id)).json() == [
            {
                "serviceInstanceName": "Production",
                "serviceInstanceLogicalName": "prod",
                "serviceType": "ORCHESTRATOR",
                "serviceUrl": "http://door.example:8120/acme/prod",
            }
        ]

    @pytest.mark.parametrize("by", ["name", "id"])
    def test_todays_discovery_finds_the_organization_by_name_and_by_id(self, around: Surroundings, by: str) -> None:
        world = around.people.world
        boss = around.people.make("boss", is_administrator=True, roles=())
        word = world.organization.name.upper() if by == "name" else world.organization.id
        answer = around.client(word).get(PORTAL, headers=bearer(boss.id))
        assert answer.json() == {
            "tenants": [{"name": "dev", "id": world.dev.id}, {"name": "prod", "id": world.prod.id}],
            "organization": {"name": "acme", "id": world.organization.id},
        }
        assert answer.headers["cache-control"] == "no-store"

    def test_an_access_key_discovers_its_own_tenant(self, around: Surroundings) -> None:
        written = around.keys.make(networks=("192.0.2.0/24",)).key.reveal()
        client = around.client("acme")
        assert client.get(ACCOUNTS, headers=bearer(written)).json()["userEmail"] == ""
        tenants = client.get(PORTAL, headers=bearer(written)).json()["tenants"]
        assert [tenant["name"] for tenant in tenants] == ["dev"]


class TestNotAuthenticated:
    @pytest.mark.parametrize("headers", [{}, bearer("nobody")])
    def test_discovery_tells_strangers_nothing(self, around: Surroundings, headers: dict[str, str]) -> None:
        client = around.client("acme")
        for path in (ACCOUNTS, "/cloudrpa/api/account/acme/getallserviceinstances", PORTAL):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["message"] == "You are not authenticated!"
            assert "acme" not in answer.text


class TestForbidden:
    @pytest.mark.parametrize("networks", [("10.0.0.0/8",), ("2001:db8::/32",)])
    def test_a_key_bound_to_other_networks_discovers_nothing(
        self, around: Surroundings, networks: tuple[str, ...]
    ) -> None:
        written = around.keys.make(networks=networks).key.reveal()
        answer = around.client().get(ACCOUNTS, headers=bearer(written))
        assert answer.status_code == 403
        assert "acme" not in answer.text


class TestNotFound:
    @pytest.mark.parametrize("word", ["acmee", "globex", ""])
    def test_a_wrong_name_lists_the_right_one_for_who_may_see_it(self, around: Surroundings, word: str) -> None:
        ada = around.people.make()
        answers = [around.client(word or None).get(PORTAL, headers=bearer(ada.id))]
        if word:
            path = f"/cloudrpa/api/account/{word}/getallserviceinstances"
            answers.append(around.client().get(path, headers=bearer(ada.id)))
        for answer in answers:
            assert answer.status_code == 404
            assert answer.json()["organizations"] == ["acme"]
            assert "acme" in answer.json()["hint"]
            assert "lab" not in answer.text

    def test_who_may_enter_nothing_is_told_nothing(self, around: Surroundings) -> None:
        ada = around.people.make(roles=())
        answer = around.client("acmee").get(PORTAL, headers=bearer(ada.id))
        assert answer.status_code == 404
        assert "organizations" not in answer.json()

    def test_the_other_organization_and_none_at_all_look_alike(self, around: Surroundings) -> None:
        ada = around.people.make()
        other, none = (around.client(word).get(PORTAL, headers=bearer(ada.id)) for word in ("globex", "nowhere"))
        assert (other.status_code, other.text) == (none.status_code, none.text)
