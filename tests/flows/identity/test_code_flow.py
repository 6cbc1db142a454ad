"""Authorization code with PKCE: the attacks first, then the way that works."""

import base64
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from tests.factories.oauth_house import (
    APP_REDIRECT,
    CHALLENGE,
    VENDOR_REDIRECT,
    VERIFIER,
    OAuthHouse,
    claims_of,
    form_of,
    header_of,
    return_url_of,
    sent_back,
)

from stagedoor.identity.issued_tokens.errors import Fault, TokenRefused
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.passage import CredentialKind


class TestAttacks:
    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge": None, "code_challenge_method": None},
            {"code_challenge_method": "plain"},
            {"code_challenge_method": None},
            {"code_challenge": "short"},
            {"code_challenge": "x" * 44},
            {"code_challenge": None},
        ],
    )
    def test_pkce_by_s256_is_demanded(self, house: OAuthHouse, changes: dict[str, str | None]) -> None:
        house.sign_in()
        answer = sent_back(house.authorize(**changes))
        assert answer["error"] == "invalid_request"
        assert answer["state"] == "st4te"
        assert answer["iss"] == f"{house.base_url}/identity_"
        assert "code" not in answer

    def test_pkce_is_demanded_of_confidential_clients_too(self, house: OAuthHouse) -> None:
        client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
        house.sign_in()
        answer = sent_back(
            house.authorize(
                client_id=client.id,
                redirect_uri=APP_REDIRECT,
                scope="OR.Jobs",
                code_challenge=None,
                code_challenge_method=None,
            )
        )
        assert answer["error"] == "invalid_request"

    @pytest.mark.parametrize(
        "verifier", ["", "w" * 43, "v" * 42, "v" * 129, "v" * 42 + "!", VERIFIER + "\n", CHALLENGE]
    )
    def test_a_wrong_verifier_gets_nothing_and_uses_the_code_up(self, house: OAuthHouse, verifier: str) -> None:
        house.sign_in()
        code = house.code()
        answer = house.exchange(code, code_verifier=verifier)
        assert answer.status_code == 400
        assert answer.json()["error"] in ("invalid_grant", "invalid_request")
        assert house.exchange(code).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        "redirect_uri",
        [
            "https://evil.example/oidc/login",
            "http://localhost:8104/other",
            "http://localhost.evil.example/oidc/login",
            "http://127.0.0.1:8104/oidc/login",
            "javascript:alert(1)",
            "http://localhost:8104/oidc/login#x",
            "",
            None,
        ],
    )
    def test_nobody_is_sent_to_a_redirect_that_is_not_registered(
        self, house: OAuthHouse, redirect_uri: str | None
    ) -> None:
        house.sign_in()
        answer = house.authorize(redirect_uri=redirect_uri)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "Redirect not registered" in answer.text

    def test_nobody_is_sent_anywhere_for_an_unknown_client(self, house: OAuthHouse) -> None:
        answer = house.authorize(client_id="<script>alert(1)</script>")
        assert answer.status_code == 400
        assert "<script>" not in answer.text

    def test_a_replayed_code_revokes_everything_that_it_gave(self, house: OAuthHouse) -> None:
        house.sign_in()
        code = house.code()
        tokens = house.exchange(code).json()
        house.server.verifier.verify(tokens["access_token"])
        replay = house.exchange(code)
        assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
        with pytest.raises(TokenRefused) as refused:
            house.server.verifier.verify(tokens["access_token"])
        assert refused.value.fault is Fault.REVOKED
        assert house.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_a_code_is_good_for_sixty_seconds(self, house: OAuthHouse) -> None:
        house.sign_in()
        first, second = house.code(), house.code()
        house.world.clock.advance(timedelta(seconds=59))
        assert house.exchange(first).status_code == 200
        house.world.clock.advance(timedelta(seconds=1))
        assert house.exchange(second).json()["error"] == "invalid_grant"

    def test_a_code_is_good_for_its_own_client_alone_and_survives_the_attempt(self, house: OAuthHouse) -> None:
        house.sign_in()
        code = house.code()
        assert house.exchange(code, client_id=STAGEDOOR_CLI).json()["error"] == "invalid_grant"
        assert house.exchange(code).status_code == 200

    @pytest.mark.parametrize("redirect_uri", ["", "http://localhost:8105/oidc/login", "http://localhost:8104/other"])
    def test_the_exchange_names_the_same_redirect(self, house: OAuthHouse, redirect_uri: str) -> None:
        house.sign_in()
        assert house.exchange(house.code(), redirect_uri=redirect_uri).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize("name", ["state", "client_id", "redirect_uri", "scope", "response_type", "code_challenge"])
    def test_a_field_that_comes_twice_is_explained_and_not_followed(self, house: OAuthHouse, name: str) -> None:
        answer = house.get(f"{house.authorize().request.url}&{name}=x")
        assert answer.status_code == 400

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": 'c\u00f6de"'}, "unsupported_response_type"),
            ({"response_type": None}, "unsupported_response_type"),
            ({"response_mode": "form_post"}, "invalid_request"),
            ({"response_mode": "fragment"}, "invalid_request"),
            ({"request": "x.y.z"}, "request_not_supported"),
            ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
            ({"prompt": "none login"}, "invalid_request"),
            ({"prompt": "nonsense"}, "invalid_request"),
            ({"max_age": "soon"}, "invalid_request"),
            ({"scope": "caf\u00e9"}, "invalid_scope"),
            ({"scope": " ".join(f"S{n}" for n in range(200))}, "invalid_scope"),
            ({"nonce": "n" * 600}, "invalid_request"),
        ],
    )
    def test_other_errors_go_back_to_the_client_with_state_and_issuer(
        self, house: OAuthHouse, changes: dict[str, str | None], error: str
    ) -> None:
        house.sign_in()
        answer = sent_back(house.authorize(**changes))
        assert answer["error"] == error
        assert answer["state"] == "st4te"
        assert answer["iss"] == f"{house.base_url}/identity_"

    def test_somebody_who_may_not_sign_in_any_more_gets_no_tokens(self, house: OAuthHouse) -> None:
        house.sign_in("wim")
        code = house.code()
        with house.world.database.write() as session:
            user = house.people.service.get_user(session, house.world.organization.id, house.wim.id)
            house.people.service.update_user(session, user, is_active=False)
        house.world.feed.catch_up()
        assert house.exchange(code).json()["error"] == "invalid_grant"
        assert house.authorize().headers["location"].startswith("/identity_/account/login")


class TestTheWayThatWorks:
    def test_the_vendors_command_line_gets_its_tokens(self, house: OAuthHouse) -> None:
        begin = house.authorize(nonce="n0nce")
        then = return_url_of(begin)
        assert house.sign_in("wim", return_url=then).headers["location"] == then
        answer = house.get(then)
        assert answer.headers["location"].startswith(VENDOR_REDIRECT + "?")
        fields = sent_back(answer)
        assert fields["state"] == "st4te"
        assert fields["iss"] == f"{house.base_url}/identity_"
        response = house.exchange(fields["code"])
        tokens = response.json()
        assert response.headers["cache-control"] == "no-store"
        assert set(tokens) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
        assert (tokens["expires_in"], tokens["token_type"]) == (3600, "Bearer")
        claims = claims_of(tokens["access_token"])
        now = int(house.world.clock.now().timestamp())
        assert claims["iss"] == f"{house.base_url}/identity_"
        assert claims["aud"] == "UiPath.Orchestrator"
        assert claims["prt_id"] == house.world.organization.id
        assert claims["sub"] == house.wim.id
        assert claims["sub_type"] == "user"
        assert (claims["iat"], claims["nbf"], claims["exp"]) == (now, now, now + 3600)
        assert claims["preferred_username"] == "wim"
        assert header_of(tokens["access_token"])["typ"] == "at+jwt"
        id_claims = claims_of(tokens["id_token"])
        assert (id_claims["nonce"], id_claims["aud"], id_claims["sub"]) == ("n0nce", claims["client_id"], house.wim.id)
        assert header_of(tokens["id_token"])["typ"] == "JWT"

    def test_the_token_opens_what_the_persons_roles_open(self, house: OAuthHouse) -> None:
        caller = house.server.verifier.verify(house.tokens("wim")["access_token"]).caller
        assert caller.credential_kind is CredentialKind.OAUTH_TOKEN
        assert caller.terms.ceiling is None
        assert caller.tenant_ids == {house.world.dev.id}
        assert not caller.may_administer

    def test_only_our_own_programs_administer(self, house: OAuthHouse) -> None:
        assert not house.server.verifier.verify(house.tokens("ada")["access_token"]).caller.may_administer
        redirect = "http://127.0.0.1:50123/callback"
        code = house.code(client_id=STAGEDOOR_CLI, redirect_uri=redirect, scope="openid OR.Default StagedoorManagement")
        tokens = house.exchange(code, client_id=STAGEDOOR_CLI, redirect_uri=redirect).json()
        assert "refresh_token" not in tokens
        caller = house.server.verifier.verify(tokens["access_token"]).caller
        assert caller.may_administer
        assert caller.terms.ceiling is None

    def test_a_first_party_client_can_ask_for_less(self, house: OAuthHouse) -> None:
        tokens = house.tokens("ada", scope="openid OR.Jobs.Read")
        assert house.server.verifier.verify(tokens["access_token"]).caller.terms.ceiling == ("scope:OR.Jobs.Read",)

    def test_a_token_that_names_nothing_of_orchestrator_opens_nothing_there(self, house: OAuthHouse) -> None:
        tokens = house.tokens("ada", scope="openid profile")
        with pytest.raises(TokenRefused) as refused:
            house.server.verifier.verify(tokens["access_token"])
        assert refused.value.fault is Fault.WRONG_AUDIENCE

    def test_an_id_token_is_no_access_token(self, house: OAuthHouse) -> None:
        with pytest.raises(TokenRefused) as refused:
            house.server.verifier.verify(house.tokens()["id_token"])
        assert refused.value.fault is Fault.WRONG_KIND

    def test_the_vendors_go_command_line_leaves_the_path_out_at_first(self, house: OAuthHouse) -> None:
        client, _ = house.application(
            is_confidential=False, redirect_uris=("http://localhost:42010/cb",), user_scopes=("OR.Jobs",)
        )
        house.sign_in()
        page = house.authorize(
            client_id=client.id, redirect_uri="http://localhost:42010", scope="OR.Jobs offline_access"
        )
        allowed = house.post("/identity_/account/consent", {**form_of(page), "decision": "allow"})
        code = sent_back(house.get(allowed.headers["location"]))["code"]
        fields = {"scope": "", "refresh_token": "", "client_secret": ""}
        answer = house.post(
            "/identity_/connect/token",
            {
                "grant_type": "authorization_code",
                "client_id": client.id,
                "code": code,
                "redirect_uri": "http://localhost:42010/cb",
                "code_verifier": VERIFIER,
                **fields,
            },
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["scope"] == "OR.Jobs offline_access"

    def test_a_request_that_comes_as_a_form_goes_on_as_an_address(self, house: OAuthHouse) -> None:
        query = urlsplit(str(house.authorize().request.url)).query
        answer = house.post(
            "/identity_/connect/authorize",
            content=query,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/identity_/connect/authorize?")

    def test_a_confidential_application_proves_itself_with_its_secret(self, house: OAuthHouse) -> None:
        client, secret = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
        house.sign_in()
        page = house.authorize(client_id=client.id, redirect_uri=APP_REDIRECT, scope="OR.Jobs.Read")
        allowed = house.post("/identity_/account/consent", {**form_of(page), "decision": "allow"})
        code = sent_back(house.get(allowed.headers["location"]))["code"]
        wanted = {"client_id": client.id, "redirect_uri": APP_REDIRECT}
        assert house.exchange(code, **wanted).json()["error"] == "invalid_client"
        assert house.exchange(code, **wanted, client_secret="wrong").json()["error"] == "invalid_client"
        basic = base64.b64encode(f"{client.id}:{secret}".encode()).decode()
        answer = house.post(
            "/identity_/connect/token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": APP_REDIRECT,
                "code_verifier": VERIFIER,
            },
            headers={"Authorization": f"Basic {basic}"},
        )
        assert answer.status_code == 200, answer.text
        caller = house.server.verifier.verify(answer.json()["access_token"]).caller
        assert caller.terms.ceiling == ("scope:OR.Jobs.Read",)
        assert not caller.may_administer


class TestPrompts:
    def test_none_shows_no_page(self, house: OAuthHouse) -> None:
        assert sent_back(house.authorize(prompt="none"))["error"] == "login_required"
        house.sign_in()
        assert "code" in sent_back(house.authorize(prompt="none"))

    def test_login_asks_again_and_once(self, house: OAuthHouse) -> None:
        house.sign_in()
        then = return_url_of(house.authorize(prompt="login"))
        assert "prompt" not in then
        assert "code" in sent_back(house.get(then))

    def test_a_sign_in_that_is_too_old_is_asked_for_again(self, house: OAuthHouse) -> None:
        house.sign_in()
        house.world.clock.advance(timedelta(minutes=10))
        assert "code" in sent_back(house.authorize(max_age="600"))
        house.world.clock.advance(timedelta(seconds=1))
        assert "max_age" not in return_url_of(house.authorize(max_age="600"))

    def test_a_session_ends_after_half_a_day(self, house: OAuthHouse) -> None:
        house.sign_in()
        house.world.clock.advance(timedelta(hours=12))
        return_url_of(house.authorize())


class TestOrganizations:
    def test_a_name_becomes_an_id_on_the_way_to_the_sign_in_page(self, house: OAuthHouse) -> None:
        then = return_url_of(house.authorize(acr_values="tenantName:ACME"))
        assert f"acr_values=tenant%3A{house.world.organization.id}" in then
        house.sign_in()
        assert "code" in sent_back(house.get(then))

    def test_the_organization_of_the_path_counts(self, house: OAuthHouse) -> None:
        house.door.organization = "acme"
        assert f"tenant%3A{house.world.organization.id}" in return_url_of(house.authorize())

    def test_an_unknown_organization_is_explained(self, house: OAuthHouse) -> None:
        assert house.authorize(acr_values="tenantName:nobody").status_code == 404

    def test_somebody_of_another_organization_signs_in_anew(self, house: OAuthHouse) -> None:
        with house.world.database.write() as session:
            house.world.organizations.create_organization(session, "other")
        house.world.feed.catch_up()
        house.sign_in()
        return_url_of(house.authorize(acr_values="tenantName:other"))


def test_a_person_can_refuse_an_application(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
    house.sign_in()
    wanted = {"client_id": client.id, "redirect_uri": APP_REDIRECT, "scope": "OR.Jobs"}
    page = house.authorize(**wanted)
    assert page.status_code == 200
    assert "form-action 'self' https://app.example" in page.headers["content-security-policy"]
    answer = sent_back(house.post("/identity_/account/consent", {**form_of(page), "decision": "deny"}))
    assert (answer["error"], answer["state"]) == ("access_denied", "st4te")
    assert sent_back(house.authorize(**wanted, prompt="none"))["error"] == "consent_required"


def test_consent_is_remembered_for_what_was_asked_and_no_more(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs", "OR.Assets"))
    house.sign_in()
    wanted = {"client_id": client.id, "redirect_uri": APP_REDIRECT}
    page = house.authorize(**wanted, scope="OR.Jobs")
    house.post("/identity_/account/consent", {**form_of(page), "decision": "allow"})
    assert "code" in sent_back(house.authorize(**wanted, scope="OR.Jobs"))
    assert house.authorize(**wanted, scope="OR.Jobs OR.Assets").status_code == 200
    assert house.authorize(**wanted, scope="OR.Jobs", prompt="consent").status_code == 200


def test_consent_cannot_be_given_from_another_site(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
    house.sign_in()
    page = house.authorize(client_id=client.id, redirect_uri=APP_REDIRECT, scope="OR.Jobs")
    fields = {**form_of(page), "decision": "allow"}
    forged = house.post("/identity_/account/consent", {**fields, "mark": "0" * 64})
    assert forged.status_code == 400
    cross = house.post("/identity_/account/consent", fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 400
    assert house.authorize(client_id=client.id, redirect_uri=APP_REDIRECT, scope="OR.Jobs").status_code == 200


def test_an_application_gets_only_scopes_that_it_is_registered_with(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
    house.sign_in()
    query = {"client_id": client.id, "redirect_uri": APP_REDIRECT}
    answer = sent_back(house.authorize(**query, scope="OR.Jobs OR.Assets.Read Nonsense"))
    assert answer["error"] == "invalid_scope"
    assert "OR.Assets.Read" in answer["error_description"]
    assert "Unknown: Nonsense." in answer["error_description"]


def test_an_application_belongs_to_its_organization_alone(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
    with house.world.database.write() as session:
        house.world.organizations.create_organization(session, "other")
    house.world.feed.catch_up()
    house.sign_in()
    query = {"client_id": client.id, "redirect_uri": APP_REDIRECT, "scope": "OR.Jobs"}
    assert sent_back(house.authorize(**query, acr_values="tenantName:other"))["error"] == "access_denied"


def test_an_application_without_a_scope_in_the_request_gets_what_is_registered(house: OAuthHouse) -> None:
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs", "OR.Assets"))
    house.sign_in()
    page = house.authorize(client_id=client.id, redirect_uri=APP_REDIRECT, scope=None)
    assert "OR.Assets" in page.text
    allowed = house.post("/identity_/account/consent", {**form_of(page), "decision": "allow"})
    assert "code" in sent_back(house.get(allowed.headers["location"]))
