"""Both discoveries, over HTTP: who may see which names, by which credential, and what a wrong name is answered with."""

from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from tests.factories import eras
from tests.factories.administrator import Administrator
from tests.factories.served import Served
from tests.factories.signing_in import CHALLENGE, VERIFIER, fields_of, sign_in_through_the_page, tokens_for

from stagedoor.identity.oauth_clients.first_party import GUIDE_2019

ACCOUNTS = "/cloudrpa/api/getAccountsForUser"
TODAY = "portal_/api/filtering/leftnav/tenantsAndOrganizationInfo"


@pytest.fixture(scope="module")
def tokens_2019(house: Served) -> dict[str, Any]:
    """What the guide of 2019 gives to the administrator."""
    return tokens_of_the_guide(house, house.admin_username, house.admin_password)


def tokens_of_the_guide(house: Served, username: str, password: str) -> dict[str, Any]:
    query = {
        "response_type": "code",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "scope": "openid profile offline_access email",
        "audience": "https://orchestrator.cloud.uipath.com",
        "client_id": GUIDE_2019,
        "redirect_uri": f"{house.base_url}/mobile",
    }
    address = f"{house.base_url}/authorize?{urlencode(query)}"
    landed = fields_of(sign_in_through_the_page(address, username, password))
    body = {
        "grant_type": "authorization_code",
        "code": landed["code"],
        "redirect_uri": query["redirect_uri"],
        "code_verifier": VERIFIER,
        "client_id": GUIDE_2019,
    }
    answer = httpx2.post(f"{house.base_url}/oauth/token", json=body)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def instances(house: Served, account: str, bearer: str) -> httpx2.Response:
    address = f"{house.base_url}/cloudrpa/api/account/{account}/getAllServiceInstances"
    return httpx2.get(address, headers={"Authorization": f"Bearer {bearer}"})


def today(house: Served, organization: str, bearer: str) -> httpx2.Response:
    return httpx2.get(f"{house.base_url}/{organization}/{TODAY}", headers={"Authorization": f"Bearer {bearer}"})


class TestOf2019:
    @pytest.mark.parametrize("path", [ACCOUNTS, ACCOUNTS.lower()])
    def test_it_finds_the_account(self, house: Served, tokens_2019: dict[str, Any], path: str) -> None:
        bearer = {"Authorization": f"Bearer {tokens_2019['id_token']}"}
        found = httpx2.get(f"{house.base_url}{path}", headers=bearer).json()
        assert found["userEmail"] == "admin@acme.example"
        assert found["accounts"] == [{"accountName": "Acme", "accountLogicalName": "acme"}]

    def test_it_finds_the_instance(self, house: Served, tokens_2019: dict[str, Any]) -> None:
        assert instances(house, "acme", tokens_2019["id_token"]).json() == [
            {
                "serviceInstanceName": "dev",
                "serviceInstanceLogicalName": "dev",
                "serviceType": "ORCHESTRATOR",
                "serviceUrl": house.tenant_url,
            }
        ]

    def test_either_token_serves_here_and_the_id_token_nowhere_else(
        self, house: Served, tokens_2019: dict[str, Any]
    ) -> None:
        for kind in ("id_token", "access_token"):
            assert instances(house, "acme", tokens_2019[kind]).status_code == 200
        headers = {"Authorization": f"Bearer {tokens_2019['id_token']}", "X-UIPATH-TenantName": "dev"}
        assert httpx2.get(f"{house.tenant_url}/odata/Folders", headers=headers).status_code == 401

    def test_a_wrong_account_is_told_the_right_one(self, house: Served, tokens_2019: dict[str, Any]) -> None:
        answer = instances(house, "acmee", tokens_2019["id_token"])
        assert answer.status_code == 404
        assert answer.json()["organizations"] == ["acme"]
        assert "acme" in answer.json()["stagedoor"]["hint"]

    def test_somebody_who_may_enter_nothing_is_told_no_names(self, house: Served, administrator: Administrator) -> None:
        password = administrator.make_user("discovery.outsider")
        tokens = tokens_of_the_guide(house, "discovery.outsider", password)
        assert instances(house, "acme", tokens["id_token"]).json() == []
        wrong = instances(house, "acmee", tokens["id_token"])
        assert wrong.status_code == 404
        assert "organizations" not in wrong.json()
        assert "acme" not in wrong.text.replace("acmee", "")

    def test_nobody_is_told_anything(self, house: Served) -> None:
        for bearer in ("nonsense", "sd_nonsense"):
            assert instances(house, "acme", bearer).status_code == 401
        assert httpx2.get(f"{house.base_url}{ACCOUNTS}").status_code == 401


class TestOfToday:
    def test_it_finds_tenants_and_organization_by_name_or_id(self, house: Served) -> None:
        token = tokens_for(house.base_url, house.admin_username, house.admin_password)["access_token"]
        found = today(house, "acme", token).json()
        assert [tenant["name"] for tenant in found["tenants"]] == ["dev"]
        assert found["organization"]["name"] == "acme"
        for word in (found["organization"]["id"], found["organization"]["id"].upper(), "ACME"):
            assert today(house, word, token).json() == found

    def test_the_ids_that_it_gives_stand_in_addresses_for_the_names(self, house: Served) -> None:
        found = today(house, "acme", house.sample_key).json()
        address = f"{house.base_url}/{found['organization']['id']}/{found['tenants'][0]['id']}/orchestrator_/odata/Jobs"
        answer = httpx2.get(address, headers={"Authorization": f"Bearer {house.sample_key}"})
        assert answer.status_code == 200

    def test_a_key_sees_its_own_tenant(self, house: Served) -> None:
        assert [tenant["name"] for tenant in today(house, "acme", house.sample_key).json()["tenants"]] == ["dev"]

    def test_a_key_for_other_networks_sees_nothing_from_here(self, house: Served, administrator: Administrator) -> None:
        order = {"name": "discovery-elsewhere", "tenant": "acme/dev", "allow": ["Jobs_Get"], "networks": ["10.0.0.0/8"]}
        key = administrator.make("/keys", order)["key"]
        answer = today(house, "acme", key)
        assert answer.status_code in (401, 403)
        assert "dev" not in answer.text

    def test_a_wrong_name_is_told_the_right_one(self, house: Served) -> None:
        answer = today(house, "acmee", house.sample_key)
        assert answer.status_code == 404
        assert answer.json()["organizations"] == ["acme"]


class TestBetweenOrganizations:
    def test_another_organization_looks_like_none(self, house_of_eras: Served) -> None:
        house = house_of_eras
        said = [today(house, word, house.sample_key) for word in (eras.NEW_ORGANIZATION, "nobody")]
        assert [answer.status_code for answer in said] == [404, 404]
        bodies = [{**answer.json(), "traceId": None, "stagedoor": None} for answer in said]
        assert bodies[0] == bodies[1]
        assert bodies[0]["organizations"] == ["acme"]

    def test_each_sees_its_own(self, house_of_eras: Served) -> None:
        house = house_of_eras
        tokens = tokens_for(house.base_url, eras.NEW_USER, eras.NEW_PASSWORD, organization=eras.NEW_ORGANIZATION)
        found = today(house, eras.NEW_ORGANIZATION, tokens["access_token"]).json()
        assert found["organization"]["name"] == eras.NEW_ORGANIZATION
        assert [tenant["name"] for tenant in found["tenants"]] == [eras.TENANT]


class TestTheNamesInAddresses:
    def test_a_wrong_tenant_in_an_address_is_told_the_right_ones(self, house: Served) -> None:
        bearer = {"Authorization": f"Bearer {house.sample_key}"}
        answer = httpx2.get(f"{house.base_url}/acme/prod/orchestrator_/odata/Jobs", headers=bearer)
        assert answer.status_code == 404
        assert answer.json()["tenants"] == ["dev"]
        by_header = bearer | {"X-UIPATH-TenantName": "prod"}
        assert httpx2.get(f"{house.base_url}/odata/Jobs", headers=by_header).json()["tenants"] == ["dev"]

    def test_without_a_credential_no_name_is_told(self, house: Served) -> None:
        answer = httpx2.get(f"{house.base_url}/acme/prod/orchestrator_/odata/Jobs")
        assert answer.status_code == 401
        assert "dev" not in answer.text
