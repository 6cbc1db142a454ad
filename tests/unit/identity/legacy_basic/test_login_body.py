"""The body of a login: JSON however it is labelled, and one real client's dictionary."""

import json
import warnings

import pytest

from stagedoor.identity.legacy_basic.errors import LoginBodyRefused
from stagedoor.identity.legacy_basic.login_body import read_login_body

CANARY = "canary-password"
GOOD = {"tenancyName": "dev", "usernameOrEmailAddress": "ada", "password": CANARY}


def read(body: bytes, query: str = "") -> tuple[str, str, str]:
    login = read_login_body(body, query)
    return login.tenancy_name, login.username_or_email, login.password.reveal()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(GOOD).encode(),
        b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
        b"\r\n " + json.dumps(GOOD).encode() + b"\n",
        json.dumps({name.upper(): value for name, value in GOOD.items()}).encode(),
        json.dumps({name.lower(): value for name, value in GOOD.items()} | {"rememberMe": True}).encode(),
        repr(GOOD).encode(),
        repr({**GOOD, "rememberMe": True, "nothing": None}).encode(),
    ],
)
def test_every_form_that_real_clients_send_is_read(body: bytes) -> None:
    assert read(body) == ("dev", "ada", CANARY)


@pytest.mark.parametrize("password", ["it's", 'say "x"', "back\\slash", "tab\t", "ünïcödé", "{[(", "n\\u0041", "\x01"])
def test_any_password_survives_both_forms(password: str) -> None:
    login = {"usernameOrEmailAddress": "ada", "password": password}
    assert read(json.dumps(login).encode()) == ("", "ada", password)
    assert read(repr(login).encode()) == ("", "ada", password)


def test_the_tenancy_name_may_be_null_or_missing_and_spaces_around_names_are_dropped() -> None:
    assert read(b'{"tenancyName": null, "usernameOrEmailAddress": " ada ", "password": " p "}') == ("", "ada", " p ")


@pytest.mark.parametrize(
    ("body", "query", "said"),
    [
        (b"", f"usernameOrEmailAddress=ada&password={CANARY}", "query parameters"),
        (b"", f"USERNAMEOREMAILADDRESS=ada&PASSWORD={CANARY}", "query parameters"),
        (b"", "", "empty"),
        (b"  ", "x=y", "empty"),
        (f"tenancyName=dev&usernameOrEmailAddress=ada&password={CANARY}".encode(), "", "form"),
        (b"&".join(b"x=y" for _ in range(200)), "", "no JSON object"),
        (b'["ada"]', "", "no JSON object"),
        (b'"ada"', "", "no JSON object"),
        (b'{"usernameOrEmailAddress": "ada", "password": "' + CANARY.encode(), "", "no JSON object"),
        (b'{"usernameOrEmailAddress": "ada"}', "", "password must be"),
        (b'{"usernameOrEmailAddress": "ada", "password": null}', "", "password must be"),
        (b'{"usernameOrEmailAddress": "ada", "password": 12}', "", "password must be"),
        (b'{"usernameOrEmailAddress": "ada", "password": ["x"]}', "", "password must be"),
        (b'{"usernameOrEmailAddress": " ", "password": "x"}', "", "usernameOrEmailAddress must be"),
        (b'{"password": "x"}', "", "usernameOrEmailAddress must be"),
        (b'{"tenancyName": 1, "usernameOrEmailAddress": "ada", "password": "x"}', "", "tenancyName must be"),
        (json.dumps({**GOOD, "password": "x" * 1025}).encode(), "", "password must be"),
        (json.dumps({**GOOD, "usernameOrEmailAddress": "x" * 257}).encode(), "", "usernameOrEmailAddress must be"),
        (repr({**GOOD, "password": "\ud800"}).encode(), "", "password holds"),
        (b'{"usernameOrEmailAddress": "ada", "password": "\\ud800"}', "", "password holds"),
        (b"{'a', 'b'}", "", "no JSON object"),
        (b"{'a': __import__('os').getpid()}", "", "no JSON object"),
        (b"{'a': 1 + 1}", "", "no JSON object"),
        (b"{[]: 1}", "", "no JSON object"),
        (b"{'a': '\\d'}", "", "no JSON object"),
        (b"{'a': '\\x0'}", "", "no JSON object"),
        (b"{" * 2000, "", "no JSON object"),
        (b"{'a': " + b"-" * 2000 + b"1}", "", "no JSON object"),
        (b"{'a': '" + b"x" * 3000 + b"'}", "", "no JSON object"),
        (b"{" + b"a" * 20_000, "", "too large"),
        (b"{'a': '\xff'}", "", "no JSON object"),
        (b"{'a': '\x00'}", "", "no JSON object"),
    ],
)
def test_what_is_no_login_is_refused_with_the_right_form_and_without_an_echo(
    body: bytes, query: str, said: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LoginBodyRefused) as refused:
            read_login_body(body, query)
    error = refused.value
    assert said in error.public
    assert '"tenancyName"' in str(error.hint)
    assert error.status in (400, 413)
    chain = f"{error!r} {error.__cause__!r} {error.internal} {dict(error.details)}"
    if error.__context__ is not None and not error.__suppress_context__:
        chain += repr(error.__context__)
    assert CANARY not in chain
