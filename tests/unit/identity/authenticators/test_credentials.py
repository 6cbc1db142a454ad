"""The one credential in a request's head."""

from base64 import b64encode

import pytest

from stagedoor.identity.authenticators.credentials import CREDENTIAL_BYTES_MAX, find_credential
from stagedoor.identity.authenticators.errors import NotAuthenticated, TwoCredentials

Headers = tuple[tuple[bytes, bytes], ...]


def found(*headers: tuple[bytes, bytes]) -> str | None:
    credential = find_credential(headers)
    return credential.reveal() if credential else None


def basic(text: bytes) -> bytes:
    return b"Basic " + b64encode(text)


@pytest.mark.parametrize(
    "headers",
    [
        ((b"authorization", b"Bearer sd_key"),),
        ((b"Authorization", b"bearer sd_key"),),
        ((b"AUTHORIZATION", b"BEARER   sd_key  "),),
        ((b"authorization", basic(b"anyone:sd_key")),),
        ((b"authorization", basic(b":sd_key")),),
        ((b"x-api-key", b"sd_key"),),
        ((b"X-API-Key", b" sd_key "),),
        ((b"authorization", b"Bearer sd_key"), (b"x-api-key", b"sd_key")),
        ((b"accept", b"*/*"), (b"x-api-key", b"sd_key"), (b"content-length", b"0")),
    ],
)
def test_a_credential_is_found_wherever_a_client_can_put_it(headers: Headers) -> None:
    assert found(*headers) == "sd_key"


def test_a_request_without_a_credential_has_none() -> None:
    assert found() is None
    assert (
        found((b"cookie", b"a=b"), (b"content-length", b"13"), (b"if-modified", b"x"), (b"x-forwarded", b"x")) is None
    )


def test_a_password_may_hold_a_colon() -> None:
    assert found((b"authorization", basic(b"user:a:b"))) == "a:b"


@pytest.mark.parametrize(
    "headers",
    [
        ((b"authorization", b"Bearer one"), (b"authorization", b"Bearer two")),
        ((b"authorization", b"Bearer one"), (b"Authorization", b"Bearer one")),
        ((b"x-api-key", b"one"), (b"X-Api-Key", b"one")),
        ((b"authorization", b"Bearer one"), (b"x-api-key", b"two")),
        ((b"authorization", basic(b"user:one")), (b"x-api-key", b"two")),
    ],
)
def test_two_credentials_are_refused(headers: Headers) -> None:
    with pytest.raises(TwoCredentials) as refused:
        find_credential(headers)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer a b",
        b"Bearer a\x00b",
        b"Bearer a\tb",
        b"Bearer \x7f",
        b"Bearer \xc3\xa4",
        b"Bearer one, Bearer two",
        b"Bearer " + b"a" * CREDENTIAL_BYTES_MAX,
        b"a" * 1_000_000,
        b"Basic",
        b"Basic !!!!",
        b"Basic " + b64encode(b"no colon"),
        b"Basic " + b64encode(b"key-as-user:"),
        b"Basic " + b64encode(b"user:a\r\nb"),
        b"Basic " + b64encode(b"user:key")[:-1],
        b"Negotiate abc",
        b"UiRobot abc",
        b"sd_key",
    ],
)
def test_what_cannot_be_read_as_a_credential_is_not_authenticated(value: bytes) -> None:
    with pytest.raises(NotAuthenticated):
        find_credential(((b"authorization", value),))


@pytest.mark.parametrize("value", [b"", b" ", b"a b", b"a" * (CREDENTIAL_BYTES_MAX + 1), b"\xff"])
def test_a_broken_api_key_header_is_not_authenticated(value: bytes) -> None:
    with pytest.raises(NotAuthenticated):
        find_credential(((b"x-api-key", value),))


def test_a_broken_header_is_not_saved_by_a_good_one() -> None:
    with pytest.raises(NotAuthenticated):
        find_credential(((b"authorization", b"Negotiate abc"), (b"x-api-key", b"sd_key")))


def test_a_refusal_never_repeats_the_credential() -> None:
    with pytest.raises(NotAuthenticated) as refused:
        find_credential(((b"authorization", b"Bearer canary canary"),))
    assert "canary" not in f"{refused.value!r} {refused.value.internal} {refused.value.hint}"
