"""Connecting through an identity that was not made with ours in mind: npm ``oidc-provider``, found by its metadata."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.oidc_provider import APP_SECRET, OidcProvider, oidc_provider
from tests.factories.served import served
from tests.factories.signing_in import REDIRECT, fields_of
from tests.factories.strange_server import StrangeServer, strange_server

BASE = "/acme/prod/orchestrator_"


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as running:
        yield running


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with (
        served(tmp_path_factory.mktemp("front") / "data", "--empty") as running,
        administrator_of(running) as administrator,
    ):
        administrator.management.timeout = httpx2.Timeout(60)
        yield administrator


@pytest.fixture(scope="module")
def orchestrator() -> Iterator[StrangeServer]:
    """An Orchestrator that takes any token."""
    answers: dict[str, Any] = {
        f"GET {BASE}/api/Status/Version": (200, {"version": "25.10"}),
        f"GET {BASE}/odata/Folders": (200, {"value": []}),
    }
    with strange_server(answers) as strange:
        yield strange


def test_an_application(front: Administrator, provider: OidcProvider, orchestrator: StrangeServer) -> None:
    order = {
        "name": "app",
        "kind": "app",
        "url": orchestrator.url + BASE,
        "identity_url": f"{provider.url}/token",
        "client_id": "app",
        "secret": APP_SECRET,
        "scope": "OR.Jobs",
    }
    assert front.make("/connections", order)["sign_in"]["state"] == "signed_in"
    report = front.management.post("/connections/app/test").json()
    assert report["is_working"] is True, report
    # Its tokens are opaque, so what they are good for is read from the answer that gave them.
    assert report["known_from"] == ["token_scopes"]
    refused = {row["operation"] for row in report["refused"]}
    assert "QueueItems_Get" in refused
    assert "Jobs_Get" not in refused


def test_a_scope_that_it_leaves_out_without_a_word_is_missed(
    front: Administrator, provider: OidcProvider, orchestrator: StrangeServer
) -> None:
    order = {
        "kind": "app",
        "url": orchestrator.url + BASE,
        "identity_url": f"{provider.url}/token",
        "client_id": "app",
        "secret": APP_SECRET,
        "scope": "OR.Jobs OR.Queues",
    }
    report = front.management.post("/connections/discover", json=order).json()
    because = {row["operation"]: row["because"] for row in report["refused"]}
    assert because["QueueItems_Get"] == "the token has not the scope OR.Queues.Read"


def test_a_person_whose_refresh_tokens_rotate(
    front: Administrator, provider: OidcProvider, orchestrator: StrangeServer
) -> None:
    order = {
        "url": orchestrator.url + BASE,
        "identity_url": f"{provider.url}/token",
        "client_id": "desk",
        "redirect_uri": REDIRECT,
        "scope": "OR.Jobs",
    }
    begun = front.management.post("/connections/authorize-url", json=order).json()
    assert begun["authorize_url"].startswith(f"{provider.url}/auth?")
    back = fields_of(provider.follow(begun["authorize_url"]))
    assert back["state"] == begun["state"]
    code = {"code": back["code"], "code_verifier": begun["code_verifier"]}
    made = front.make("/connections", {"name": "person", "kind": "person", **order, **code})
    assert made["sign_in"]["state"] == "signed_in"
    # Each test spends the refresh token that the one before was given.
    for _ in range(3):
        report = front.management.post("/connections/person/test").json()
        assert report["is_working"] is True, report
