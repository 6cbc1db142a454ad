"""Revocation, introspection, userinfo, discovery, end session."""

from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.factories.oauth_house import OAuthHouse, form_of

from stagedoor.identity.issued_tokens.errors import Fault, TokenRefused
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI, STAGEDOOR_CONSOLE, VENDOR_CLI

REVOCATION = "/identity_/connect/revocation"
INTROSPECTION = "/identity_/connect/introspect"
USERINFO = "/identity_/connect/userinfo"
END_SESSION = "/identity_/connect/endsession"


class TestRevocation:
    def test_a_refresh_token_takes_its_access_tokens_along(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        house.server.verifier.verify(tokens["access_token"])
        answer = house.post(REVOCATION, {"client_id": VENDOR_CLI, "token": tokens["refresh_token"]})
        assert answer.status_code == 200
        with pytest.raises(TokenRefused) as refused:
            house.server.verifier.verify(tokens["access_token"])
        assert refused.value.fault is Fault.REVOKED
        assert house.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_an_access_token_ends_alone(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        fields = {"client_id": VENDOR_CLI, "token": tokens["access_token"], "token_type_hint": "nonsense"}
        assert house.post(REVOCATION, fields).status_code == 200
        assert house.post(REVOCATION, fields).status_code == 200
        with pytest.raises(TokenRefused):
            house.server.verifier.verify(tokens["access_token"])
        assert house.refresh(tokens["refresh_token"]).status_code == 200

    def test_another_client_cannot_end_it(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        for token in (tokens["access_token"], tokens["refresh_token"]):
            assert house.post(REVOCATION, {"client_id": STAGEDOOR_CLI, "token": token}).status_code == 200
        house.server.verifier.verify(tokens["access_token"])
        assert house.refresh(tokens["refresh_token"]).status_code == 200

    def test_an_unknown_token_is_no_error_and_an_unknown_client_is(self, house: OAuthHouse) -> None:
        assert house.post(REVOCATION, {"client_id": VENDOR_CLI, "token": "x"}).status_code == 200
        assert house.post(REVOCATION, {"client_id": VENDOR_CLI}).json()["error"] == "invalid_request"
        assert house.post(REVOCATION, {"client_id": "x", "token": "x"}).json()["error"] == "invalid_client"
        assert house.get(REVOCATION).status_code == 405

    def test_other_processes_hear_of_it(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        house.server.revocations.load()
        house.post(REVOCATION, {"client_id": VENDOR_CLI, "token": tokens["access_token"]})
        fresh = type(house.server.revocations)(house.world.database, house.world.clock)
        fresh.load()
        assert fresh.holds(house.server.verifier._open(tokens["access_token"])[1]["jti"], None)


class TestIntrospection:
    def test_only_a_confidential_client_may_ask(self, house: OAuthHouse) -> None:
        token = house.tokens()["access_token"]
        assert house.post(INTROSPECTION, {"client_id": VENDOR_CLI, "token": token}).json()["error"] == "invalid_client"

    def test_a_good_token_is_described(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        tokens = house.tokens("wim")
        mine = {"client_id": client.id, "client_secret": secret}
        access = house.post(INTROSPECTION, {**mine, "token": tokens["access_token"]}).json()
        assert access["active"] is True
        assert (access["username"], access["sub"], access["client_id"]) == ("wim", house.wim.id, VENDOR_CLI)
        refresh = house.post(INTROSPECTION, {**mine, "token": tokens["refresh_token"]}).json()
        assert (refresh["active"], refresh["sub"]) == (True, house.wim.id)
        house.refresh(tokens["refresh_token"])
        assert house.post(INTROSPECTION, {**mine, "token": tokens["refresh_token"]}).json() == {"active": False}
        for token in ("x", "sdr_x", tokens["id_token"]):
            assert house.post(INTROSPECTION, {**mine, "token": token}).json() == {"active": False}
        assert house.post(INTROSPECTION, mine).json()["error"] == "invalid_request"

    def test_a_token_of_another_organization_is_nobodys_business(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        with house.world.database.write() as session:
            other = house.world.organizations.create_organization(session, "other")
            house.world.organization, acme = other, house.world.organization
        client, secret = house.application(application_scopes=("OR.Jobs",))
        house.world.organization = acme
        for token in (tokens["access_token"], tokens["refresh_token"]):
            fields = {"client_id": client.id, "client_secret": secret, "token": token}
            assert house.post(INTROSPECTION, fields).json() == {"active": False}


class TestUserinfo:
    def test_it_wants_an_access_token(self, house: OAuthHouse) -> None:
        answer = house.get(USERINFO)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        for token in ("x", house.tokens()["id_token"], "a.b.c"):
            answer = house.get(USERINFO, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    def test_it_tells_what_the_scopes_allow(self, house: OAuthHouse) -> None:
        token = house.tokens(scope="openid")["access_token"]
        body = house.get(USERINFO, headers={"Authorization": f"bearer {token}"}).json()
        assert body == {"sub": house.ada.id, "prt_id": house.world.organization.id}
        token = house.tokens(scope="openid email profile")["access_token"]
        body = house.request("POST", USERINFO, headers={"Authorization": f"Bearer {token}"}).json()
        assert (body["email"], body["preferred_username"]) == ("ada@acme.example", "ada")

    def test_a_token_without_openid_is_not_enough(self, house: OAuthHouse) -> None:
        client, secret = house.application(application_scopes=("OR.Jobs",))
        fields = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": secret}
        for token in (house.tokens(scope="OR.Jobs")["access_token"], house.token(**fields).json()["access_token"]):
            assert house.get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code == 403


class TestDiscovery:
    def test_the_document_names_endpoints_that_answer(self, house: OAuthHouse) -> None:
        document = house.get("/identity_/.well-known/openid-configuration").json()
        assert document["issuer"] == f"{house.base_url}/identity_"
        for name, address in document.items():
            if name.endswith(("_endpoint", "_uri")) and isinstance(address, str):
                assert house.get(address).status_code != 404, name
        assert document["code_challenge_methods_supported"] == ["S256"]
        assert house.get("/identity_/.well-known/nonsense").status_code == 404

    def test_tokens_verify_with_the_published_keys(self, house: OAuthHouse) -> None:
        tokens = house.tokens()
        keys = KeySet.import_key_set(house.get("/identity_/.well-known/openid-configuration/jwks").json())
        for name in ("access_token", "id_token"):
            assert jwt.decode(tokens[name], keys, ["RS256"]).claims["iss"] == f"{house.base_url}/identity_"


class TestEndSession:
    @pytest.fixture
    def console_tokens(self, house: OAuthHouse) -> dict[str, str]:
        redirect = f"{house.base_url}/console/callback"
        house.sign_in()
        code = house.code(client_id=STAGEDOOR_CONSOLE, redirect_uri=redirect, scope="openid")
        tokens: dict[str, str] = house.exchange(code, client_id=STAGEDOOR_CONSOLE, redirect_uri=redirect).json()
        return tokens

    def test_a_client_signs_its_person_out_and_gets_the_browser_back(
        self, house: OAuthHouse, console_tokens: dict[str, str]
    ) -> None:
        fields = {
            "id_token_hint": console_tokens["id_token"],
            "post_logout_redirect_uri": f"{house.base_url}/console",
            "state": "s",
        }
        answer = house.get(f"{END_SESSION}?{urlencode(fields)}")
        assert answer.headers["location"] == f"{house.base_url}/console?state=s"
        assert house.authorize().headers["location"].startswith("/identity_/account/login")

    @pytest.mark.parametrize("then", ["https://evil.example/", "/console", "http://127.0.0.1:8120/console/"])
    def test_the_browser_goes_only_where_it_was_registered(
        self, house: OAuthHouse, console_tokens: dict[str, str], then: str
    ) -> None:
        fields = {"id_token_hint": console_tokens["id_token"], "post_logout_redirect_uri": then}
        answer = house.get(f"{END_SESSION}?{urlencode(fields)}")
        assert answer.status_code == 200
        assert "signed out" in answer.text

    @pytest.mark.parametrize("hint", [None, "x", "access_token", "other_client", "other_person"])
    def test_without_proof_the_person_is_asked(
        self, house: OAuthHouse, console_tokens: dict[str, str], hint: str | None
    ) -> None:
        fields = {"post_logout_redirect_uri": f"{house.base_url}/console"}
        if hint == "access_token":
            fields["id_token_hint"] = console_tokens["access_token"]
        elif hint == "other_client":
            fields |= {"id_token_hint": console_tokens["id_token"], "client_id": VENDOR_CLI}
        elif hint == "other_person":
            fields["id_token_hint"] = console_tokens["id_token"]
            house.sign_in("wim")
        elif hint is not None:
            fields["id_token_hint"] = hint
        answer = house.get(f"{END_SESSION}?{urlencode(fields)}")
        assert answer.headers["location"] == "/identity_/account/logout"
        assert "code" in house.authorize().headers["location"]
        page = house.get("/identity_/account/logout")
        assert house.post("/identity_/account/logout", {"mark": "x"}).status_code == 400
        assert house.post("/identity_/account/logout", form_of(page)).status_code == 200
        assert house.authorize().headers["location"].startswith("/identity_/account/login")
        assert house.get("/identity_/account/logout").status_code == 200
