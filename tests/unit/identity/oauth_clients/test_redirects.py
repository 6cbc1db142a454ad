"""Redirects: the attacks first."""

import pytest

from stagedoor.identity.oauth_clients.redirects import (
    can_be_registered,
    form_target_of,
    is_loopback_origin,
    is_same_redirect,
    origin_of,
    redirect_matches,
)


@pytest.mark.parametrize(
    "given",
    [
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "https://app.example/Callback",
        "https://app.example.evil.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example/callback#fragment",
        "https://app.example/callback#",
        "https://app.example:8443/callback",
        "https://app.example/callback/../other",
        "https://app.example\\@evil.example/callback",
        "http://app.example/callback",
        "//app.example/callback",
        "https://app.example/call\nback",
        "https://app.example",
        "",
        "https://app.example/" + "a" * 3000,
        "https://[::1/callback",
        "https://app.example:port/callback",
    ],
)
def test_a_redirect_matches_character_by_character(given: str) -> None:
    assert not redirect_matches("https://app.example/callback", given)


def test_the_registered_redirect_matches() -> None:
    assert redirect_matches("https://app.example/callback", "https://app.example/callback")
    assert redirect_matches("com.acme.app:/callback", "com.acme.app:/callback")


@pytest.mark.parametrize(
    ("given", "matches"),
    [
        ("http://localhost:8104/oidc/login", True),
        ("http://localhost/oidc/login", True),
        ("http://localhost:8104", True),
        ("http://localhost:8104/other", False),
        ("http://localhost:8104/", False),
        ("http://localhost:8104/oidc/login?x=1", False),
        ("https://localhost:8104/oidc/login", False),
        ("http://127.0.0.1:8104/oidc/login", False),
        ("http://localhost.evil.example:8104/oidc/login", False),
        ("http://localhost:99999999/oidc/login", False),
    ],
)
def test_on_loopback_the_port_is_free_and_the_path_may_be_left_out(given: str, matches: bool) -> None:
    assert redirect_matches("http://localhost/oidc/login", given) is matches


@pytest.mark.parametrize(
    ("asked", "exchanged", "same"),
    [
        ("http://localhost:42010", "http://localhost:42010/callback", True),
        ("http://localhost:42010/callback", "http://localhost:42010", False),
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example/cb", "https://a.example", False),
        ("http://localhost:1", "http://localhost:2/cb", False),
    ],
)
def test_the_exchange_names_the_redirect_of_the_request(asked: str, exchanged: str, same: bool) -> None:
    assert is_same_redirect(asked, exchanged) is same


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https:///callback",
        "https://user@app.example/",
        "https://app.example/#x",
        "/callback",
        "https://app.example/*\\",
        "",
    ],
)
def test_unsafe_redirects_are_not_registered(uri: str) -> None:
    assert not can_be_registered(uri)


@pytest.mark.parametrize("uri", ["https://app.example/cb", "http://localhost:1/cb", "http://[::1]/cb", "com.acme:/cb"])
def test_safe_redirects_are_registered(uri: str) -> None:
    assert can_be_registered(uri)


@pytest.mark.parametrize(
    ("origin", "is_loopback"),
    [
        ("http://localhost:8104", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("https://localhost", True),
        ("null", False),
        ("", False),
        ("http://localhost.evil.example", False),
        ("http://localhost:8104/path", False),
        ("https://evil.example", False),
    ],
)
def test_loopback_origins(origin: str, is_loopback: bool) -> None:
    assert is_loopback_origin(origin) is is_loopback


def test_the_origin_of_a_redirect() -> None:
    assert origin_of("http://localhost:8104/oidc/login") == "http://localhost:8104"
    assert origin_of("com.acme.app:/cb") == "com.acme.app:"
    assert origin_of("not an address") is None


def test_a_form_may_end_at_the_redirect_in_words_that_a_policy_knows() -> None:
    assert form_target_of("http://localhost:8104/oidc/login") == "http://localhost:8104"
    assert form_target_of("http://[::1]:8104/cb") == "http:"
    assert form_target_of("com.acme.app:/cb") == "com.acme.app:"
    assert form_target_of("no address") is None
