"""Connections and external applications: what is asked, by both clients alike, and secrets that stay secrets."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import anyio
import httpx2
import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import (
    Applications,
    AsyncApplications,
    AsyncConnections,
    AsyncStagedoor,
    Connections,
    ConnectionTerms,
    SignedInCode,
    Stagedoor,
)
from stagedoor.kit.secret import Secret

BASE = "http://stagedoor.test"
APP = ConnectionTerms(name="prod", kind="app", url="https://orch.example/a/b", secret=Secret("s_canary"), client_id="c")
CODE = SignedInCode(code=Secret("code_canary"), code_verifier=Secret("verifier"), redirect_uri="http://127.0.0.1:1/cb")
PERSON = ConnectionTerms(name="prod", kind="person", url="https://orch.example/a/b", secret=CODE, client_id="c")
REACHED_BY = {"url": "https://orch.example/a/b", "client_id": "c"}
Ask = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("ask", "request_line", "body"),
    [
        (lambda it: it.connections.list(), "GET connections?limit=500", None),
        (lambda it: it.connections.get("a/../b"), "GET connections/a%2F..%2Fb", None),
        (
            lambda it: it.connections.create(APP),
            "POST connections",
            {"name": "prod", "kind": "app", "secret": "s_canary", **REACHED_BY},
        ),
        (
            lambda it: it.connections.create(PERSON),
            "POST connections",
            {
                "name": "prod",
                "kind": "person",
                "code": "code_canary",
                "code_verifier": "verifier",
                "redirect_uri": "http://127.0.0.1:1/cb",
                **REACHED_BY,
            },
        ),
        (
            lambda it: it.connections.discover(APP),
            "POST connections/discover",
            {"name": "prod", "kind": "app", "secret": "s_canary", **REACHED_BY},
        ),
        (
            lambda it: it.connections.discover(ConnectionTerms(name="n", kind="person", url="https://o")),
            "POST connections/discover",
            {"name": "n", "kind": "person", "url": "https://o"},
        ),
        (
            lambda it: it.connections.authorize_url(PERSON, redirect_uri="http://127.0.0.1:1/cb"),
            "POST connections/authorize-url",
            {**REACHED_BY, "redirect_uri": "http://127.0.0.1:1/cb"},
        ),
        (lambda it: it.connections.test("prod"), "POST connections/prod/test", None),
        (
            lambda it: it.connections.renew_secret("prod", Secret("new")),
            "POST connections/prod/secret",
            {"secret": "new"},
        ),
        (
            lambda it: it.connections.renew_secret("prod", CODE),
            "POST connections/prod/secret",
            {"code": "code_canary", "code_verifier": "verifier", "redirect_uri": "http://127.0.0.1:1/cb"},
        ),
        (lambda it: it.connections.remove("prod"), "DELETE connections/prod", None),
        (lambda it: it.connections.remove("prod", unmap=True), "DELETE connections/prod?unmap=true", None),
        (lambda it: it.connections.map_tenant("t1", "prod"), "PUT tenants/t1/connection", {"connection": "prod"}),
        (lambda it: it.connections.unmap_tenant("t1"), "DELETE tenants/t1/connection", None),
        (lambda it: it.applications.list(), "GET apps?limit=500", None),
        (
            lambda it: it.applications.create("front", scopes=["OR.Jobs"]),
            "POST apps",
            {"name": "front", "is_confidential": True, "redirect_uris": [], "application_scopes": ["OR.Jobs"]},
        ),
        (
            lambda it: it.applications.create("front", scopes=["OR.Jobs"], redirect_uris=["http://localhost/cb"]),
            "POST apps",
            {
                "name": "front",
                "is_confidential": False,
                "redirect_uris": ["http://localhost/cb"],
                "user_scopes": ["OR.Jobs"],
            },
        ),
        (lambda it: it.applications.remove("c1"), "DELETE apps/c1", None),
    ],
)
def test_both_clients_ask_for_the_same(ask: Ask, request_line: str, body: object) -> None:
    reply = ok({"items": [], "next": None, "id": "c1"})
    wires = Wire(reply), Wire(reply)
    with Stagedoor(BASE, key="k", **wires[0].options()) as stagedoor:
        ask(stagedoor)

    async def ask_async() -> None:
        async with AsyncStagedoor(BASE, key="k", **wires[1].async_options()) as twin:
            await ask(twin)

    anyio.run(ask_async)
    for wire in wires:
        [sent] = wire.sent
        assert f"{sent.method} {sent.url}".replace(f"{BASE}/api/stagedoor/v1/", "") == request_line
        assert (json.loads(sent.content) if sent.content else None) == body


@pytest.mark.parametrize(("kind", "twin"), [(Connections, AsyncConnections), (Applications, AsyncApplications)])
def test_the_twins_have_the_same_methods(kind: type, twin: type) -> None:
    def methods(of: type) -> dict[str, str]:
        found = inspect.getmembers(of, inspect.isfunction)
        return {
            name: str(inspect.signature(it).replace(return_annotation=""))
            for name, it in found
            if not name.startswith("_")
        }

    assert methods(kind) == methods(twin)


def test_secrets_cannot_be_printed_by_accident() -> None:
    wire = Wire(ok({"id": "c1", "name": "front", "secret": "app_canary"}, 201))
    with Stagedoor(BASE, key="k", **wire.options()) as stagedoor:
        fresh = stagedoor.applications.create("front", scopes=["OR.Jobs"])
    assert "app_canary" not in repr(fresh)
    assert fresh.secret is not None
    assert fresh.secret.reveal() == "app_canary"
    assert "canary" not in repr(APP) + repr(PERSON)


def test_an_application_that_cannot_keep_a_secret_has_none() -> None:
    wire = Wire(ok({"id": "c1", "name": "front", "secret": None}, 201))
    with Stagedoor(BASE, key="k", **wire.options()) as stagedoor:
        fresh = stagedoor.applications.create("front", scopes=[], redirect_uris=["http://localhost/cb"])
    assert fresh.secret is None


def test_what_waits_for_the_other_side_may_take_longer_than_other_calls() -> None:
    wire = Wire(ok({}))
    with Stagedoor(BASE, key="k", **wire.options()) as stagedoor:
        stagedoor.connections.discover(APP)
        stagedoor.connections.get("prod")
    assert [request.extensions["timeout"]["read"] for request in wire.sent] == [150.0, 30.0]
    with Stagedoor(BASE, key="k", timeout=600, **wire.options()) as patient:
        patient.connections.discover(APP)
    assert wire.sent[-1].extensions["timeout"]["read"] == 600


def test_nothing_is_read_from_the_answer_to_a_removal() -> None:
    wire = Wire(httpx2.Response(204))
    with Stagedoor(BASE, key="k", **wire.options()) as stagedoor:
        stagedoor.connections.remove("prod")
    assert [request.method for request in wire.sent] == ["DELETE"]
