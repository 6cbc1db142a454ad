"""The token endpoint: wrong forms, client authentication, client credentials, CORS."""

import base64
import json
import logging
from datetime import timedelta

import pytest
from tests.factories.oauth_house import APP_REDIRECT, TOKEN, OAuthHouse, claims_of, header_of

from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.oauth_clients.first_party import VENDOR_CLI
from stagedoor.passage import Allowance, CallerKind

FORM = "application/x-www-form-urlencoded"


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


class TestWrongForms:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
    def test_other_methods_get_an_error_and_no_page(self, house: OAuthHouse, method: str) -> None:
        answer = house.request(method, TOKEN)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST, OPTIONS"
        assert answer.headers["content-type"] == "application/json"

    def test_fields_in_the_address_show_the_right_form_and_never_the_values(self, house: OAuthHouse) -> None:
        answer = house.request("POST", f"{TOKEN}?grant_type=client_credentials&client_id=x&client_secret=canary-9f")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert FORM in answer.json()["error_description"]
        assert "client_secret" in answer.json()["error_description"]
        assert "canary-9f" not in answer.text

    def test_json_shows_the_right_form(self, house: OAuthHouse) -> None:
        answer = house.request("POST", TOKEN, json={"grant_type": "client_credentials"})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert "JSON" in answer.json()["error_description"]
        assert FORM in answer.json()["error_description"]

    @pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", ""])
    def test_other_content_types_show_the_right_form(self, house: OAuthHouse, content_type: str) -> None:
        answer = house.request("POST", TOKEN, content=b"grant_type=x", headers={"content-type": content_type})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    @pytest.mark.parametrize(
        "body",
        [
            b"grant_type=client_credentials&grant_type=refresh_token",
            b"grant_type=client_credentials&client_id=&client_id=x",
            b"grant_type",
            b"grant_type=%zz%ff",
            b"grant_type=\xff",
            b"&".join(b"f%d=1" % number for number in range(100)),
            b"code=a%00b",
        ],
    )
    def test_bodies_that_cannot_be_read_are_refused(self, house: OAuthHouse, body: bytes) -> None:
        answer = house.request("POST", TOKEN, content=body, headers={"content-type": FORM})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_a_body_that_is_too_large_is_refused(self, house: OAuthHouse) -> None:
        answer = house.request("POST", TOKEN, content=b"a=" + b"x" * 70_000, headers={"content-type": FORM})
        assert answer.status_code == 413

    def test_a_missing_grant_type_names_those_that_there_are(self, house: OAuthHouse) -> None:
        answer = house.token(client_id="x", grant_type="")
        assert answer.json()["error"] == "invalid_request"
        assert "client_credentials" in answer.json()["error_description"]

    def test_passwords_are_not_taken_and_the_answer_says_what_is(self, house: OAuthHouse) -> None:
        answer = house.token(grant_type="password", username="ada", password="x")
        assert answer.json()["error"] == "unsupported_grant_type"
        assert "access key" in answer.json()["error_description"]

    def test_strange_words_come_back_in_allowed_characters(self, house: OAuthHouse) -> None:
        answer = house.token(grant_type='caf\u00e9"\\<script>')
        assert answer.json()["error"] == "unsupported_grant_type"
        assert answer.json()["error_description"].isascii()
        assert '"' not in answer.json()["error_description"]


class TestClientAuthentication:
    def test_unknown_wrong_and_expired_look_the_same(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        with house.world.database.write() as session:
            _, expiring = house.server.applications.generate_secret(
                session,
                house.world.organization.id,
                client.id,
                expires_at=house.world.clock.now() + timedelta(hours=1),
            )
        house.world.feed.catch_up()
        wanted = {"grant_type": "client_credentials", "client_id": client.id}
        assert house.token(**wanted, client_secret=expiring.reveal()).status_code == 200
        house.world.clock.advance(timedelta(hours=1))
        answers = [
            house.token(**wanted, client_secret=expiring.reveal()),
            house.token(**wanted, client_secret="wrong"),
            house.token(**{**wanted, "client_id": "unknown"}, client_secret=secret),
        ]
        assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}
        assert answers[0].json()["error"] == "invalid_client"
        assert house.token(**wanted, client_secret=secret).status_code == 200

    def test_a_removed_secret_ends_at_once_and_the_other_goes_on(self, house: OAuthHouse) -> None:
        client, first = house.application(application_scopes=("OR.Jobs",))
        organization_id = house.world.organization.id
        with house.world.database.write() as session:
            _, second = house.server.applications.generate_secret(session, organization_id, client.id)
        house.world.feed.catch_up()
        wanted = {"grant_type": "client_credentials", "client_id": client.id}
        assert house.token(**wanted, client_secret=first).status_code == 200
        assert house.token(**wanted, client_secret=second.reveal()).status_code == 200
        with house.world.database.write() as session:
            held = house.server.applications.get_application(session, organization_id, client.id).secrets
            first_hash = house.world.vault.keyed_hash(first)
            first_id = next(one.id for one in held if one.keyed_hash == first_hash)
            house.server.applications.delete_secret(session, organization_id, client.id, first_id)
        house.world.feed.catch_up()
        assert house.token(**wanted, client_secret=first).status_code == 400
        assert house.token(**wanted, client_secret=second.reveal()).status_code == 200

    def test_a_header_that_fails_gets_401_with_a_challenge(self, house: OAuthHouse) -> None:
        client, _ = house.application(application_scopes=("OR.Jobs",))
        answer = house.post(TOKEN, {"grant_type": "client_credentials"}, headers=basic(client.id, "wrong"))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")

    @pytest.mark.parametrize(
        "header", ["Basic !!!", "Basic /w==", "Basic eA==", "Bearer x", "Basic", "", "Negotiate abc", "Basic \u00e9"]
    )
    def test_broken_headers_are_refused(self, house: OAuthHouse, header: str) -> None:
        answer = house.post(
            TOKEN, {"grant_type": "client_credentials"}, headers={"Authorization": header.encode("latin-1")}
        )
        assert answer.status_code in (400, 401)
        assert answer.json()["error"] == "invalid_client"

    def test_a_client_proves_itself_once(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        fields = {"grant_type": "client_credentials", "client_secret": secret}
        answer = house.post(TOKEN, fields, headers=basic(client.id, secret))
        assert answer.json()["error"] == "invalid_request"
        answer = house.post(
            TOKEN, {"grant_type": "client_credentials", "client_id": "other"}, headers=basic(client.id, secret)
        )
        assert answer.json()["error"] == "invalid_request"

    def test_a_public_client_cannot_use_client_credentials_and_is_told_so(self, house: OAuthHouse) -> None:
        answer = house.token(grant_type="client_credentials", client_id=VENDOR_CLI, client_secret="x")
        assert answer.json()["error"] == "invalid_client"
        assert "public" in answer.json()["error_description"]
        assert house.token(grant_type="client_credentials", client_id=VENDOR_CLI).json()["error"] == "invalid_client"


class TestClientCredentials:
    @pytest.mark.parametrize("by_header", [True, False])
    def test_an_application_acts_for_itself_with_its_scopes(self, house: OAuthHouse, by_header: bool) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs", "OR.Assets.Read"))
        fields = {"grant_type": "client_credentials", "scope": "OR.Jobs.Read OR.Assets.Read"}
        if by_header:
            answer = house.post(TOKEN, fields, headers=basic(client.id, secret))
        else:
            answer = house.token(**fields, client_id=client.id, client_secret=secret)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
        assert (body["expires_in"], body["scope"]) == (3600, "OR.Jobs.Read OR.Assets.Read")
        claims = claims_of(body["access_token"])
        assert claims["sub"] == claims["client_id"] == client.id
        assert claims["sub_type"] == "service.external"
        assert claims["prt_id"] == house.world.organization.id
        caller = house.server.verifier.verify(body["access_token"]).caller
        assert caller.kind is CallerKind.EXTERNAL_APPLICATION
        assert caller.terms.allowances == (Allowance(("scope:OR.Assets.Read", "scope:OR.Jobs.Read")),)
        assert caller.terms.ceiling is None
        assert not caller.may_administer

    def test_without_a_scope_it_gets_what_is_registered(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs", "OR.Default"))
        answer = house.token(grant_type="client_credentials", client_id=client.id, client_secret=secret, scope="")
        assert answer.json()["scope"] == "OR.Default OR.Jobs"

    def test_offline_access_is_refused_in_plain_words(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        answer = house.token(
            grant_type="client_credentials",
            client_id=client.id,
            client_secret=secret,
            scope="OR.Jobs offline_access",
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
        assert "leave offline_access out" in answer.json()["error_description"]

    @pytest.mark.parametrize(
        ("scope", "words"),
        [
            ("OR.Nonsense", "Unknown: OR.Nonsense."),
            ("OR.Robots", "Not registered as application scopes of this application: OR.Robots."),
            ("OR.Queues", "Ask for OR.Queues.Read OR.Queues.Write instead of OR.Queues."),
            ("OR.Users", "user scopes (authorization_code)"),
            ("openid", "about people"),
        ],
    )
    def test_a_refused_scope_is_named_with_the_reason(self, house: OAuthHouse, scope: str, words: str) -> None:
        client, secret = house.application(
            application_scopes=("OR.Jobs", "OR.Queues.Read", "OR.Queues.Write"),
            user_scopes=("OR.Users",),
            redirect_uris=(APP_REDIRECT,),
        )
        answer = house.token(
            grant_type="client_credentials", client_id=client.id, client_secret=secret, scope=f"OR.Jobs {scope}"
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
        assert words in answer.json()["error_description"]

    def test_an_application_for_people_alone_cannot_act_for_itself(self, house: OAuthHouse) -> None:
        client, secret = house.application(user_scopes=("OR.Jobs",), redirect_uris=(APP_REDIRECT,))
        answer = house.token(grant_type="client_credentials", client_id=client.id, client_secret=secret)
        assert answer.json()["error"] == "unauthorized_client"

    def test_an_application_that_is_deleted_takes_its_tokens_along(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        token = house.token(grant_type="client_credentials", client_id=client.id, client_secret=secret).json()
        house.server.verifier.verify(token["access_token"])
        with house.world.database.write() as session:
            house.server.applications.delete_application(session, house.world.organization.id, client.id)
        house.world.feed.catch_up()
        with pytest.raises(TokenRefused):
            house.server.verifier.verify(token["access_token"])

    def test_the_store_is_not_touched(self, house: OAuthHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        wanted = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": secret}
        house.token(**wanted)
        monkeypatch.setattr(house.world.database, "_sessions", None)
        assert house.token(**wanted).status_code == 200


class TestCors:
    @pytest.mark.parametrize("origin", ["http://localhost:8104", "http://127.0.0.1:42010"])
    def test_a_page_on_loopback_may_ask(self, house: OAuthHouse, origin: str) -> None:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = house.request("OPTIONS", TOKEN, headers=headers)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "content-type" in preflight.headers["access-control-allow-headers"]
        answer = house.post(TOKEN, {"grant_type": "x"}, headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
    def test_no_other_page_may(self, house: OAuthHouse, origin: str) -> None:
        assert "access-control-allow-origin" not in house.request("OPTIONS", TOKEN, headers={"Origin": origin}).headers
        answer = house.post(TOKEN, {"grant_type": "x"}, headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


def test_no_token_and_no_secret_reaches_a_log(house: OAuthHouse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, secret = house.application(application_scopes=("OR.Jobs",))
    machine = house.token(grant_type="client_credentials", client_id=client.id, client_secret=secret).json()
    tokens = house.tokens()
    fresh = house.refresh(tokens["refresh_token"]).json()
    secrets = [secret, machine["access_token"], *(tokens[name] for name in ("access_token", "refresh_token"))]
    secrets += [fresh["access_token"], fresh["refresh_token"], tokens["id_token"]]
    text = json.dumps([record.getMessage() for record in caplog.records])
    assert [found for found in secrets if found in text] == []


def test_a_rotated_signing_key_leaves_older_tokens_good(house: OAuthHouse) -> None:
    before = house.tokens()["access_token"]
    house.world.clock.advance(timedelta(minutes=5))
    house.server.signing_keys.rotate_now()
    after = house.tokens()["access_token"]
    assert header_of(before)["kid"] != header_of(after)["kid"]
    house.server.verifier.verify(before)
    house.server.verifier.verify(after)
