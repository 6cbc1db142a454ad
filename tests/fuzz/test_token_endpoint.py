"""Whatever a stranger sends to a token endpoint, the answer is an OAuth error in JSON and never a failure of ours."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.oauth_house import TOKEN, OAuthHouse, oauth_house

from stagedoor.identity.authorize.return_address import AUTHORIZE_PATHS, read_return_address
from stagedoor.identity.grants.service import GRANTS_TODAY
from stagedoor.identity.oauth_clients.first_party import GUIDE_2019, VENDOR_CLI
from stagedoor.identity.oauth_clients.redirects import can_be_registered, origin_of, redirect_matches
from stagedoor.identity.wire.answers import plain
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.identity.wire.forms import FIELDS_OF_OAUTH, form_fields

CONTENT_TYPES = ["application/x-www-form-urlencoded", "application/json", "text/plain", ""]
KNOWN_WORDS = [*GRANTS_TODAY, VENDOR_CLI, GUIDE_2019, "openid", "offline_access", "v" * 43]
WORDS = st.sampled_from(KNOWN_WORDS) | st.text(max_size=40)
PATHS = st.sampled_from([TOKEN, "/oauth/token"])
FORMS = st.dictionaries(st.sampled_from(sorted(FIELDS_OF_OAUTH)), WORDS, max_size=8)
FUZZED = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def house() -> Iterator[OAuthHouse]:
    with tempfile.TemporaryDirectory() as directory, oauth_house(Path(directory)) as house:
        yield house


@FUZZED
@given(
    body=st.binary(max_size=300),
    content_type=st.sampled_from(CONTENT_TYPES),
    path=PATHS,
)
def test_any_bytes_get_an_oauth_error(house: OAuthHouse, body: bytes, content_type: str, path: str) -> None:
    answer = house.request("POST", path, content=body, headers={"content-type": content_type})
    assert answer.status_code in (400, 401)
    assert set(answer.json()) <= {"error", "error_description"}


@FUZZED
@given(fields=FORMS, path=PATHS, header=st.none() | st.binary(max_size=60))
def test_any_fields_get_an_oauth_error(
    house: OAuthHouse, fields: dict[str, str], path: str, header: bytes | None
) -> None:
    headers = {} if header is None else {"Authorization": b"Basic " + header.replace(b"\r", b"").replace(b"\n", b"")}
    encodable = {name: value.encode("utf-8", "ignore").decode() for name, value in fields.items()}
    answer = house.request("POST", path, data=encodable, headers=headers)
    assert answer.status_code in (400, 401)
    assert plain(answer.json()["error_description"]) == answer.json()["error_description"]


@FUZZED
@given(changes=st.dictionaries(st.sampled_from(["scope", "state", "prompt", "max_age", "nonce", "acr_values"]), WORDS))
def test_any_authorize_request_is_sent_back_or_explained(house: OAuthHouse, changes: dict[str, str]) -> None:
    encodable = {name: value.encode("utf-8", "ignore").decode() for name, value in changes.items()}
    answer = house.authorize(**encodable)
    assert answer.status_code in (303, 400, 404)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith(("http://localhost:8104/oidc/login?", "/identity_/account/login?"))


@given(body=st.binary(max_size=200))
def test_a_form_is_read_or_refused(body: bytes) -> None:
    try:
        fields = form_fields(body)
    except OAuthRequestRefused:
        return
    assert all(fields.values())


@given(text=st.text(max_size=200))
def test_signing_in_leads_to_known_paths_alone(text: str) -> None:
    address = read_return_address(text)
    assert address is None or address.text.partition("?")[0] in AUTHORIZE_PATHS


@given(prefix=st.sampled_from(["https://app.example/cb", "http://localhost/cb", ""]), rest=st.text(max_size=60))
def test_a_redirect_that_matches_stays_on_its_host(prefix: str, rest: str) -> None:
    given_uri = prefix + rest
    can_be_registered(given_uri)
    if redirect_matches("https://app.example/cb", given_uri):
        assert given_uri == "https://app.example/cb"
    if redirect_matches("http://localhost/cb", given_uri):
        origin = origin_of(given_uri)
        assert origin is not None
        assert origin.removeprefix("http://localhost").lstrip(":").isdecimal() or origin in (
            "http://localhost",
            "http://localhost:",
        )


@given(text=st.text())
def test_descriptions_hold_allowed_characters_alone(text: str) -> None:
    assert all(0x20 <= ord(letter) <= 0x7E and letter not in '"\\' for letter in plain(text))
