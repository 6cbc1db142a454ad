"""The account host of 2019: its guide step by step, its user keys, and what goes wrong with both."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from tests.factories.oauth_house import CHALLENGE, VERIFIER, OAuthHouse, claims_of, header_of, sent_back

from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.oauth_clients.first_party import GUIDE_2019, USER_KEY_SCREEN, VENDOR_CLI
from stagedoor.identity.user_keys.errors import UserKeyRefused
from stagedoor.passage import CredentialKind

TOKEN_2019 = "/oauth/token"


def refresh_2019(house: OAuthHouse, refresh_token: str, client_id: str = GUIDE_2019, **more: object) -> dict[str, str]:
    body = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": refresh_token, **more}
    answer: dict[str, str] = house.request("POST", TOKEN_2019, json=body).json()
    return answer


def user_key(house: OAuthHouse) -> str:
    entry = house.people.directory.find_user(house.wim.id)
    assert entry is not None
    with house.world.database.write() as session:
        return house.server.user_keys.create(session, entry).reveal()


class TestTheGuide:
    def test_step_by_step_with_json(self, house: OAuthHouse) -> None:
        tokens = house.tokens_2019()
        assert set(tokens) == {"access_token", "refresh_token", "id_token", "scope", "expires_in", "token_type"}
        assert (tokens["expires_in"], tokens["token_type"]) == (86_400, "Bearer")
        assert tokens["scope"] == "openid profile offline_access email"
        claims = claims_of(tokens["access_token"])
        assert claims["iss"] == f"{house.base_url}/"
        assert claims["aud"][0] == "https://orchestrator.cloud.uipath.com"
        assert claims["azp"] == GUIDE_2019
        assert claims["exp"] - claims["iat"] == 86_400
        assert claims["https://uipath/email"] == "ada@acme.example"
        assert claims["sub"].endswith(f"|{house.ada.id}")
        assert header_of(tokens["access_token"])["typ"] == "JWT"
        assert claims_of(tokens["id_token"])["nonce"] == "n1"

    def test_the_token_carries_the_whole_person_and_does_not_administer(self, house: OAuthHouse) -> None:
        caller = house.server.verifier.verify(house.tokens_2019()["access_token"]).caller
        assert caller.credential_kind is CredentialKind.TOKEN_2019
        assert caller.terms.ceiling is None
        assert not caller.may_administer

    def test_the_id_token_is_for_discovery_alone(self, house: OAuthHouse) -> None:
        tokens = house.tokens_2019()
        person, client = house.server.verifier.verify_id_token(tokens["id_token"])
        assert (person.id, client.id) == (house.ada.id, GUIDE_2019)
        with pytest.raises(TokenRefused):
            house.server.verifier.verify(tokens["id_token"])
        with pytest.raises(TokenRefused):
            house.server.verifier.verify_id_token(tokens["access_token"])
        house.world.clock.advance(timedelta(hours=24))
        with pytest.raises(TokenRefused):
            house.server.verifier.verify_id_token(tokens["id_token"])

    def test_its_refresh_token_is_reusable_and_the_answer_holds_none(self, house: OAuthHouse) -> None:
        tokens = house.tokens_2019()
        for _ in range(3):
            house.world.clock.advance(timedelta(days=100))
            answer = refresh_2019(house, tokens["refresh_token"])
            assert set(answer) == {"access_token", "id_token", "scope", "expires_in", "token_type"}
            house.server.verifier.verify(answer["access_token"])

    def test_the_page_shows_the_code(self, house: OAuthHouse) -> None:
        page = house.get("/mobile?" + urlencode({"code": 'c0de"><script>', "state": "s1"}))
        assert page.status_code == 200
        assert "c0de" in page.text
        assert "s1" in page.text
        assert "<script>" not in page.text
        assert f"{house.base_url}/oauth/token" in page.text
        refused = house.get("/mobile?" + urlencode({"error": "access_denied", "error_description": "<b>no</b>"}))
        assert refused.status_code == 400
        assert "<b>no" not in refused.text
        assert house.get("/mobile").status_code == 400

    def test_people_have_five_minutes_to_copy_it(self, house: OAuthHouse) -> None:
        house.sign_in()
        query = {
            "response_type": "code",
            "client_id": GUIDE_2019,
            "redirect_uri": f"{house.base_url}/mobile",
            "scope": "openid offline_access",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        body = {
            "grant_type": "authorization_code",
            "client_id": GUIDE_2019,
            "redirect_uri": f"{house.base_url}/mobile",
            "code_verifier": VERIFIER,
        }
        first = sent_back(house.get(f"/authorize?{urlencode(query)}"))
        assert first["iss"] == f"{house.base_url}/"
        house.world.clock.advance(timedelta(seconds=299))
        assert house.request("POST", TOKEN_2019, json={**body, "code": first["code"]}).status_code == 200
        second = sent_back(house.get(f"/authorize?{urlencode(query)}"))
        house.world.clock.advance(timedelta(seconds=300))
        answer = house.request("POST", TOKEN_2019, json={**body, "code": second["code"]})
        assert answer.json()["error"] == "invalid_grant"

    def test_another_audience_is_refused_and_the_right_one_named(self, house: OAuthHouse) -> None:
        house.sign_in()
        query = {
            "response_type": "code",
            "client_id": GUIDE_2019,
            "redirect_uri": f"{house.base_url}/mobile",
            "audience": "https://elsewhere.example",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        answer = sent_back(house.get(f"/authorize?{urlencode(query)}"))
        assert answer["error"] == "invalid_request"
        assert "https://orchestrator.cloud.uipath.com" in answer["error_description"]


class TestUserKeys:
    def test_a_key_gives_tokens_by_json_and_by_form_until_it_is_revoked(self, house: OAuthHouse) -> None:
        key = user_key(house)
        by_json = refresh_2019(house, key, USER_KEY_SCREEN, servername="x", tenant_logical_name=None, port=443)
        fields = {"grant_type": "refresh_token", "client_id": USER_KEY_SCREEN, "refresh_token": key}
        by_form = house.post(TOKEN_2019, fields, headers={"X-UIPATH-TenantName": "dev"})
        assert by_form.status_code == 200, by_form.text
        for answer in (by_json, by_form.json()):
            assert "refresh_token" not in answer
            assert house.server.verifier.verify(answer["access_token"]).caller.user_id == house.wim.id
            assert claims_of(answer["id_token"])["aud"] == USER_KEY_SCREEN
        with house.world.database.write() as session:
            assert len(house.server.user_keys.list_keys(session, house.wim.id)) == 1
            assert house.server.user_keys.revoke_all(session, house.wim.id) == 1
            assert house.server.user_keys.list_keys(session, house.wim.id) == ()
        house.world.feed.catch_up()
        assert refresh_2019(house, key, USER_KEY_SCREEN)["error"] == "invalid_grant"
        with pytest.raises(TokenRefused):
            house.server.verifier.verify(by_json["access_token"])

    def test_any_client_of_2019_may_carry_it_and_no_other(self, house: OAuthHouse) -> None:
        key = user_key(house)
        assert "access_token" in refresh_2019(house, key, GUIDE_2019)
        assert refresh_2019(house, key, VENDOR_CLI)["error"] == "invalid_client"
        assert house.refresh(key).json()["error"] == "invalid_grant"

    def test_directory_users_get_none(self, house: OAuthHouse) -> None:
        directory_user = house.people.make("dora", is_directory_user=True, password=None)
        entry = house.people.directory.find_user(directory_user.id)
        assert entry is not None
        with house.world.database.write() as session, pytest.raises(UserKeyRefused):
            house.server.user_keys.create(session, entry)


class TestWrongForms:
    def test_fields_in_the_address_show_the_right_form(self, house: OAuthHouse) -> None:
        answer = house.request("POST", f"{TOKEN_2019}?grant_type=refresh_token&refresh_token=canary-77")
        assert answer.status_code == 400
        assert "application/json" in answer.json()["error_description"]
        assert "canary-77" not in answer.text

    @pytest.mark.parametrize(
        "body",
        [
            b"{'grant_type': 'refresh_token'}",
            b"[1]",
            b'"grant_type"',
            b'{"grant_type": ["refresh_token"]}',
            b'{"grant_type": "refresh_token", "grant_type": "authorization_code"}',
            b'{"grant_type": 7}',
            b"\xff\xfe",
            b"",
            b"[" * 50_000,
            b'{"a":' * 10_000,
        ],
    )
    def test_json_that_cannot_be_read_is_refused(self, house: OAuthHouse, body: bytes) -> None:
        answer = house.request("POST", TOKEN_2019, content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_a_client_at_the_wrong_endpoint_is_shown_the_right_one(self, house: OAuthHouse) -> None:
        answer = house.refresh("x", client_id=GUIDE_2019)
        assert "/oauth/token" in answer.json()["error_description"]
        assert "/identity_/connect/token" in refresh_2019(house, "x", VENDOR_CLI)["error_description"]

    def test_client_credentials_are_not_offered_here(self, house: OAuthHouse) -> None:
        body = {"grant_type": "client_credentials", "client_id": GUIDE_2019}
        assert house.request("POST", TOKEN_2019, json=body).json()["error"] == "unsupported_grant_type"
        assert house.get(TOKEN_2019).status_code == 405
