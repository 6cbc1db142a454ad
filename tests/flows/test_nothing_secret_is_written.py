"""Canaries: every kind of secret is used, misused and mistyped, and then looked for in all that the server wrote."""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest
from tests.factories import eras
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.served import Served, served
from tests.factories.signing_in import (
    CHALLENGE,
    REDIRECT,
    SCOPES,
    VERIFIER,
    fields_of,
    sign_in_through_the_page,
    tokens_for,
)

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI, USER_KEY_SCREEN

TOLD_ON_PURPOSE = {"first-start.json", "ready.json", "master.key"}
"""Files that hold what opens the house, readable by their owner alone."""

TOLD_BY_SHAPE = ("sd", "sl_", "rt_", "eyJ")
"""How secrets of our own begin. A password in an address looks like any other word and cannot be told from one."""

PASSWORD = "canary-Password-7f3a91c04d"
API_PASSWORD = "canary-ApiPassword-51b2e8aa0c"
ASSET_PASSWORD = "canary-AssetPassword-9d04c7e6f1"
MISTYPED = "canary-Mistyped-0b6ce2d3a8"


@dataclass
class Canaries:
    """What must be found nowhere, by what it is."""

    secrets: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, secret: str) -> str:
        assert len(secret) >= 16, f"{what} is too short to be looked for"
        self.secrets[what] = secret
        return secret


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries({"password": PASSWORD, "API password": API_PASSWORD, "asset": ASSET_PASSWORD, "mistyped": MISTYPED})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, canaries: Canaries) -> dict[str, bytes]:
    """Everything that a server wrote while all of this was done to it, by where it wrote it."""
    with served(tmp_path_factory.mktemp("canaries") / "data") as house:
        with administrator_of(house) as administrator:
            _use(house, administrator, canaries)
            _misuse(house, canaries)
            assert administrator.management.get("/audit").is_success
        said = _read_what_is_there(house)
        # While it runs, so that the write-ahead log is there and not yet folded into the database.
        files = {path.name: path.read_bytes() for path in house.data_dir.iterdir() if path.is_file()}
    files["server.log, to its end"] = house.log_path.read_bytes()
    files["what it printed"] = said
    assert {"stagedoor.db", "stagedoor.db-wal", "server.log"} <= files.keys()
    return {name: content for name, content in files.items() if name not in TOLD_ON_PURPOSE}


def _use(house: Served, administrator: Administrator, canaries: Canaries) -> None:
    """Make and use each kind of secret as it is meant."""
    add = canaries.add
    administrator.make("/users", {"username": "canary", "password": PASSWORD, "is_administrator": True})
    [legacy] = [
        user for user in administrator.management.get("/users").json()["items"] if user["username"] == "legacy.script"
    ]
    assert administrator.management.post(
        f"/users/{legacy['id']}/api-password", json={"password": API_PASSWORD}
    ).is_success
    login = {"tenancyName": "dev", "usernameOrEmailAddress": "legacy.script", "password": API_PASSWORD}
    legacy_token = add(
        "legacy token", httpx2.post(f"{house.base_url}/api/account/authenticate", json=login).json()["result"]
    )
    made = administrator.make("/keys", {"name": "canary", "tenant": "acme/dev", "allow": ["all"]})
    key = add("access key", made["key"])
    rotated = add("rotated key", administrator.make(f"/keys/{made['id']}/rotate", {"overlap": "1h"})["key"])
    narrow = f"{house.base_url}/api/stagedoor/v1/keys/narrow"
    narrowed = add(
        "narrowed key", httpx2.post(narrow, json={}, headers={"Authorization": f"Bearer {key}"}).json()["key"]
    )
    order = {"name": "canary", "scopes": ["OR.Jobs"], "expires_in": "1d"}
    token = add("personal access token", administrator.make("/tokens", order)["token"])
    app = administrator.make_application("canary", is_confidential=True, application_scopes=["OR.Jobs.Read"])
    secret = add("client secret", app["secret"])
    user_key = add("user key", administrator.make("/user-key", {})["user_key"])
    form = {"grant_type": "client_credentials", "client_id": app["id"], "client_secret": secret}
    machine = _token(house, form | {"scope": "OR.Jobs.Read"})
    add("token of an application", machine["access_token"])
    add("token of a user key", _exchange_user_key(house, user_key))
    person = tokens_for(house.base_url, "canary", PASSWORD)
    for kind in ("access_token", "refresh_token", "id_token"):
        add(kind, person[kind])
    refresh = {"grant_type": "refresh_token", "client_id": STAGEDOOR_CLI, "refresh_token": person["refresh_token"]}
    renewed = _token(house, refresh)
    add("renewed refresh token", renewed["refresh_token"])
    asset = {"Name": "canary", "ValueType": "Credential", "ValueScope": "Global", "CredentialUsername": "robot"}
    administrator.create("Assets", asset | {"CredentialPassword": ASSET_PASSWORD}, folder="Shared")
    for bearer in (key, rotated, narrowed, token, machine["access_token"], renewed["access_token"], legacy_token):
        headers = {"Authorization": f"Bearer {bearer}", "X-UIPATH-FolderPath": "Shared"}
        assert httpx2.get(f"{house.orchestrator_url}/odata/Jobs", headers=headers).status_code == 200
    assert httpx2.get(f"{house.orchestrator_url}/odata/Folders", auth=("anybody", key)).status_code == 200


def _misuse(house: Served, canaries: Canaries) -> None:
    """Put each secret where it does not belong, and use each wrongly."""
    code = canaries.add("code", _code(house))
    exchange = {"grant_type": "authorization_code", "client_id": STAGEDOOR_CLI, "redirect_uri": REDIRECT, "code": code}
    token_url = f"{house.base_url}/identity_/connect/token"
    assert httpx2.post(token_url, data=exchange | {"code_verifier": "w" * 43}).status_code == 400
    assert httpx2.post(token_url, params=exchange | {"code_verifier": VERIFIER}).status_code == 400
    for what, secret in canaries.secrets.items():
        answers = [*_misplaced(house, secret)]
        if secret.startswith(TOLD_BY_SHAPE):
            answers += _pasted_into_the_address(house, secret)
        for answer in answers:
            assert 400 <= answer.status_code < 500, (what, answer.status_code, str(answer.request.url)[:80])


def _misplaced(house: Served, secret: str) -> Iterator[httpx2.Response]:
    api = house.orchestrator_url
    sample = {"Authorization": f"Bearer {house.sample_key}"}
    login = {"tenancyName": "dev", "usernameOrEmailAddress": secret[:64], "password": secret}
    swapped = {"grant_type": "client_credentials", "client_id": secret, "client_secret": "the client's id"}
    with httpx2.Client() as client:
        yield client.get(f"{api}/odata/Users", headers=sample | {"X-UIPATH-FolderPath": secret[:200]})
        yield client.get(f"{api}/odata/Jobs", params={"access_token": secret, "key": secret})
        yield client.get(f"{api}/odata/Jobs", headers={"Authorization": f"Bearer {secret}x"})
        yield client.get(f"{api}/odata/Jobs", headers={"Authorization": f"Negotiate {secret}"})
        yield client.get(f"{api}/odata/Jobs", headers={"X-API-Key": f"x{secret}"})
        yield client.get(f"{api}/odata/Jobs", auth=("anybody", f"{secret}x"))
        yield client.post(f"{house.base_url}/api/account/authenticate", params=login | {"password": secret})
        yield client.post(f"{house.base_url}/api/account/authenticate", json=login | {"password": f"{secret}x"})
        yield client.post(f"{house.base_url}/api/account/authenticate", content=f'{{"password": "{secret}"')
        yield client.post(f"{api}{'/odata/Assets'}", headers=sample, content=f'{{"StringValue": "{secret}"')
        yield client.post(f"{house.base_url}/identity_/connect/token", content=f'{{"client_secret": "{secret}"}}')
        yield client.post(f"{house.base_url}/identity_/connect/token", data=swapped | {"code": secret})
        yield client.get(f"{house.base_url}/api/stagedoor/v1/keys", params={"cursor": secret[:200]})


def _pasted_into_the_address(house: Served, secret: str) -> Iterator[httpx2.Response]:
    """Ask for paths that hold a secret, as happens with a mistake in a script's template."""
    quoted = quote(secret, safe="")
    sample = {"Authorization": f"Bearer {house.sample_key}"}
    with httpx2.Client(headers=sample) as client:
        yield client.get(f"{house.orchestrator_url}/odata/{quoted}")
        yield client.get(f"{house.base_url}/{quoted}/nothing")
        yield client.get(f"{house.base_url}/acme/{quoted}/orchestrator_/odata/Jobs")


def _code(house: Served) -> str:
    query = {
        "response_type": "code",
        "client_id": STAGEDOOR_CLI,
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    address = f"{house.base_url}/identity_/connect/authorize?{urlencode(query)}"
    return fields_of(sign_in_through_the_page(address, "canary", PASSWORD))["code"]


def _token(house: Served, form: dict[str, str]) -> dict[str, Any]:
    answer = httpx2.post(f"{house.base_url}/identity_/connect/token", data=form)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def _exchange_user_key(house: Served, user_key: str) -> str:
    body = {"grant_type": "refresh_token", "client_id": USER_KEY_SCREEN, "refresh_token": user_key}
    answer = httpx2.post(f"{house.base_url}/oauth/token", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def _read_what_is_there(house: Served) -> bytes:
    assert house.process.stdout is not None
    descriptor = house.process.stdout.fileno()
    os.set_blocking(descriptor, False)
    said = b""
    try:
        while piece := os.read(descriptor, 65536):
            said += piece
    except BlockingIOError:
        return said
    return said


def _spellings(secret: str) -> Iterator[bytes]:
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield secret.encode().hex().encode()
    # Base64 of a text looks different at each of the three places where the text can begin in it.
    for shift in range(3):
        yield base64.b64encode(b"x" * shift + secret.encode())[4:-4]


def test_no_secret_is_in_the_store_its_log_the_log_or_the_output(written: dict[str, bytes], canaries: Canaries) -> None:
    found = [
        (what, where)
        for what, secret in canaries.secrets.items()
        for where, content in written.items()
        if any(spelling in content for spelling in _spellings(secret))
    ]
    assert found == []


def test_the_search_finds_what_is_there(written: dict[str, bytes]) -> None:
    assert b"canary" in written["stagedoor.db"] + written["stagedoor.db-wal"]
    assert any(spelling in base64.b64encode(b"anybody:" + MISTYPED.encode()) for spelling in _spellings(MISTYPED))
    assert b"request_refused" in written["server.log"]


def test_files_with_what_opens_the_house_are_their_owners_alone(tmp_path: Path) -> None:
    with served(tmp_path / "data") as house:
        modes = {path.name: path.stat().st_mode & 0o777 for path in house.data_dir.iterdir() if path.is_file()}
        user, password = eras.seeded_legacy_user(house.data_dir)
    assert user
    assert password
    assert {name: modes[name] for name in TOLD_ON_PURPOSE} == dict.fromkeys(TOLD_ON_PURPOSE, 0o600)
    assert modes["stagedoor.db"] & 0o077 == 0
