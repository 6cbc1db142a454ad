"""Sign-ins as public clients spell them, each with the name of the client; what they are judged by is tested where
identity is.
"""

import ssl
from pathlib import Path

import httpx2
from tests.factories.administrator import Administrator
from tests.factories.host_names import host_names
from tests.factories.served import Served

USER_KEY_CLIENT = "8DEv1AMNXczW3y4U15LL3jYf62jK93n5"
"""The client id that every client of the user keys of 2019 has built in."""


def test_the_identity_of_a_standalone_orchestrator_is_below_its_root(
    house: Served, administrator: Administrator
) -> None:
    """rby-uipath and n8n ask ``/identity/connect/token``; lakeflow the organization's own."""
    application = administrator.make_application("spellings", is_confidential=True, application_scopes=["OR.Queues"])
    form = {
        "grant_type": "client_credentials",
        "client_id": application["id"],
        "client_secret": application["secret"],
    }
    for path in (
        "/identity/connect/token",
        "/identity_/connect/token",
        f"/{house.organization}/identity_/connect/token/",
    ):
        for scope in ({"scope": "OR.Queues"}, {}):
            answer = httpx2.post(house.base_url + path, data={**form, **scope})
            assert answer.status_code == 200, (path, answer.text)
            assert answer.json()["token_type"] == "Bearer"


def test_a_user_key_is_exchanged_whatever_stands_beside_it(house: Served, administrator: Administrator) -> None:
    """Jenkins sends a form, Power Automate JSON and the tenant's name in a header, one script all its settings."""
    key = administrator.make("/user-key", {})["user_key"]
    fields = {"grant_type": "refresh_token", "client_id": USER_KEY_CLIENT, "refresh_token": key}
    address = f"{house.base_url}/oauth/token"
    settings = {**fields, "usernameOrEmailAddress": "x", "tenancyName": "y", "url": "https://example.com", "n": 1}
    for answer in (
        httpx2.post(address, data=fields),
        httpx2.post(address, json=fields, headers={"X-UIPATH-TenantName": house.tenant}),
        httpx2.post(address, json=settings),
    ):
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "X-UIPATH-TenantName": house.tenant}
        listed = httpx2.get(f"{house.base_url}/odata/Folders", headers=headers)
        assert listed.status_code == 200, listed.text


def test_the_hosts_of_2019_are_answered_by_their_names(
    house: Served, administrator: Administrator, tmp_path: Path
) -> None:
    """uipath-orchestrator-api-node has the first built in, and sends its settings along with the user key."""
    account, platform = "account.uipath.com", "platform.uipath.com"
    settings = {
        "servername": f"https://{platform}/{house.organization}/{house.tenant}",
        "tenant_logical_name": house.tenant,
        "client_id": USER_KEY_CLIENT,
        "refresh_token": administrator.make("/user-key", {})["user_key"],
        "grant_type": "refresh_token",
    }
    with host_names(tmp_path, house.base_url, account, platform) as environment:
        trusted = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
        with httpx2.Client(proxy=environment["HTTPS_PROXY"], verify=trusted) as client:
            answer = client.post(f"https://{account}/oauth/token", json=settings)
            assert answer.status_code == 200, answer.text
            headers = {
                "Authorization": f"Bearer {answer.json()['access_token']}",
                "content-type": "application/json",
                "X-UiPath-TenantName": house.tenant,
                "X-UIPATH-OrganizationUnitId": "1",
            }
            listed = client.get(f"{settings['servername']}/odata/Jobs", headers=headers)
            assert listed.status_code == 200, listed.text


def test_a_form_that_says_it_is_json_is_refused_and_shown_the_right_form(house: Served) -> None:
    """A Jenkinsfile sends it, and the host of 2019 refused it too."""
    body = f"grant_type=refresh_token&client_id={USER_KEY_CLIENT}&refresh_token=x"
    answer = httpx2.post(f"{house.base_url}/oauth/token", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
