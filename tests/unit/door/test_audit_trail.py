"""What the audit keeps of a visit, and above all of each request to identity: one row, telling, without a secret."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.house import REDIRECT, SmallHouse, open_small_house

from stagedoor.audit.event_names import EventName
from stagedoor.audit.models import AuditRow
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.passage import IdentityEvent

LEGACY_PATH = "/acme/dev/api/account/authenticate"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(autouse=True)
def _rested(request: pytest.FixtureRequest) -> None:
    # The house is shared: each test begins signed out, with its attempts given back and no row unread.
    if "small" in request.fixturenames:
        house: SmallHouse = request.getfixturevalue("small")
        house.browser.cookies.clear()
        house.clock.advance(timedelta(minutes=10))
        house.new_rows()


def only(rows: list[AuditRow]) -> AuditRow:
    assert len(rows) == 1, [(row.event, row.path) for row in rows]
    return rows[0]


def last(small: SmallHouse, event: EventName) -> AuditRow:
    return only([row for row in small.new_rows() if row.event == event])


def legacy_login(small: SmallHouse, username: str, password: str) -> int:
    body = {"tenancyName": "dev", "usernameOrEmailAddress": username, "password": password}
    return small.request("POST", LEGACY_PATH, json=body).status_code


def test_every_outcome_of_identity_has_its_event_name() -> None:
    for event in IdentityEvent:
        assert EventName(f"identity:{event}")


class TestSignIn:
    def test_success_names_the_person(self, small: SmallHouse) -> None:
        small.sign_in("admin", small.admin_password)
        row = last(small, EventName.IDENTITY_SIGN_IN_SUCCEEDED)
        assert (row.caller_kind, row.caller_name, row.organization, row.verdict) == ("user", "admin", "acme", "allowed")

    def test_failure_names_nobody_but_shows_in_the_organization_that_was_named(self, small: SmallHouse) -> None:
        small.sign_in("admin", "canary-wrong-password")
        row = last(small, EventName.IDENTITY_SIGN_IN_FAILED)
        assert (row.caller_id, row.organization, row.verdict) == (None, "acme", "denied")
        assert (row.reason, row.status) == ("sign_in_refused", 400)

    def test_too_many_attempts_are_a_reason_of_their_own(self, small: SmallHouse) -> None:
        for _ in range(11):
            small.sign_in("nobody", "canary-wrong-password")
        assert small.new_rows()[-1].reason == "too_many_attempts"

    def test_a_form_of_another_site_is_a_failed_sign_in(self, small: SmallHouse) -> None:
        small.request("POST", "/identity_/account/login", data={"username": "admin", "password": "x", "mark": "forged"})
        row = only(small.new_rows())
        assert (row.event, row.reason) == (EventName.IDENTITY_SIGN_IN_FAILED, "form_refused")

    def test_a_form_that_cannot_be_read_is_one_too(self, small: SmallHouse) -> None:
        small.request("POST", "/identity_/account/login", json={"username": "admin"})
        row = only(small.new_rows())
        assert (row.event, row.reason) == (EventName.IDENTITY_SIGN_IN_FAILED, "invalid_request")

    def test_signing_out_names_the_person(self, small: SmallHouse) -> None:
        small.sign_in("admin", small.admin_password)
        page = small.request("GET", "/identity_/account/logout")
        mark = page.text.partition('name="mark" value="')[2].partition('"')[0]
        small.request("POST", "/identity_/account/logout", data={"mark": mark})
        row = last(small, EventName.IDENTITY_SIGN_OUT_SUCCEEDED)
        assert (row.caller_name, row.verdict) == ("admin", "allowed")

    def test_a_page_that_is_only_shown_is_an_answered_request(self, small: SmallHouse) -> None:
        small.request("GET", "/identity_/account/login")
        row = only(small.new_rows())
        assert (row.event, row.verdict, row.reason) == (EventName.IDENTITY_REQUEST_ANSWERED, None, None)


class TestAuthorize:
    def test_a_grant_names_person_client_and_scope(self, small: SmallHouse) -> None:
        small.sign_in("admin", small.admin_password)
        small.code()
        row = last(small, EventName.IDENTITY_AUTHORIZATION_GRANTED)
        assert (row.caller_name, row.credential_kind, row.credential_id) == ("admin", "oauth_client", STAGEDOOR_CLI)
        assert row.sentence is not None
        assert "StagedoorManagement" in row.sentence

    def test_whoever_has_to_sign_in_first_is_not_refused(self, small: SmallHouse) -> None:
        small.authorize()
        row = only(small.new_rows())
        assert (row.event, row.verdict) == (EventName.IDENTITY_REQUEST_ANSWERED, None)
        assert (row.caller_kind, row.credential_id) == ("external_application", STAGEDOOR_CLI)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"client_id": "nobody"}, "client_unknown"),
            ({"redirect_uri": "https://evil.example/"}, "redirect_not_registered"),
            ({"acr_values": "tenantName:nowhere"}, "organization_unknown"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"prompt": "none"}, "login_required"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
        ],
    )
    def test_a_refusal_has_its_reason(self, small: SmallHouse, changes: dict[str, str], reason: str) -> None:
        small.authorize(**changes)
        row = only(small.new_rows())
        assert (row.event, row.verdict) == (EventName.IDENTITY_AUTHORIZATION_REFUSED, "denied")
        assert row.reason == reason
        assert row.sentence

    def test_an_address_with_a_field_twice_is_refused(self, small: SmallHouse) -> None:
        small.request("GET", "/identity_/connect/authorize?client_id=a&client_id=b")
        assert only(small.new_rows()).reason == "invalid_request"

    def test_consent_is_asked_denied_and_given_by_a_person(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        order = {
            "name": "Reports",
            "redirect_uris": [REDIRECT],
            "is_confidential": False,
            "user_scopes": ["OR.Jobs.Read"],
        }
        made = small.manage("POST", "/apps", token, json=order)
        assert made.status_code == 201, made.text
        small.new_rows()
        wanted = {"client_id": made.json()["id"], "scope": "OR.Jobs.Read"}

        page = small.authorize(**wanted)
        asked = only(small.new_rows())
        assert (asked.event, asked.caller_name) == (EventName.IDENTITY_REQUEST_ANSWERED, "admin")

        small.send_form(page, "/identity_/account/consent", decision="deny")
        denied = only(small.new_rows())
        assert (denied.event, denied.reason) == (EventName.IDENTITY_AUTHORIZATION_REFUSED, "access_denied")
        assert (denied.caller_name, denied.credential_id) == ("admin", wanted["client_id"])

        small.send_form(page, "/identity_/account/consent", decision="allow")
        small.authorize(**wanted)
        granted = small.new_rows()[-1]
        assert (granted.event, granted.caller_name) == (EventName.IDENTITY_AUTHORIZATION_GRANTED, "admin")


class TestTokens:
    def test_tokens_issued_name_person_client_and_grant(self, small: SmallHouse) -> None:
        small.tokens()
        row = last(small, EventName.IDENTITY_TOKEN_ISSUED)
        assert (row.caller_name, row.credential_id, row.verdict) == ("admin", STAGEDOOR_CLI, "allowed")
        assert row.sentence is not None
        assert "authorization_code" in row.sentence

    def test_a_replayed_code_is_a_refusal_with_its_reason(self, small: SmallHouse) -> None:
        small.sign_in("admin", small.admin_password)
        code = small.code()
        small.exchange(code)
        small.new_rows()
        small.exchange(code)
        row = only(small.new_rows())
        assert (row.event, row.reason) == (EventName.IDENTITY_TOKEN_REFUSED, "code_replayed")
        assert (row.caller_name, row.credential_id, row.verdict) == ("admin", STAGEDOOR_CLI, "denied")

    def test_a_reused_refresh_token_is_a_refusal_with_its_reason_and_so_is_the_end_of_its_family(
        self, small: SmallHouse
    ) -> None:
        first = small.tokens()["refresh_token"]
        second = small.refresh(first).json()["refresh_token"]
        small.refresh(second)
        small.new_rows()
        small.refresh(first)
        reused = only(small.new_rows())
        assert (reused.event, reused.reason) == (EventName.IDENTITY_TOKEN_REFUSED, "refresh_token_reused")
        assert reused.caller_name == "admin"
        small.refresh(second)
        assert only(small.new_rows()).reason == "refresh_token_revoked"

    def test_an_expired_code_names_whose_it_was(self, small: SmallHouse) -> None:
        small.sign_in("admin", small.admin_password)
        code = small.code()
        small.clock.advance(timedelta(minutes=2))
        small.new_rows()
        small.exchange(code)
        row = only(small.new_rows())
        assert (row.reason, row.caller_name) == ("code_expired", "admin")

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"grant_type": "password", "username": "admin", "password": "canary"}, "unsupported_grant_type"),
            ({}, "invalid_request"),
            ({"grant_type": "refresh_token", "refresh_token": "sdr_" + "x" * 43}, "refresh_token_unknown"),
            ({"grant_type": "authorization_code", "code": "x" * 43}, "code_unknown"),
        ],
    )
    def test_a_refusal_has_its_reason(self, small: SmallHouse, fields: dict[str, str], reason: str) -> None:
        small.token(**fields)
        row = only(small.new_rows())
        assert (row.event, row.reason, row.verdict) == (EventName.IDENTITY_TOKEN_REFUSED, reason, "denied")

    def test_a_client_with_a_wrong_secret_is_not_named(self, small: SmallHouse) -> None:
        small.token(grant_type="client_credentials", client_id="someone", client_secret="canary-secret")
        row = only(small.new_rows())
        assert (row.reason, row.caller_id, row.credential_id) == ("invalid_client", None, None)

    def test_an_application_that_acts_for_itself_is_the_caller(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        made = small.manage(
            "POST", "/apps", token, json={"name": "Robot", "is_confidential": True, "application_scopes": ["OR.Jobs"]}
        ).json()
        small.new_rows()
        proved = {"client_id": made["id"], "client_secret": made["secret"]}
        small.token(grant_type="client_credentials", **proved)
        row = only(small.new_rows())
        assert (row.event, row.caller_kind) == (EventName.IDENTITY_TOKEN_ISSUED, "external_application")
        assert (row.caller_name, row.organization) == ("Robot", "acme")

        small.request("POST", "/identity_/connect/introspect", data={**proved, "token": "nothing"})
        asked = only(small.new_rows())
        assert (asked.event, asked.caller_name) == (EventName.IDENTITY_REQUEST_ANSWERED, "Robot")

    def test_a_token_revoked_names_whose_it_was(self, small: SmallHouse) -> None:
        refresh_token = small.tokens()["refresh_token"]
        small.new_rows()
        for expected in (EventName.IDENTITY_TOKEN_REVOKED, EventName.IDENTITY_TOKEN_REVOKED):
            small.request(
                "POST", "/identity_/connect/revocation", data={"client_id": STAGEDOOR_CLI, "token": refresh_token}
            )
            row = only(small.new_rows())
            assert (row.event, row.caller_name, row.credential_id) == (expected, "admin", STAGEDOOR_CLI)
        small.request("POST", "/identity_/connect/revocation", data={"client_id": STAGEDOOR_CLI, "token": "none"})
        nothing = only(small.new_rows())
        assert (nothing.event, nothing.verdict) == (EventName.IDENTITY_REQUEST_ANSWERED, None)
        small.request("POST", "/identity_/connect/revocation", data={"client_id": "nobody", "token": "none"})
        refused = only(small.new_rows())
        assert (refused.reason, refused.verdict) == ("invalid_client", "denied")

    @pytest.mark.parametrize("endpoint", ["revocation", "introspect", "endsession"])
    def test_what_cannot_be_read_is_refused_with_the_reason(self, small: SmallHouse, endpoint: str) -> None:
        small.request("POST", f"/identity_/connect/{endpoint}", json={"token": "x"})
        row = only(small.new_rows())
        assert (row.reason, row.verdict) == ("invalid_request", "denied")

    def test_userinfo_names_its_caller_or_the_reason(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        small.new_rows()
        small.request("GET", "/identity_/connect/userinfo", headers={"Authorization": f"Bearer {token}"})
        row = only(small.new_rows())
        assert (row.caller_name, row.verdict) == ("admin", None)
        small.request("GET", "/identity_/connect/userinfo", headers={"Authorization": "Bearer nonsense"})
        refused = only(small.new_rows())
        assert (refused.reason, refused.verdict, refused.caller_id) == ("invalid_token", "denied", None)

    def test_discovery_names_its_caller_or_the_reason(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        small.new_rows()
        path = "/acme/portal_/api/filtering/leftnav/tenantsAndOrganizationInfo"
        small.ask("GET", path, key=token)
        assert only(small.new_rows()).caller_name == "admin"
        small.ask("GET", path.replace("acme", "other"), key=token)
        wrong = only(small.new_rows())
        assert (wrong.caller_name, wrong.reason, wrong.verdict) == ("admin", "organization_unknown", "denied")
        small.ask("GET", path)
        assert only(small.new_rows()).reason == "not_authenticated"


class TestLegacySignIn:
    def test_a_login_names_user_and_tenant(self, small: SmallHouse) -> None:
        first_start = small.house.first_start
        assert first_start.legacy_username is not None
        assert first_start.legacy_password is not None
        assert legacy_login(small, first_start.legacy_username, first_start.legacy_password.reveal()) == 200
        row = only(small.new_rows())
        assert (row.event, row.verdict) == (EventName.IDENTITY_LEGACY_SIGN_IN_SUCCEEDED, "allowed")
        assert (row.caller_name, row.tenant, row.organization) == (first_start.legacy_username, "dev", "acme")

    def test_a_wrong_password_names_nobody(self, small: SmallHouse) -> None:
        legacy_login(small, "legacy.script", "canary-wrong-password")
        row = only(small.new_rows())
        assert (row.event, row.reason) == (EventName.IDENTITY_LEGACY_SIGN_IN_FAILED, "invalid_credentials")
        assert (row.caller_id, row.organization, row.verdict) == (None, "acme", "denied")

    def test_who_proved_to_be_the_user_is_named_with_the_condition_that_failed(self, small: SmallHouse) -> None:
        assert legacy_login(small, "admin", small.admin_password) == 400
        row = only(small.new_rows())
        assert (row.event, row.caller_name) == (EventName.IDENTITY_LEGACY_SIGN_IN_FAILED, "admin")
        assert row.reason == "user_came_later"
        assert row.sentence

    def test_a_body_in_the_wrong_form_is_a_failure_with_its_reason(self, small: SmallHouse) -> None:
        small.request("POST", LEGACY_PATH, data={"password": "canary"})
        assert only(small.new_rows()).reason == "login_body_refused"


def test_no_secret_of_identity_is_ever_in_a_row(tmp_path: Path) -> None:
    with open_small_house(tmp_path) as small:
        canaries = ["canary-password-1", small.admin_password]
        small.sign_in("admin", "canary-password-1")
        small.sign_in("canary-password-1", "x")
        small.sign_in("admin", small.admin_password)
        code = small.code()
        tokens = small.exchange(code).json()
        small.exchange(code)
        canaries += [code, tokens["access_token"], tokens["refresh_token"], tokens["id_token"]]
        tokens = small.tokens()
        renewed = small.refresh(tokens["refresh_token"]).json()
        small.refresh(renewed["refresh_token"])
        small.refresh(tokens["refresh_token"])
        canaries += [tokens["refresh_token"], renewed["refresh_token"], renewed["access_token"]]
        token = small.tokens()["access_token"]
        order = {"name": "Robot", "is_confidential": True, "application_scopes": ["OR.Jobs"]}
        made = small.manage("POST", "/apps", token, json=order).json()
        proof = base64.b64encode(f"{made['id']}:{made['secret']}".encode()).decode()
        wrong = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": "canary-secret-2"}
        small.token(**wrong)
        small.request(
            "POST",
            f"/identity_/connect/token?client_secret={made['secret']}",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {proof}"},
        )
        small.token(grant_type=made["secret"])
        canaries += [made["secret"], "canary-secret-2", proof]
        legacy_login(small, "canary-password-1", "canary-password-3")
        legacy_password = small.house.first_start.legacy_password
        assert legacy_password is not None
        logged_in = {"tenancyName": "dev", "usernameOrEmailAddress": "legacy.script"}
        answer = small.request("POST", LEGACY_PATH, json={**logged_in, "password": legacy_password.reveal()})
        canaries += ["canary-password-3", legacy_password.reveal(), answer.json()["result"]]
        small.request("GET", f"/acme/dev/api/account/authenticate?password={canaries[0]}")
        cookie = small.browser.cookies.get("stagedoor_session")
        assert cookie is not None
        canaries.append(cookie)
        written = [str(vars(row)) for row in small.rows()]
        assert len(written) > 20
        for canary in canaries:
            assert [row for row in written if canary in row] == [], canary[:24]


class TestOtherSurfaces:
    @pytest.mark.parametrize(
        ("method", "path", "event"),
        [
            ("GET", "/acme/dev/orchestrator_/odata/Jobs", EventName.ORCHESTRATOR_OPERATION_CALLED),
            ("GET", "/api/stagedoor/v1/whoami", EventName.ADMIN_REQUEST_ANSWERED),
            ("GET", "/console", EventName.CONSOLE_PAGE_ANSWERED),
            ("GET", "/nowhere", EventName.DOOR_REQUEST_REFUSED),
        ],
    )
    def test_each_leaves_one_row_of_its_own(self, small: SmallHouse, method: str, path: str, event: EventName) -> None:
        small.ask(method, path)
        assert only(small.new_rows()).event == event

    @pytest.mark.parametrize("path", ["/healthz", "/console/static/console.css", "/identity_/static/identity.css"])
    def test_probes_and_styles_leave_none(self, small: SmallHouse, path: str) -> None:
        assert small.ask("GET", path).status == 200
        assert small.new_rows() == []

    def test_a_key_that_was_ended_is_named_though_it_opens_nothing(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        order = {"name": "ended", "tenant": "acme/dev", "allow": ["Jobs_Get"]}
        made = small.manage("POST", "/keys", token, json=order).json()
        small.manage("DELETE", f"/keys/{made['id']}", token)
        small.new_rows()
        assert small.ask("GET", "/acme/dev/orchestrator_/odata/Jobs", key=made["key"]).status == 401
        row = only(small.new_rows())
        assert (row.verdict, row.reason, row.credential_id) == ("denied", "access_key_revoked", made["id"])
        assert row.organization == "acme"

    def test_following_the_audit_leaves_none_but_the_first_look_does(self, small: SmallHouse) -> None:
        token = small.tokens()["access_token"]
        small.new_rows()
        assert small.manage("GET", "/audit", token).status_code == 200
        assert only(small.new_rows()).path == "/api/stagedoor/v1/audit"
        assert small.manage("GET", "/audit?after=1", token).status_code == 200
        assert small.new_rows() == []

    def test_a_follower_that_is_refused_leaves_one(self, small: SmallHouse) -> None:
        small.ask("GET", "/api/stagedoor/v1/audit?after=1", key=small.sample_key)
        assert only(small.new_rows()).status == 403

    def test_a_call_allowed_and_one_denied_say_what_and_where(self, small: SmallHouse) -> None:
        small.ask("GET", "/acme/dev/orchestrator_/odata/QueueDefinitions", key=small.sample_key)
        row = only(small.new_rows())
        assert (row.verdict, row.operation, row.tenant, row.folder) == (
            "allowed",
            "QueueDefinitions_Get",
            "dev",
            "Shared",
        )
        assert (row.caller_kind, row.credential_kind, row.destination) == ("api_user", "access_key", "embedded")
        small.ask("GET", "/acme/dev/orchestrator_/odata/Users", key=small.sample_key)
        denied = only(small.new_rows())
        assert (denied.verdict, denied.reason) == ("denied", "operation_not_granted")
        assert denied.sentence

    def test_a_request_that_broke_in_the_middle_is_written_down_as_a_failure(
        self, small: SmallHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(small.house.authenticators, "identify", broken)
        assert small.ask("GET", "/odata/Jobs").status == 500
        row = only(small.new_rows())
        assert (row.status, row.reason) == (500, "internal")
