"""A house for the console to visit: the endpoints that its pages call, answering from memory, over a real ASGI call.

It keeps what it was asked, so that a test sees with whose token and in which words the console came.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from stagedoor.console.app import build_console
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault

BASE_URL = "http://stagedoor.example:8120"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY_SECRET = "sd_Ab12Cd34Ef_thesecretofthiskeyisshownonce000000000000"
API = "/api/stagedoor/v1"


def key_facts(**changed: Any) -> dict[str, Any]:
    facts = {
        "id": "Ab12Cd34Ef",
        "name": "Invoice import",
        "organization": "acme",
        "tenant": "dev",
        "allow": ["Jobs_StartJobs", "scope:OR.Queues.Read"],
        "folders": ["Shared"],
        "networks": [],
        "created_at": "2026-05-01T08:00:00Z",
        "created_by": "ada",
        "expires_at": "2026-08-01T08:00:00Z",
        "last_used_at": None,
        "state": "active",
        "previous_secret_valid_until": None,
        "previous_secret_last_used_at": None,
        "rate": None,
        "burst": None,
        "daily_quota": None,
        "concurrency": None,
        "weight": 1,
    }
    return facts | changed


def audit_row(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "time": "2026-05-04T11:59:00Z",
        "request_id": f"{number:032x}",
        "event": "orchestrator:operation:called",
        "caller": {"kind": "api_user", "id": "Ab12Cd34Ef", "name": "Invoice import"},
        "credential": {"kind": "access_key", "id": "Ab12Cd34Ef"},
        "client_address": "192.0.2.7",
        "organization": "acme",
        "tenant": "dev",
        "method": "GET",
        "path": "/acme/dev/orchestrator_/odata/Jobs",
        "operation": "Jobs_Get",
        "folder": "Shared",
        "verdict": "allowed",
        "reason": None,
        "sentence": None,
        "status": 200,
        "duration_ms": 1.25,
        "destination": "embedded",
    }
    return row | changed


def refused_row(number: int, **changed: Any) -> dict[str, Any]:
    refused = {
        "verdict": "denied",
        "reason": "operation_not_granted",
        "sentence": "This credential may not use Users_Get.",
        "operation": "Users_Get",
        "status": 403,
    }
    return audit_row(number, **(refused | changed))


def legacy_window(**changed: Any) -> dict[str, Any]:
    window = {
        "organization": "acme",
        "open": True,
        "until": "2026-06-03T12:00:00Z",
        "migrated_at": "2019-06-01T00:00:00Z",
        "uses": [],
        "users": [
            {"username": "old.script", "eligible": True, "reason": None, "sentence": None},
            {
                "username": "ada",
                "eligible": False,
                "reason": "made_after_migration",
                "sentence": "This user was made after the migration.",
            },
        ],
    }
    return window | changed


def connection_facts(**changed: Any) -> dict[str, Any]:
    sign_in = {
        "state": "signed_in",
        "last_renewed_at": "2026-05-04T11:30:00Z",
        "expires_at": "2026-05-04T12:30:00Z",
        "renew_at": "2026-05-04T12:20:00Z",
        "failures": 0,
        "next_try_at": None,
        "problem": None,
    }
    facts = {
        "id": "c1",
        "name": "prod",
        "kind": "app",
        "url": "https://orch.example/acme/prod/orchestrator_",
        "token_url": "https://orch.example/identity_/connect/token",
        "upstream": "acme/prod",
        "client_id": "app-1",
        "username": None,
        "scope": "OR.Jobs OR.Folders",
        "has_own_authorities": False,
        "proxy_url": None,
        "tenants": ["acme/dev"],
        "created_at": "2026-05-01T08:00:00Z",
        "created_by": "ada",
        "sign_in": sign_in | changed.pop("sign_in", {}),
    }
    return facts | changed


def trial_report(**changed: Any) -> dict[str, Any]:
    report = {
        "is_working": True,
        "url": "https://orch.example/acme/prod/orchestrator_",
        "token_url": "https://orch.example/identity_/connect/token",
        "steps": [
            {"name": "reach", "is_ok": True, "says": "orch.example answers.", "hint": None},
            {"name": "sign_in", "is_ok": True, "says": "A token was given.", "hint": None},
        ],
        "organization": "acme",
        "tenants": ["dev", "prod"],
        "refused": [{"operation": "Users_Get", "because": "needs the scope OR.Users"}],
        "refused_count": 1,
        "allowed_count": 400,
        "unknown_count": 17,
        "known_from": ["token_scopes"],
    }
    return report | changed


def failed_trial(**changed: Any) -> dict[str, Any]:
    steps = [
        {"name": "reach", "is_ok": True, "says": "orch.example answers.", "hint": None},
        {"name": "sign_in", "is_ok": False, "says": "The scope OR.Jobbs is refused.", "hint": "Take it off."},
        {"name": "orchestrator", "is_ok": None, "says": "There is no token to try it with.", "hint": None},
    ]
    return trial_report(is_working=False, steps=steps, refused=[], refused_count=0) | changed


AUTHORIZE_URL = "https://orch.example/identity_/connect/authorize?client_id=people&scope=x"


@dataclass
class Asked:
    """One request that reached the house."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    authorization: str
    client_address: str


@dataclass
class FakeHouse:
    """What the house holds, and what it was asked."""

    may_administer: bool = True
    keys: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    window: dict[str, Any] = field(default_factory=legacy_window)
    connections: list[dict[str, Any]] = field(default_factory=list)
    trial: dict[str, Any] = field(default_factory=trial_report)
    folders: list[str] = field(default_factory=lambda: ["Shared"])
    tenants: list[str] = field(default_factory=lambda: ["dev"])
    orchestrator: dict[str, Any] = field(default_factory=dict)
    refusals: dict[tuple[str, str], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    token_lifetime: int = 3600
    nonce: str | None = None
    id_token_padding: int = 0
    token_answer: bytes | None = None
    signed_out: bool = False
    asked: list[Asked] = field(default_factory=list)
    tokens_given: int = 0

    def __post_init__(self) -> None:
        self.clock = HeldClock(NOW)
        self.console = build_console(
            app=self, base_url=BASE_URL, vault=Vault(b"k" * 32), clock=self.clock, chance=SeededChance(7)
        )
        self._api = Starlette(
            routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith("/console"))
        await (self.console if is_page else self._api)(scope, receive, send)

    def asked_for(self, method: str, path: str) -> list[Asked]:
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    async def _answer(self, request: Request) -> Response:
        raw = await request.body()
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        body: Any = dict(parse_qsl(raw.decode())) if is_form else json.loads(raw) if raw else None
        asked = Asked(
            request.method,
            request.url.path,
            dict(request.query_params),
            body,
            request.headers.get("authorization", ""),
            request.client.host if request.client else "",
        )
        self.asked.append(asked)
        if asked.path.startswith("/identity_/"):
            return self._identity(asked)
        if self.signed_out or not asked.authorization.startswith("Bearer access-"):
            return _problem(401, "not_authenticated", "Sign in.")
        refusal = self.refusals.get((asked.method, asked.path.removeprefix(API)))
        if refusal is not None:
            return JSONResponse(refusal[1], refusal[0])
        if asked.path.startswith(API):
            return self._management(asked.method, asked.path.removeprefix(API), asked)
        found = self.orchestrator.get(asked.path.partition("/orchestrator_")[2])
        return _problem(404, "not_found", "Not there.") if found is None else JSONResponse(found)

    def _identity(self, asked: Asked) -> Response:
        if asked.path.endswith("/revocation"):
            refusal = self.refusals.get((asked.method, asked.path))
            return Response(status_code=200 if refusal is None else refusal[0])
        if self.token_answer is not None:
            return Response(self.token_answer, media_type="application/json")
        if self.signed_out:
            return JSONResponse({"error": "invalid_grant", "error_description": "It has ended."}, 400)
        self.tokens_given += 1
        answer = {
            "access_token": f"access-{self.tokens_given}",
            "refresh_token": f"refresh-{self.tokens_given}",
            "expires_in": self.token_lifetime,
            "scope": "openid",
            "id_token": _id_token(
                {"aud": "stagedoor-console", "nonce": self.nonce, "padding": "x" * self.id_token_padding}
            ),
        }
        return JSONResponse(answer)

    def _management(self, method: str, path: str, asked: Asked) -> Response:
        match method, path.split("/")[1:]:
            case "GET", ["whoami"]:
                return JSONResponse(self._whoami())
            case "GET", ["tenants"]:
                return _items([_tenant(name) for name in self.tenants])
            case "GET", ["folders"]:
                return _items([{"id": n, "key": f"key-{n}", "path": path} for n, path in enumerate(self.folders, 1)])
            case "GET", ["keys"]:
                return _items(self.keys)
            case "POST", ["keys"]:
                return JSONResponse(key_facts(name=asked.body["name"], key=KEY_SECRET, warnings=[]), 201)
            case "POST", ["keys", "preview"]:
                words = [f"May use {', '.join(asked.body['allow'])}."]
                return JSONResponse({"words": words, "operations": asked.body["allow"], "warnings": []})
            case "GET", ["keys", _]:
                return JSONResponse(self.keys[0])
            case "DELETE", ["keys", _]:
                self.keys[0] |= {"state": "revoked"}
                return JSONResponse(self.keys[0])
            case "PATCH", ["keys", _]:
                self.keys[0] |= asked.body
                return JSONResponse(self.keys[0])
            case "POST", ["keys", _, "rotate"]:
                return JSONResponse(key_facts(state="rotating", key=KEY_SECRET, warnings=[]), 201)
            case _, ["connections", *_] | ["tenants", _, "connection"]:
                return self._connections(method, path.split("/")[2:], asked)
            case "GET", ["audit"]:
                return self._audit(asked.query)
            case "GET", ["legacy-window"]:
                return JSONResponse(self.window)
            case "PUT", ["legacy-window"]:
                self.window |= asked.body
                return JSONResponse(self.window)
        return _problem(404, "resource_unknown", "Nothing is here.")

    def _connections(self, method: str, path: list[str], asked: Asked) -> Response:
        match method, path:
            case "GET", []:
                return _items(self.connections)
            case "POST", []:
                facts = connection_facts(name=asked.body["name"], kind=asked.body["kind"], tenants=[])
                self.connections.append(facts)
                return JSONResponse(facts, 201)
            case "POST", ["discover"] | [_, "test"]:
                return JSONResponse(self.trial)
            case "POST", ["authorize-url"]:
                return JSONResponse({"authorize_url": AUTHORIZE_URL, "state": "st", "code_verifier": "verifier"})
            case "DELETE", ["c1"]:
                self.connections.clear()
                return Response(status_code=204)
            case _, [_, "connection"]:
                return JSONResponse({"destination": "remote"})
            case _, ["c1", *_] if self.connections:
                return JSONResponse(self.connections[0])
        return _problem(404, "connection_unknown", "There is no connection of this name.")

    def _whoami(self) -> dict[str, Any]:
        return {
            "kind": "user",
            "id": "u1",
            "name": "ada",
            "email": "ada@example.com",
            "organization": {"id": "o1", "name": "acme"},
            "tenants": [{"id": f"id-{name}", "name": name} for name in self.tenants],
            "credential": {"kind": "oauth_token", "id": "t1", "expires_at": "2026-05-04T13:00:00Z"},
            "may_administer": self.may_administer,
            "grant": {
                "words": ["May do everything.", "Until 4 May 2026, 13:00 UTC."],
                "operations_count": 444,
                "operations": [],
                "folders": None,
            },
        }

    def _audit(self, query: dict[str, str]) -> Response:
        rows = [row for row in self.rows if query.get("verdict") in (None, row["verdict"])]
        limit = int(query["limit"])
        found = [row for row in rows if row["id"] > int(query["after"])][:limit] if "after" in query else rows[-limit:]
        last = str(found[-1]["id"]) if found else query.get("after")
        return JSONResponse({"items": found, "next": last})


def _tenant(name: str) -> dict[str, Any]:
    return {
        "id": f"id-{name}",
        "name": name,
        "display_name": name.capitalize(),
        "organization": {"id": "o1", "name": "acme"},
        "base_url": f"{BASE_URL}/acme/{name}",
        "destination": "embedded",
    }


def _items(items: list[dict[str, Any]]) -> Response:
    return JSONResponse({"items": items, "next": None})


def _problem(status: int, code: str, detail: str, hint: str | None = None) -> Response:
    return JSONResponse({"status": status, "code": code, "detail": detail, "hint": hint}, status)


def _id_token(claims: dict[str, Any]) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.sig"


class Browser:
    """A browser as far as forms and cookies go; it follows no redirect by itself."""

    def __init__(self, house: FakeHouse) -> None:
        self.house = house
        self.http = TestClient(house, base_url=BASE_URL, follow_redirects=False, client=("198.51.100.9", 1))

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.http.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def sign_in(self, next_path: str = "/console") -> httpx2.Response:
        """Go through sign-in; return the answer to the callback."""
        begun = self.http.get("/console/sign-in", params={"next": next_path})
        sent = parse_qs(urlsplit(begun.headers["location"]).query)
        self.house.nonce = sent["nonce"][0]
        return self.http.get("/console/callback", params={"code": "the-code", "state": sent["state"][0]})

    @property
    def mark(self) -> str:
        return self.get("/console").text.partition('name="mark" value="')[2].partition('"')[0]

    def post(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        mark: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a form as a page of the console would."""
        given = {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        return self.http.post(path, data={"mark": self.mark if mark is None else mark, **(fields or {})}, headers=given)


@contextmanager
def visiting(house: FakeHouse) -> Iterator[Browser]:
    """Give a browser in which somebody is signed in."""
    browser = Browser(house)
    with browser.http:
        answer = browser.sign_in()
        assert answer.status_code == 303, answer.text
        house.asked.clear()
        yield browser


def much_later(house: FakeHouse) -> None:
    """Let so much time pass that the access token is due."""
    house.clock.advance(timedelta(seconds=house.token_lifetime))
