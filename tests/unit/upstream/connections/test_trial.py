"""What a trial asks, finds and says; against servers that answer by script."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.certificates import Authority
from tests.factories.strange_server import StrangeServer, strange_server

from stagedoor.catalog import CATALOG
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.addresses import read_partial_address
from stagedoor.upstream.connections.discovery import find_authorize_url, find_token_url, read_claims
from stagedoor.upstream.connections.questions import ANSWER_BYTES_MAX, Questions
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.connections.trial import Outcome, Step, StepName, Subject, try_out
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.token_requests import ask_for_token

BASE = "/acme/prod/orchestrator_"
FOLDERS = f"GET {BASE}/odata/Folders"
VERSION = f"GET {BASE}/api/Status/Version"
PORTAL = "GET /acme/portal_/api/filtering/leftnav/tenantsAndOrganizationInfo"
PERMISSIONS = f"GET {BASE}/odata/Users/UiPath.Server.Configuration.OData.GetCurrentPermissions"
WORKING: dict[str, Any] = {
    VERSION: (200, {"version": "25.10.1"}),
    FOLDERS: (200, {"value": []}),
    "POST /identity_/connect/token": (200, {"access_token": "T1", "expires_in": 3600, "scope": "OR.Jobs"}),
    "GET /identity_/.well-known/openid-configuration": (200, {"token_endpoint": "https://elsewhere.example/t"}),
    PORTAL: (200, {"organization": {"id": "1", "name": "acme"}, "tenants": [{"id": "2", "name": "prod"}]}),
}


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server(WORKING) as strange:
        yield strange


def sign_in(server: StrangeServer, kind: ConnectionKind = ConnectionKind.APP, **changes: Any) -> SignIn:
    facts: dict[str, Any] = {
        "connection_id": "",
        "kind": kind,
        "base_url": server.url + BASE,
        "token_url": None if kind is ConnectionKind.PAT else f"{server.url}/identity_/connect/token",
        "tenant": "prod",
        "client_id": "c",
        "username": "ada",
        "scope": "OR.Jobs",
        "secret": Secret("canary-secret"),
        "ca_pem": None,
        "proxy_url": None,
    }
    return SignIn(**(facts | changes))


def tried(order: SignIn, url: str | None = None, ask: Callable[[], Granted] | None = None) -> Outcome:
    address = read_partial_address(url or order.base_url)
    outcome = try_out(Subject(order, address, ask or (lambda: ask_for_token(order))), CATALOG.operations)
    assert [step.name for step in outcome.steps] == list(StepName)
    assert "canary" not in repr(outcome)
    return outcome


def step(outcome: Outcome, name: StepName) -> Step:
    return next(step for step in outcome.steps if step.name is name)


def jwt(**claims: object) -> Secret:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return Secret(f"e30.{middle}.c2ln")


class TestWhatWorks:
    def test_every_step_is_proved_by_a_call(self, server: StrangeServer) -> None:
        outcome = tried(sign_in(server))
        assert [step.is_ok for step in outcome.steps] == [True, True, True, True]
        assert outcome.is_working
        assert "version 25.10.1" in step(outcome, StepName.REACH).says
        assert (outcome.organization.name, outcome.organization.tenants) == ("acme", ("prod",))
        assert server.lines() == [VERSION, "POST /identity_/connect/token", PORTAL, FOLDERS, PERMISSIONS]
        assert {asked.authorization for asked in server.asked[2:]} == {"Bearer T1"}
        assert server.asked[0].authorization is None

    def test_scopes_are_read_from_the_token_before_its_answer(self, server: StrangeServer) -> None:
        for token in (jwt(scope="OR.Queues"), jwt(scp=["OR.Queues"]), jwt(scp="OR.Queues")):
            outcome = tried(sign_in(server), ask=lambda token=token: Granted(token, None, None, "OR.Jobs"))  # type: ignore[misc]  # bound now
            names = {row.operation for row in outcome.prospects.refused}
            assert "Jobs_Get" in names
            assert "QueueItems_Get" not in names

    def test_an_answer_that_is_silent_about_scopes_gave_what_was_asked_for(self, server: StrangeServer) -> None:
        outcome = tried(sign_in(server, scope="OR.Queues"), ask=lambda: Granted(Secret("T"), None, None))
        assert "QueueItems_Get" not in {row.operation for row in outcome.prospects.refused}
        assert outcome.prospects.known_from == ("token_scopes",)

    def test_permissions_count_where_the_orchestrator_tells_them(self, server: StrangeServer) -> None:
        server.answers[PERMISSIONS] = (200, {"UserId": 1, "Permissions": ["Users.View"]})
        outcome = tried(sign_in(server, ConnectionKind.PASSWORD, token_url=None))
        assert outcome.prospects.known_from == ("permissions",)
        assert "Webhooks_Post" in {row.operation for row in outcome.prospects.refused}

    def test_the_organization_of_the_token_is_asked_for_by_its_id(self, server: StrangeServer) -> None:
        line = "GET /0b1c/portal_/api/filtering/leftnav/tenantsAndOrganizationInfo"
        server.answers[line] = (200, {"organization": {"name": "other"}, "tenants": [{"name": "x"}, {"name": 7}, 3]})
        outcome = tried(sign_in(server), ask=lambda: Granted(jwt(prt_id="0b1c"), None, None))
        assert (outcome.organization.name, outcome.organization.tenants) == ("other", ("x",))

    def test_an_id_of_no_organization_never_becomes_a_path(self, server: StrangeServer) -> None:
        tried(sign_in(server), ask=lambda: Granted(jwt(prt_id="../../odata/Users#"), None, None))
        assert PORTAL in server.lines()

    def test_of_2019_account_and_instances_are_asked_for_with_the_id_token(self, server: StrangeServer) -> None:
        server.answers |= {
            "GET /cloudrpa/api/getAccountsForUser": (
                200,
                {"accounts": [{"accountLogicalName": "first"}, {"accountLogicalName": "Acme"}]},
            ),
            "GET /cloudrpa/api/account/Acme/getAllServiceInstances": (
                200,
                [{"serviceInstanceLogicalName": "prod"}, {"serviceInstanceLogicalName": "test"}],
            ),
        }
        granted = Granted(Secret("T"), None, None, id_token=Secret("I"))
        outcome = tried(sign_in(server, ConnectionKind.USER_KEY), ask=lambda: granted)
        assert (outcome.organization.name, outcome.organization.tenants) == ("Acme", ("prod", "test"))
        told = [asked.authorization for asked in server.asked if "cloudrpa" in asked.line]
        assert told == ["Bearer I", "Bearer I"]


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("answer", "says", "hint"),
        [
            ((401, {"message": "no"}), "refuses the token", "ask for Orchestrator's scopes"),
            ((404, {"message": "no"}), "no such tenant", "acme/prod"),
            ((200, "<!doctype html>"), "a web page in place of", "acme/prod"),
            (
                (302, {}, {"Location": "https://sign.example/x?y"}),
                "leads elsewhere, to https://sign.example",
                "to a page",
            ),
            ((429, {}), "left alone", "by itself"),
            ((503, "<p>Down"), "trouble of its own", "by itself"),
        ],
    )
    def test_what_the_orchestrator_answers_is_told_apart(
        self, server: StrangeServer, answer: Any, says: str, hint: str
    ) -> None:
        server.answers[FOLDERS] = answer
        outcome = tried(sign_in(server))
        failed = step(outcome, StepName.ORCHESTRATOR)
        assert (failed.is_ok, step(outcome, StepName.FOLDERS).is_ok) == (False, None)
        assert says in failed.says
        assert hint in str(failed.hint)
        assert not outcome.is_working

    def test_an_address_with_http_that_leads_to_https_is_said_so(self, server: StrangeServer) -> None:
        location = server.url.replace("http://", "https://") + BASE
        server.answers[FOLDERS] = (301, {}, {"Location": location})
        assert step(tried(sign_in(server)), StepName.ORCHESTRATOR).hint == "Give the address with https://."

    def test_a_redirect_is_not_followed_and_takes_no_token_along(self, server: StrangeServer) -> None:
        with strange_server({}) as elsewhere:
            for line in (VERSION, FOLDERS, PORTAL, "POST /identity_/connect/token"):
                server.answers[line] = (307, {}, {"Location": f"{elsewhere.url}/x"})
            tried(sign_in(server))
            tried(sign_in(server), ask=lambda: Granted(Secret("T1"), None, None))
            assert elsewhere.asked == []

    def test_folders_that_are_not_listed_leave_a_connection_that_works(self, server: StrangeServer) -> None:
        server.answers[FOLDERS] = (403, {"message": "You are not authorized!", "errorCode": 0})
        outcome = tried(sign_in(server))
        assert [step.is_ok for step in outcome.steps] == [True, True, True, False]
        assert "OR.Folders.Read" in str(step(outcome, StepName.FOLDERS).hint)
        assert outcome.is_working

    def test_an_orchestrator_without_folders_is_one(self, server: StrangeServer) -> None:
        server.answers[FOLDERS] = (404, {"message": "No resource"})
        server.answers[f"GET {BASE}/odata/Jobs"] = (200, {"value": []})
        outcome = tried(sign_in(server))
        assert outcome.is_working
        assert step(outcome, StepName.FOLDERS).says == "This Orchestrator has no folders."

    def test_a_token_of_another_organization_is_named(self, server: StrangeServer) -> None:
        server.answers[PORTAL] = (200, {"organization": {"name": "other"}, "tenants": [{"name": "x"}]})
        server.answers[FOLDERS] = (401, {})
        hint = step(tried(sign_in(server)), StepName.ORCHESTRATOR).hint
        assert hint == (
            "The token belongs to the organization other, and the address names acme. "
            "This credential may enter other/x."
        )

    def test_an_identity_path_that_answers_with_a_page_is_said_with_the_right_one(self, server: StrangeServer) -> None:
        server.answers["POST /identity/connect/token"] = (200, "<!doctype html><title>Sign in</title>")
        outcome = tried(sign_in(server, token_url=f"{server.url}/identity/connect/token"))
        failed = step(outcome, StepName.SIGN_IN)
        assert "a web page in place of a token" in failed.says
        assert failed.hint == (
            f"An identity server answers elsewhere: set the identity URL to {server.url}/identity_/connect/token."
        )

    def test_host_level_and_organization_level_are_told_apart(self, server: StrangeServer) -> None:
        del server.answers["GET /identity_/.well-known/openid-configuration"]
        del server.answers["POST /identity_/connect/token"]
        server.answers["GET /acme/identity_/.well-known/openid-configuration"] = (200, {"token_endpoint": "x"})
        failed = step(tried(sign_in(server)), StepName.SIGN_IN)
        assert "no token endpoint" in failed.says
        assert str(failed.hint).endswith(f"set the identity URL to {server.url}/acme/identity_/connect/token.")

    def test_where_no_identity_server_answers_the_words_of_the_diagnosis_stay(self, server: StrangeServer) -> None:
        server.answers = {VERSION: (200, {})}
        assert "on the organization" in str(step(tried(sign_in(server)), StepName.SIGN_IN).hint)

    def test_a_certificate_that_nobody_vouched_for(self, tmp_path: Path) -> None:
        authority = Authority()
        with strange_server(WORKING, tls=authority.server(tmp_path, "127.0.0.1")) as server:
            refused = tried(sign_in(server))
            assert "certificate is not trusted" in step(refused, StepName.REACH).says
            assert server.asked == []
            assert tried(sign_in(server, ca_pem=authority.pem)).is_working

    def test_a_name_that_nobody_knows(self, server: StrangeServer) -> None:
        outcome = tried(sign_in(server), "http://nobody.invalid/acme/prod/orchestrator_")
        assert "The host name is not known" in step(outcome, StepName.REACH).says
        assert [step.is_ok for step in outcome.steps] == [False, None, None, None]

    def test_a_proxy_that_lets_nothing_through(self, server: StrangeServer) -> None:
        with strange_server({}) as proxy:
            outcome = tried(sign_in(server, proxy_url=proxy.url), "https://orch.example/acme/prod/orchestrator_")
        assert "proxy did not let the connection through" in step(outcome, StepName.REACH).says

    def test_a_person_is_not_signed_in_by_a_trial(self, server: StrangeServer) -> None:
        order = sign_in(server, ConnectionKind.PERSON)
        outcome = try_out(Subject(order, read_partial_address(order.base_url), None), CATALOG.operations)
        assert [step.is_ok for step in outcome.steps] == [True, None, None, None]
        assert not outcome.is_working
        assert server.lines() == [VERSION]


class TestQuestions:
    def test_an_answer_is_bounded(self, server: StrangeServer) -> None:
        server.answers["GET /long"] = (200, ["x" * ANSWER_BYTES_MAX])
        with Questions(sign_in(server)) as questions, pytest.raises(UpstreamSignInFailed) as failed:
            questions.ask(f"{server.url}/long")
        assert failed.value.diagnosis is Diagnosis.NOT_UNDERSTOOD

    def test_there_is_an_end_to_asking(self, server: StrangeServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("stagedoor.upstream.connections.questions.SECONDS_MAX", -1.0)
        with Questions(sign_in(server)) as questions, pytest.raises(UpstreamSignInFailed) as failed:
            questions.ask(server.url)
        assert failed.value.diagnosis is Diagnosis.TIMED_OUT
        assert server.asked == []

    def test_only_success_tells_something(self, server: StrangeServer) -> None:
        server.answers |= {"GET /a": (500, {"x": 1}), "GET /b": (200, [1, {"x": 1}]), "GET /c": (200, {"x": 1})}
        with Questions(sign_in(server)) as questions:
            assert questions.ask(f"{server.url}/a").fields == {}
            assert questions.ask(f"{server.url}/b").rows == [{"x": 1}]
            assert questions.ask(f"{server.url}/c").fields == {"x": 1}


class TestDiscovery:
    def test_the_token_endpoint_that_metadata_names_is_not_believed(self, server: StrangeServer) -> None:
        order = sign_in(server)
        with Questions(order) as questions:
            found = find_token_url(questions, ConnectionKind.APP, read_partial_address(order.base_url))
        assert found == f"{server.url}/identity_/connect/token"
        assert {asked.authorization for asked in server.asked} == {None}

    def test_the_page_to_sign_in_on_is_asked_for_where_it_does_not_follow(self, server: StrangeServer) -> None:
        server.answers["GET /.well-known/openid-configuration"] = (
            200,
            {"authorization_endpoint": f"{server.url}/auth"},
        )
        with Questions(sign_in(server)) as questions:
            assert find_authorize_url(questions, f"{server.url}/oidc/token") == f"{server.url}/auth"
            assert find_authorize_url(questions, "https://x.example/identity_/connect/token") == (
                "https://x.example/identity_/connect/authorize"
            )

    @pytest.mark.parametrize("page", ["https://evil.example/auth", "javascript:alert(1)", 7, None])
    def test_a_page_on_another_origin_is_not_believed(self, server: StrangeServer, page: object) -> None:
        server.answers["GET /.well-known/openid-configuration"] = (200, {"authorization_endpoint": page})
        with Questions(sign_in(server)) as questions:
            assert find_authorize_url(questions, f"{server.url}/oidc/token") is None

    @pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "a.!!!.c", "a.W10.c", "e30.bnVsbA.x", "a.e30.c.d"])
    def test_what_is_no_jwt_claims_nothing(self, text: str) -> None:
        assert read_claims(Secret(text)) == {}
