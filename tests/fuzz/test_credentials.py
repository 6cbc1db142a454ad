"""What strangers send as credentials and logins, by the thousand: refused in order, never with an accident."""

import string
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.access_keys import keys_of
from tests.factories.acme import acme
from tests.factories.legacy import legacy_of
from tests.factories.people import people_of
from tests.factories.personal_access_tokens import personal_tokens_of

from stagedoor.identity.api_users.key_form import draw_key, find_key_id, has_right_checksum
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.chain import Authenticators
from stagedoor.identity.authenticators.credentials import find_credential
from stagedoor.identity.authenticators.errors import NotAuthenticated, TwoCredentials
from stagedoor.identity.authenticators.legacy_token import LegacyTokenAuthenticator
from stagedoor.identity.authenticators.local_authority import LocalAuthorityAuthenticator
from stagedoor.identity.authenticators.personal_access_token import PersonalAccessTokenAuthenticator
from stagedoor.identity.legacy_basic.errors import LoginBodyRefused
from stagedoor.identity.legacy_basic.login_body import read_login_body
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.secret import Secret
from stagedoor.passage import RequestHead

HEADER_NAMES = st.sampled_from([b"authorization", b"Authorization", b"x-api-key", b"X-API-Key", b"cookie", b"host"])
SCHEMES = st.sampled_from([b"Bearer ", b"bearer\t", b"Basic ", b"Basic", b"Negotiate ", b"", b"  "])
BEGINNINGS = st.sampled_from([b"", b"sd_", b"rt_", b"sl_", b"sl_v1.", b"eyJ", b"eyJhbGciOiJub25lIn0."])
VALUES = st.one_of(
    st.binary(max_size=200),
    st.text(string.ascii_letters + string.digits + "_-.=+/", max_size=200).map(str.encode),
)
HEADERS = st.lists(
    st.tuples(HEADER_NAMES, st.builds(lambda scheme, start, rest: scheme + start + rest, SCHEMES, BEGINNINGS, VALUES)),
    max_size=4,
).map(tuple)


@pytest.fixture(scope="module")
def authenticators() -> Iterator[Authenticators]:
    with tempfile.TemporaryDirectory() as directory, acme(Path(directory)) as world:
        people = people_of(world)
        people.make()
        yield Authenticators(
            [
                AccessKeyAuthenticator(keys_of(world).ring),
                PersonalAccessTokenAuthenticator(personal_tokens_of(people).ring),
                LegacyTokenAuthenticator(legacy_of(people).tokens),
                LocalAuthorityAuthenticator(Secret("s" * 40), world.organization.id),
            ],
            world.clock,
        )


@given(headers=HEADERS)
def test_no_made_up_head_lets_anybody_in(
    authenticators: Authenticators, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    head = RequestHead(
        method="GET", path="/odata/Jobs", query="", headers={}, raw_headers=headers, client_address="192.0.2.7"
    )
    try:
        caller = authenticators.find_caller(head)
    except (NotAuthenticated, TwoCredentials):
        return
    assert caller is None
    assert not any(name.lower() in (b"authorization", b"x-api-key") for name, _ in headers)


@given(headers=HEADERS)
def test_what_is_found_is_always_one_plain_token(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    try:
        found = find_credential(headers)
    except (NotAuthenticated, TwoCredentials):
        return
    if found is not None:
        value = found.reveal()
        assert value
        assert value.isascii()
        assert value.isprintable()
        assert " " not in value


@given(presented=st.one_of(st.text(max_size=100), st.from_regex(r"sd_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}", fullmatch=True)))
def test_a_key_of_the_right_form_has_an_id_and_all_others_have_none(presented: str) -> None:
    key_id = find_key_id(presented)
    if key_id is None:
        return
    assert presented.startswith(f"sd_{key_id}_")
    assert len(presented) == 63
    assert has_right_checksum(presented) in (True, False)


@given(seed=st.integers(min_value=0, max_value=2**32), place=st.integers(min_value=3, max_value=62))
def test_no_single_slip_in_any_key_passes_the_checksum(seed: int, place: int) -> None:
    written = draw_key(SeededChance(seed)).key.reveal()
    other = "0" if written[place] != "0" else "1"
    slipped = written[:place] + other + written[place + 1 :]
    assert find_key_id(slipped) is None or not has_right_checksum(slipped)


LOGIN_TEXTS = st.one_of(
    st.binary(max_size=300),
    st.text("{}[]()'\":,\\ \n0x1eE+-_.abNone", max_size=300).map(str.encode),
    st.dictionaries(st.text(max_size=12), st.one_of(st.none(), st.integers(), st.text(max_size=12)), max_size=4)
    .map(repr)
    .map(lambda text: text.encode("utf-8", "surrogatepass")),
)


@given(body=st.one_of(LOGIN_TEXTS, LOGIN_TEXTS.map(lambda text: b"{" + text)), query=st.text(max_size=60))
def test_no_body_of_a_login_causes_an_accident(body: bytes, query: str) -> None:
    try:
        login = read_login_body(body, query)
    except LoginBodyRefused:
        return
    assert login.username_or_email


@given(
    username=st.text(min_size=1, max_size=60).filter(lambda text: text.strip() != ""),
    password=st.text(min_size=1, max_size=60).filter(lambda text: text.strip() != ""),
)
def test_the_dictionary_of_an_old_client_is_read_exactly(username: str, password: str) -> None:
    body = repr({"usernameOrEmailAddress": username, "password": password}).encode("utf-8", "surrogatepass")
    login = read_login_body(body, "")
    assert login.username_or_email == username.strip()
    assert login.password == Secret(password)
