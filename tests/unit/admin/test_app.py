from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.factories.management import BASE_URL, REQUEST_ID, AsCaller, Management

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.abilities import ADMINISTRATORS_ONLY
from stagedoor.admin.app import OPEN_PATHS, PREFIX
from stagedoor.admin.whoami.service import Mirror

ADMINISTRATION = [
    ("GET", "/audit"),
    ("GET", "/legacy-window"),
    ("PUT", "/legacy-window"),
    ("GET", "/users"),
    ("POST", "/users"),
    ("PATCH", "/users/x"),
    ("POST", "/users/x/password"),
    ("POST", "/users/x/api-password"),
    ("DELETE", "/users/x/api-password"),
    ("GET", "/apps"),
    ("POST", "/apps"),
    ("DELETE", "/apps/x"),
    ("POST", "/apps/x/secrets"),
    ("DELETE", "/apps/x/secrets/y"),
    ("GET", "/tenants/dev/destination"),
    ("PUT", "/tenants/dev/destination"),
]
CREDENTIALS_MADE = [
    ("POST", "/keys"),
    ("POST", "/keys/preview"),
    ("POST", "/keys/x/rotate"),
    ("DELETE", "/keys/x"),
    ("POST", "/tokens"),
    ("DELETE", "/tokens/x"),
    ("POST", "/user-key"),
]


def every_route(admin: Management) -> list[tuple[str, str]]:
    assert isinstance(admin.app, FastAPI)
    spec = admin.app.openapi()
    return [
        (method.upper(), path)
        for path, methods in spec["paths"].items()
        for method in methods
        if path not in OPEN_PATHS
    ]


class TestUnauthorized:
    def test_nobody_gets_past_any_route_without_a_credential(self, admin: Management) -> None:
        client = admin.client(None)
        routes = every_route(admin)
        assert len(routes) > 30
        for method, path in routes:
            answer = client.request(method, path.removeprefix(PREFIX))
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "not_authenticated"
            assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_a_stranger_learns_nothing_about_bodies_and_paths(self, admin: Management) -> None:
        client = admin.client(None)
        assert client.post("/keys", content=b"{", headers={"content-type": "application/json"}).status_code == 401
        assert client.get("/no-such-thing").status_code == 401

    def test_what_is_open_to_anybody_is_open(self, admin: Management) -> None:
        client = admin.client(None)
        assert client.get("/operations", params={"limit": 1}).status_code == 200
        assert client.get("/openapi.json").status_code == 200
        assert client.get("/docs").status_code == 401

    def test_what_is_no_caller_is_nobody(self, admin: Management) -> None:
        client = TestClient(AsCaller(admin.app, "root"), base_url=BASE_URL)  # type: ignore[arg-type]  # a forged one
        assert client.get(f"{PREFIX}/whoami").status_code == 401


class TestForbidden:
    def test_an_access_key_never_changes_anything_whatever_it_holds(self, admin: Management) -> None:
        client = admin.client(admin.access_key("all", "role:Administrator"))
        for method, path in ADMINISTRATION + CREDENTIALS_MADE:
            answer = client.request(method, path, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "method_not_allowed_here"), (method, path)

    def test_an_application_that_acts_for_itself_is_worth_no_more_than_a_key(self, admin: Management) -> None:
        client = admin.client(admin.application("OR.Jobs", "OR.Users", "OR.Administration"))
        for method, path in ADMINISTRATION + CREDENTIALS_MADE:
            assert client.request(method, path, json={}).json()["code"] == "method_not_allowed_here", (method, path)

    def test_somebody_who_is_no_administrator_administers_nothing(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        for method, path in ADMINISTRATION:
            answer = client.request(method, path, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "administrator_needed"), (method, path)

    def test_an_administrators_token_from_a_third_party_administers_nothing(self, admin: Management) -> None:
        root = admin.people.make("root", is_administrator=True, roles=())
        client = admin.client(admin.person(root, may_administer=False))
        for method, path in ADMINISTRATION:
            assert client.request(method, path, json={}).json()["code"] == "administrator_needed", (method, path)

    def test_everything_about_the_whole_organization_needs_an_administrator(self) -> None:
        own = {"access_key", "folder", "grant", "personal_access_token", "tenant", "user_key"}
        assert {ability for ability in ManagementAbility if ability.partition(":")[0] not in own} == ADMINISTRATORS_ONLY


class TestErrors:
    def test_every_error_is_a_problem_with_a_code_a_hint_and_the_request_id(self, admin: Management) -> None:
        answer = admin.client(admin.administrator()).get("/can-i", params={"operation": "Jobs_Gett", "tenant": "dev"})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["code"] == "unknown_operation"
        assert problem["status"] == 404
        assert problem["request_id"] == REQUEST_ID
        assert "Jobs_Get" in problem["hint"]

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/no-such-thing", 404, "resource_unknown"),
            ("PUT", "/whoami", 405, "method_not_taken"),
            ("GET", "/keys?limit=0", 422, "request_refused"),
            ("GET", "/keys?limit=501", 422, "request_refused"),
            ("GET", "/audit?after=x", 422, "request_refused"),
            ("GET", "/audit?after=9223372036854775808", 422, "request_refused"),
            ("GET", "/keys?cursor=%00", 422, "request_refused"),
            ("GET", "/audit?caller=%00", 422, "request_refused"),
            ("GET", "/users?cursor=x", 400, "cursor_refused"),
            ("GET", "/keys?cursor=x", 400, "cursor_refused"),
            ("GET", "/tenants?cursor=x", 400, "cursor_refused"),
            ("GET", "/folders", 422, "request_refused"),
            ("GET", "/folders?tenant=no", 404, "tenant_unknown"),
        ],
    )
    def test_bad_requests_get_a_clear_answer(
        self, admin: Management, method: str, path: str, status: int, code: str
    ) -> None:
        answer = admin.client(admin.administrator()).request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_a_method_that_is_not_taken_says_which_ones_are(self, admin: Management) -> None:
        assert admin.client(admin.administrator()).delete("/whoami").headers["allow"] == "GET"

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b'{"name": "x"', "application/json"),
            (b"name=x&tenant=dev", "application/x-www-form-urlencoded"),
            (b"[]", "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"[" * 20_000, "application/json"),
            (b'{"name": 1e999, "tenant": [], "allow": "all"}', "application/json"),
        ],
    )
    def test_a_body_that_is_no_order_is_refused_with_the_place(
        self, admin: Management, body: bytes, content_type: str
    ) -> None:
        answer = admin.client(admin.administrator()).post("/keys", content=body, headers={"content-type": content_type})
        assert answer.status_code == 422
        assert answer.json()["code"] == "request_refused"
        assert answer.json()["errors"][0]["field"].startswith("body")

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/users", {"username": "x", "password": ["CANARY-1234"]}),
            ("/users", {"username": "x", "pasword": "CANARY-1234"}),
            ("/users", {"username": "x", "password": "CANARY-1234" * 1000}),
            ("/users", {"username": ["CANARY-1234"]}),
            ("/keys", {"name": "x", "tenant": "dev", "allow": ["all"], "expires_in": "CANARY-1234"}),
            ("/tokens", {"name": "x", "scopes": {"CANARY-1234": 1}}),
        ],
    )
    def test_a_refusal_never_repeats_what_was_sent(self, admin: Management, path: str, body: dict[str, Any]) -> None:
        answer = admin.client(admin.administrator()).post(path, json=body)
        assert answer.status_code == 422
        assert "CANARY" not in answer.text

    def test_a_store_that_is_away_is_a_503_with_retry_after(
        self, admin: Management, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = admin.client(admin.administrator())
        monkeypatch.setattr(admin.audit, "is_healthy", lambda: False)
        answer = client.post("/keys", json={"name": "x", "tenant": "dev", "allow": ["all"]})
        assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
        assert answer.headers["retry-after"] == "1"
        assert client.get("/keys").json()["items"] == []

    def test_a_bug_is_a_500_that_says_nothing_of_itself_and_goes_on_to_the_door(
        self, admin: Management, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("CANARY of a bug")

        monkeypatch.setattr(Mirror, "describe", fail)
        app = AsCaller(admin.app, admin.administrator())
        answer = TestClient(app, raise_server_exceptions=False).get(f"{PREFIX}/whoami")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "CANARY" not in answer.text
        with pytest.raises(RuntimeError):
            TestClient(app).get(f"{PREFIX}/whoami")


def test_the_description_names_every_route_and_no_secret_default(admin: Management) -> None:
    spec = admin.client(None).get("/openapi.json").json()
    assert spec["info"]["title"] == "Stagedoor management API"
    assert {
        f"{PREFIX}{path}"
        for path in (
            *("/whoami", "/can-i", "/operations", "/tenants", "/tenants/{tenant}/destination", "/folders", "/keys"),
            *(
                "/keys/narrow",
                "/keys/preview",
                "/keys/{key_id}",
                "/keys/{key_id}/rotate",
                "/audit",
                "/legacy-window",
                "/users",
            ),
            *("/users/{user_id}", "/users/{user_id}/password", "/users/{user_id}/api-password", "/apps"),
            *("/apps/{client_id}", "/apps/{client_id}/secrets", "/apps/{client_id}/secrets/{secret_id}", "/tokens"),
            *("/tokens/{token_id}", "/user-key", "/connections", "/connections/discover"),
            *("/connections/authorize-url", "/connections/{connection}", "/connections/{connection}/secret"),
            *("/connections/{connection}/test", "/tenants/{tenant}/connection", "/robot-scripts"),
            "/robot-scripts/{script_id}",
        )
    } == set(spec["paths"])


def test_every_route_has_a_sentence_of_its_own(admin: Management) -> None:
    assert isinstance(admin.app, FastAPI)
    for methods in admin.app.openapi()["paths"].values():
        for operation in methods.values():
            assert operation["description"].endswith("."), operation["operationId"]


def test_every_route_says_what_its_answer_looks_like(admin: Management) -> None:
    assert isinstance(admin.app, FastAPI)
    for methods in admin.app.openapi()["paths"].values():
        for operation in methods.values():
            (status,) = (status for status in operation["responses"] if status.startswith("2"))
            if status != "204":
                content = operation["responses"][status]["content"]
                assert all(shown.get("schema") for shown in content.values()), operation["operationId"]
