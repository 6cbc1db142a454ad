"""Attacks on a whole house, each by somebody who holds a little and wants more."""

import asyncio
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.factories.house import CHALLENGE, REDIRECT, VERIFIER, SmallHouse, open_small_house

from stagedoor.identity.passwords import Passwords


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def admin_token(small: SmallHouse) -> str:
    return str(small.tokens()["access_token"])


def token_of_application(small: SmallHouse, admin_token: str, scope: str) -> str:
    """Return the token of an external application that the administrator let act with a scope."""
    order = {"name": "reports", "is_confidential": False, "redirect_uris": [REDIRECT], "user_scopes": scope.split()}
    client_id = small.manage("POST", "/apps", admin_token, json=order).json()["id"]
    small.sign_in("admin", small.admin_password)
    page = small.authorize(client_id=client_id, scope=f"openid {scope}")
    allowed = small.send_form(page, "/identity_/account/consent", decision="allow")
    answer = small.request("GET", allowed.headers["location"])
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    told = small.token(client_id=client_id, code=code, **form)
    assert told.status_code == 200, (told.text, CHALLENGE)
    return str(told.json()["access_token"])


class TestExternalApplication:
    @pytest.mark.parametrize(
        ("path", "order"),
        [
            ("/keys", {"name": "stays", "tenant": "acme/dev", "allow": ["scope:OR.Jobs.Read"]}),
            ("/tokens", {"name": "stays", "scopes": ["OR.Jobs.Read"], "expires_in": "300d"}),
            ("/user-key", {}),
        ],
    )
    def test_it_makes_no_credential_that_outlives_what_a_person_allowed_it(
        self, small: SmallHouse, admin_token: str, path: str, order: dict[str, Any]
    ) -> None:
        token = token_of_application(small, admin_token, "OR.Jobs.Read")
        assert small.manage("GET", "/whoami", token).status_code == 200
        refused = small.manage("POST", path, token, json=order)
        assert (refused.status_code, refused.json()["code"]) == (403, "method_not_allowed_here")
        assert small.manage("GET", "/keys", token).status_code == 403


class TestFloodOfSignIns:
    def test_it_leaves_everybody_elses_requests_their_threads(
        self, small: SmallHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashing = threading.Event()

        def hash_for_ever(*_: object) -> bool:
            assert hashing.wait(30)
            return False

        monkeypatch.setattr(Passwords, "is_right", hash_for_ever)
        body = {"tenancyName": "dev", "usernameOrEmailAddress": "admin", "password": "guess"}

        async def flood() -> int:
            address = "/acme/dev/api/account/authenticate"
            guesses = [asyncio.ensure_future(small.browser.post(address, json=body)) for _ in range(12)]
            key = {"Authorization": f"Bearer {small.sample_key}"}
            answer = await asyncio.wait_for(small.browser.get("/acme/dev/odata/Jobs", headers=key), 10)
            hashing.set()
            await asyncio.gather(*guesses)
            return answer.status_code

        assert small.loop.run_until_complete(flood()) == 200


class TestStolenKey:
    @pytest.mark.parametrize("path", ["/whoami", "/tenants", "/folders?tenant=dev"])
    def test_outside_of_its_networks_it_tells_nothing_of_its_grant(
        self, small: SmallHouse, admin_token: str, path: str
    ) -> None:
        order = {"name": f"bound {path}", "tenant": "acme/dev", "allow": ["Jobs_Get"], "networks": ["10.1.0.0/16"]}
        key = small.manage("POST", "/keys", admin_token, json=order).json()["key"]
        target = f"/api/stagedoor/v1{path}"
        assert small.ask("GET", target, key=key, client=("10.1.2.3", 4000)).status == 200
        refused = small.ask("GET", target, key=key, client=("192.0.2.7", 4000))
        assert (refused.status, refused.json()["code"]) == (403, "credential_bound_elsewhere")
