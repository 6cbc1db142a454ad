"""The address of a person's sign-in."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

from stagedoor.kit.chance import SeededChance
from stagedoor.upstream.connections.person import Authorization, begin_authorization

REDIRECT = "http://127.0.0.1:1/callback"


def begin(page: str = "https://id.example/connect/authorize", scope: str | None = None) -> Authorization:
    return begin_authorization(
        page, client_id="c&d", redirect_uri=REDIRECT, scope=scope, organization="acme", chance=SeededChance(1)
    )


def query_of(begun: Authorization) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(begun.authorize_url).query))


def test_the_challenge_is_that_of_the_verifier_and_the_state_another_draw() -> None:
    begun = begin()
    query = query_of(begun)
    challenge = hashlib.sha256(begun.code_verifier.reveal().encode()).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    assert query["code_challenge_method"] == "S256"
    assert query["state"] == begun.state != begun.code_verifier.reveal()
    assert len(begun.code_verifier.reveal()) >= 43
    assert begun.code_verifier.reveal() not in begun.authorize_url


def test_what_keeps_a_sign_in_alive_is_always_asked_for() -> None:
    assert query_of(begin())["scope"] == "openid offline_access OR.Default"
    assert query_of(begin(scope="OR.Jobs offline_access"))["scope"] == "openid offline_access OR.Jobs"


def test_nothing_that_was_typed_becomes_a_parameter_of_its_own() -> None:
    query = query_of(begin())
    assert (query["client_id"], query["redirect_uri"]) == ("c&d", REDIRECT)
    assert query["acr_values"] == "tenantName:acme"
    assert "prompt" not in query
    assert begin("https://id.example/auth?x=1").authorize_url.startswith("https://id.example/auth?x=1&response_type=")


def test_an_identity_server_that_is_not_the_vendors_is_asked_for_consent_and_told_of_no_tenant() -> None:
    query = query_of(begin("https://id.example/auth"))
    assert query["prompt"] == "consent"
    assert "acr_values" not in query
