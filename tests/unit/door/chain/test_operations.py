"""Alive, ready, and how it is doing: open as far as they tell nothing of anybody."""

import pytest
from tests.factories.house import SmallHouse

from stagedoor.kit.errors import StoreUnavailable

ELSEWHERE = ("198.51.100.4", 4000)


def test_alive_says_so_even_without_a_store(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small.house, "verify_store", _fail)
    answer = small.ask("GET", "/healthz")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})


def test_ready_needs_store_and_audit(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small.ask("GET", "/readyz").json() == {"status": "ready"}
    with monkeypatch.context() as patched:
        patched.setattr(small.house.audit, "is_healthy", lambda: False)
        unwritten = small.ask("GET", "/readyz")
    assert (unwritten.status, unwritten.json()["code"]) == (503, "audit_unavailable")
    monkeypatch.setattr(small.house, "verify_store", _fail)
    away = small.ask("GET", "/readyz")
    assert (away.status, away.json()["code"]) == (503, "store_unavailable")
    assert "canary" not in str(away)


def test_figures_are_shown_on_the_machine_and_to_administrators(small: SmallHouse) -> None:
    local = small.ask("GET", "/metrics", client=("127.0.0.1", 4000))
    assert local.status == 200
    assert b"stagedoor_requests_total" in local.body
    assert small.ask("GET", "/metrics", client=ELSEWHERE, key=small.admin_token).status == 200
    for key in (None, small.sample_key):
        closed = small.ask("GET", "/metrics", client=ELSEWHERE, key=key)
        assert (closed.status, closed.json()["code"]) == (403, "metrics_closed")


def test_a_stranger_does_not_forge_the_machines_own_address(small: SmallHouse) -> None:
    assert small.ask("GET", "/metrics", [("x-forwarded-for", "127.0.0.1")], client=ELSEWHERE).status == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_are_read_and_not_written(small: SmallHouse, path: str) -> None:
    answer = small.ask("POST", path)
    assert (answer.status, answer.json()["code"], answer.headers["allow"]) == (405, "method_unknown", "GET, HEAD")
    assert small.ask("HEAD", "/healthz").body == b""


def _fail() -> None:
    raise StoreUnavailable(internal="canary: the disk is gone")
