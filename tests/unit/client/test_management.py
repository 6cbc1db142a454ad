"""The management API's calls, and what is made of their answers."""

import json
from datetime import UTC, datetime

import anyio
import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import AsyncStagedoor, ServerFailed, Stagedoor

BASE = "http://stagedoor.test/acme/dev"
KEY = {"id": "k1", "name": "nightly", "tenant": "acme/dev", "state": "active"}


def client(wire: Wire) -> Stagedoor:
    return Stagedoor(BASE, key="k", **wire.options())


def test_whoami_is_the_answer_as_it_came() -> None:
    wire = Wire(ok({"name": "ada", "grant": {"words": ["all jobs"]}}))
    assert client(wire).whoami()["grant"]["words"] == ["all jobs"]
    assert wire.sent[0].url.path == "/api/stagedoor/v1/whoami"


def test_can_i_asks_for_the_clients_tenant() -> None:
    wire = Wire(ok({"allowed": False, "reason": "operation_not_granted", "smallest_grant": ["Jobs_Get"]}))
    assert client(wire).can_i("Jobs_Get", folder="Shared")["allowed"] is False
    assert dict(wire.sent[0].url.params) == {"operation": "Jobs_Get", "tenant": "acme/dev", "folder": "Shared"}


def test_lists_follow_their_cursor_to_the_end() -> None:
    wire = Wire(ok({"items": [{"id": "1"}], "next": "c1"}), ok({"items": [{"id": "2"}], "next": None}))
    assert [tenant["id"] for tenant in client(wire).tenants()] == ["1", "2"]
    assert wire.sent[1].url.params["cursor"] == "c1"


def test_a_cursor_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stagedoor.client._core.LIST_PAGES_MAX", 3)
    with pytest.raises(ServerFailed, match="does not end"):
        client(Wire(ok({"items": [], "next": "c"}))).tenants()


def test_a_new_key_is_shown_once_and_never_printed() -> None:
    wire = Wire(ok(KEY | {"key": "sd_canary", "warnings": ["never used in that folder"]}, 201))
    fresh = client(wire).create_key("nightly", allow=["Jobs_Get"], folders=["Shared"], expires_in="90d")
    assert (fresh.id, fresh.key.reveal(), fresh.warnings) == ("k1", "sd_canary", ("never used in that folder",))
    assert "sd_canary" not in repr(fresh)
    assert json.loads(wire.sent[0].content) == {
        "name": "nightly",
        "tenant": "acme/dev",
        "allow": ["Jobs_Get"],
        "folders": ["Shared"],
        "networks": [],
        "expires_in": "90d",
        "expires_at": None,
    }


def test_a_new_key_may_end_on_a_date() -> None:
    wire = Wire(ok(KEY | {"key": "sd_canary"}, 201))
    client(wire).create_key("nightly", allow=["all"], expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    body = json.loads(wire.sent[0].content)
    assert (body["expires_at"], body["folders"]) == ("2027-01-01T00:00:00.000Z", None)


def test_a_new_key_may_be_limited() -> None:
    wire = Wire(ok(KEY | {"key": "sd_canary"}, 201))
    client(wire).create_key("nightly", allow=["all"], rate="10/s", weight=2, burst=None)
    body = json.loads(wire.sent[0].content)
    assert (body["rate"], body["weight"]) == ("10/s", 2)
    assert "burst" not in body


def test_an_answer_without_the_key_is_no_success() -> None:
    with pytest.raises(ServerFailed, match="holds no key"):
        client(Wire(ok(KEY, 201))).create_key("nightly", allow=["all"])


@pytest.mark.parametrize("reply", [ok([]), ok(None), ok("text")])
def test_an_answer_of_another_kind_is_not_stagedoors(reply: object) -> None:
    with pytest.raises(ServerFailed, match="not as Stagedoor does"):
        client(Wire(reply)).whoami()  # type: ignore[arg-type]  # the parameters are answers


def test_broken_json_is_not_stagedoors() -> None:
    import httpx2

    broken = httpx2.Response(200, content=b"{", headers={"Content-Type": "application/json"})
    with pytest.raises(ServerFailed, match="not as Stagedoor does"):
        client(Wire(broken)).whoami()


def test_audit_tells_where_the_next_rows_begin() -> None:
    wire = Wire(ok({"items": [{"id": 7}], "next": 7}))
    page = client(wire).audit(limit=5, after=3, verdict="denied")
    assert ([row["id"] for row in page.rows], page.next) == ([7], 7)
    assert dict(wire.sent[0].url.params) == {"limit": "5", "after": "3", "verdict": "denied"}


def test_audit_without_rows_is_not_stagedoors() -> None:
    with pytest.raises(ServerFailed, match="no audit rows"):
        client(Wire(ok({}))).audit()


@pytest.mark.parametrize(
    ("ask", "request_line"),
    [
        (
            lambda it: it.operations(search="start a job", tag="Jobs"),
            "GET operations?search=start%20a%20job&tag=Jobs&limit=500",
        ),
        (lambda it: it.folders(), "GET folders?tenant=acme/dev&limit=500"),
        (lambda it: it.list_keys(), "GET keys?limit=500"),
        (lambda it: it.list_keys(tenant="acme/dev"), "GET keys?tenant=acme/dev&limit=500"),
        (lambda it: it.get_key("a/../b"), "GET keys/a%2F..%2Fb"),
        (lambda it: it.revoke_key("k1"), "DELETE keys/k1"),
        (lambda it: it.rotate_key("k1", overlap="24h"), "POST keys/k1/rotate"),
        (lambda it: it.preview_key(allow=["all"]), "POST keys/preview"),
        (lambda it: it.legacy_window(), "GET legacy-window"),
        (lambda it: it.whoami(), "GET whoami"),
        (lambda it: it.can_i("Jobs_Get"), "GET can-i?operation=Jobs_Get&tenant=acme/dev"),
        (lambda it: it.tenants(), "GET tenants?limit=500"),
        (lambda it: it.create_key("n", allow=["all"]), "POST keys"),
        (lambda it: it.audit(after="7"), "GET audit?limit=100&after=7"),
        (lambda it: it.set_legacy_window(is_open=True, until=datetime(2027, 1, 1, tzinfo=UTC)), "PUT legacy-window"),
    ],
)
def test_both_clients_ask_for_the_same(ask: object, request_line: str) -> None:
    reply = ok({"items": [], "next": None, "key": "sd_canary", "id": "k1"})
    wires = Wire(reply), Wire(reply)
    assert callable(ask)
    ask(client(wires[0]))

    async def ask_async() -> None:
        async with AsyncStagedoor(BASE, key="k", **wires[1].async_options()) as stagedoor:
            await ask(stagedoor)

    anyio.run(ask_async)
    lines = [f"{it.method} {it.url}" for wire in wires for it in wire.sent]
    assert [line.replace("http://stagedoor.test/api/stagedoor/v1/", "") for line in lines] == [request_line] * 2
    assert wires[0].sent[0].content == wires[1].sent[0].content
