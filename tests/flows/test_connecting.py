"""Connecting an Orchestrator that exists elsewhere, through the management API: a second Stagedoor is the stranger."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.certificates import Authority
from tests.factories.fault_proxy import fault_proxy
from tests.factories.patience import eventually
from tests.factories.served import served
from tests.factories.signing_in import REDIRECT, fields_of, sign_in_through_the_page, tokens_for

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI

SCOPES = ["OR.Jobs", "OR.Execution", "OR.Folders"]
ALLOW = ["tag:Jobs", "Releases_Get", "Folders_Get"]
KINDS = ["app", "person", "user-key", "pat", "password"]


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with (
        served(tmp_path_factory.mktemp("upstream") / "data") as running,
        administrator_of(running) as administrator,
    ):
        yield administrator


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with (
        served(tmp_path_factory.mktemp("front") / "data", "--empty") as running,
        administrator_of(running) as administrator,
    ):
        administrator.management.timeout = httpx2.Timeout(60)
        yield administrator


@pytest.fixture(scope="module")
def application(upstream: Administrator) -> dict[str, Any]:
    return upstream.make_application("front door", is_confidential=True, application_scopes=SCOPES)


def app_order(upstream: Administrator, application: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
    order = {
        "name": name,
        "kind": "app",
        "url": upstream.house.orchestrator_url,
        "client_id": application["id"],
        "secret": application["secret"],
        "scope": " ".join(SCOPES),
    }
    return {key: value for key, value in (order | changes).items() if value is not None}


def credential_of(kind: str, front: Administrator, upstream: Administrator) -> dict[str, str]:
    """Return what an administrator types for this kind, made at the upstream as its users make it."""
    house = upstream.house
    if kind == "app":
        made = upstream.make_application("front", is_confidential=True, application_scopes=SCOPES)
        return {"client_id": made["id"], "secret": made["secret"], "scope": " ".join(SCOPES)}
    if kind == "user-key":
        issued = upstream.make("/user-key", {})
        return {"client_id": issued["client_id"], "secret": issued["user_key"]}
    if kind == "password":
        legacy = json.loads((house.data_dir / "first-start.json").read_text())["legacy"]
        return {"username": legacy["username"], "secret": legacy["password"]}
    if kind == "pat":
        return {"secret": upstream.make_key("front door", ALLOW)}
    return {"client_id": STAGEDOOR_CLI, **code_of(front, upstream)}


def code_of(front: Administrator, upstream: Administrator) -> dict[str, str]:
    """Sign somebody in at the upstream, at the address that the front names."""
    house = upstream.house
    order = {"url": house.orchestrator_url, "client_id": STAGEDOOR_CLI, "redirect_uri": REDIRECT}
    begun = front.management.post("/connections/authorize-url", json=order).json()
    back = fields_of(sign_in_through_the_page(begun["authorize_url"], house.admin_username, house.admin_password))
    assert back["state"] == begun["state"]
    return {"code": back["code"], "code_verifier": begun["code_verifier"], "redirect_uri": REDIRECT}


def steps_of(report: dict[str, Any]) -> dict[str, bool | None]:
    return {step["name"]: step["is_ok"] for step in report["steps"]}


def step_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    [step] = [step for step in report["steps"] if step["name"] == name]
    return dict(step)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_connected_tested_and_carries_a_key(
    kind: str, front: Administrator, upstream: Administrator
) -> None:
    order = {"name": f"by-{kind}", "kind": kind, "url": upstream.house.orchestrator_url}
    credential = credential_of(kind, front, upstream)
    made = front.make("/connections", order | credential | {"tenant": f"acme/by-{kind}"})
    assert made["sign_in"]["state"] == "signed_in", made
    assert (made["tenants"], made["upstream"]) == ([f"acme/by-{kind}"], "acme/dev")
    assert not {"secret", "code", "code_verifier"} & set(made)

    tested = front.management.post(f"/connections/by-{kind}/test")
    report = tested.json()
    assert tested.status_code == 200, tested.text
    assert steps_of(report) == {"reach": True, "sign_in": True, "orchestrator": True, "folders": True}, report
    assert report["is_working"] is True
    assert (report["organization"], report["tenants"]) == ("acme", ["dev"])
    counted = report["refused_count"] + report["allowed_count"] + report["unknown_count"]
    assert counted == len(front.management.get("/operations", params={"limit": 500}).json()["items"])

    key = front.make("/keys", {"name": kind, "tenant": f"acme/by-{kind}", "allow": ALLOW})["key"]
    headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
    base_url = f"{front.house.base_url}/acme/by-{kind}/orchestrator_"
    with httpx2.Client(base_url=base_url, headers=headers) as client:
        answer = eventually(lambda: client.get("/odata/Jobs"), lambda seen: seen.status_code == 200)
        assert isinstance(answer.json()["value"], list)

    for text in (tested.text, json.dumps(made), front.management.get("/audit", params={"limit": 200}).text):
        for name in ("secret", "code", "code_verifier"):
            assert credential.get(name, "-none-") not in text


class TestWhatIsWrongIsSaidInPlainWords:
    def test_a_wrong_secret(self, front: Administrator, upstream: Administrator, application: dict[str, Any]) -> None:
        order = app_order(upstream, application, "wrong-secret", secret="canary-wrong-secret")
        report = front.management.post("/connections/discover", json=order).json()
        assert steps_of(report) == {"reach": True, "sign_in": False, "orchestrator": None, "folders": None}
        assert "client secret is wrong" in step_of(report, "sign_in")["says"]
        made = front.management.post("/connections", json=order)
        assert made.json()["sign_in"]["problem"]["diagnosis"] == "invalid_client"
        assert "canary" not in made.text + json.dumps(report) + front.management.get("/audit").text

    def test_a_wrong_tenant_with_those_that_there_are(
        self, front: Administrator, upstream: Administrator, application: dict[str, Any]
    ) -> None:
        url = f"{upstream.house.base_url}/acme/nothere/orchestrator_"
        report = front.management.post(
            "/connections/discover", json=app_order(upstream, application, "x", url=url)
        ).json()
        assert steps_of(report) == {"reach": True, "sign_in": True, "orchestrator": False, "folders": None}
        step = step_of(report, "orchestrator")
        assert "no such tenant" in step["says"]
        assert "acme/dev" in step["hint"]

    def test_a_port_where_nobody_listens(
        self, front: Administrator, upstream: Administrator, application: dict[str, Any]
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/acme/dev/orchestrator_"
            order = app_order(upstream, application, "x", url=url)
            report = front.management.post("/connections/discover", json=order).json()
        assert steps_of(report) == {"reach": False, "sign_in": None, "orchestrator": None, "folders": None}
        assert "Nobody answers" in step_of(report, "reach")["says"]

    def test_a_certificate_of_an_authority_that_is_not_known(
        self, front: Administrator, upstream: Administrator, application: dict[str, Any], tmp_path: Path
    ) -> None:
        authority = Authority()
        with fault_proxy(upstream.house.base_url, tls=authority.server(tmp_path, "localhost")) as way:
            order = app_order(upstream, application, "by-tls", url=f"{way.url}/acme/dev/orchestrator_")
            report = front.management.post("/connections/discover", json=order).json()
            assert "certificate is not trusted" in step_of(report, "reach")["says"]
            made = front.make("/connections", order | {"ca_pem": authority.pem, "tenant": "by-tls"})
            assert (made["sign_in"]["state"], made["has_own_authorities"]) == ("signed_in", True)
            assert front.management.post("/connections/by-tls/test").json()["is_working"] is True
            key = front.make("/keys", {"name": "by-tls", "tenant": "by-tls", "allow": ALLOW})["key"]
            base_url = f"{front.house.base_url}/acme/by-tls/orchestrator_"
            headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
            assert httpx2.get(f"{base_url}/odata/Jobs", headers=headers).status_code == 200

    def test_an_identity_url_that_leads_to_no_token_endpoint(
        self, front: Administrator, upstream: Administrator, application: dict[str, Any]
    ) -> None:
        wrong = f"{upstream.house.base_url}/identity_/connect/nothing"
        order = app_order(upstream, application, "wrong-place", identity_url=wrong)
        report = front.management.post("/connections/discover", json=order).json()
        right = f"{upstream.house.base_url}/identity_/connect/token"
        assert step_of(report, "sign_in")["is_ok"] is False
        assert step_of(report, "sign_in")["hint"].endswith(f"set the identity URL to {right}.")

    @pytest.mark.parametrize(
        ("scope", "said"),
        [
            ("OR.Jobs OR.Robots", "Register OR.Robots on the external application"),
            ("OR.Jobs offline_access", "Leave offline_access out"),
            ("OR.Job", "did you mean OR.Jobs?"),
        ],
    )
    def test_a_wrong_scope_by_name(
        self, scope: str, said: str, front: Administrator, upstream: Administrator, application: dict[str, Any]
    ) -> None:
        order = app_order(upstream, application, "x", scope=scope)
        report = front.management.post("/connections/discover", json=order).json()
        assert step_of(report, "sign_in")["says"].endswith("The identity server refuses the scope.")
        assert said in step_of(report, "sign_in")["hint"]

    def test_a_token_for_nothing_of_orchestrators(
        self, front: Administrator, upstream: Administrator, application: dict[str, Any]
    ) -> None:
        report = front.management.post(
            "/connections/discover", json={"kind": "pat", "url": upstream.house.orchestrator_url, "secret": "rt_no-1"}
        ).json()
        assert step_of(report, "orchestrator")["is_ok"] is False
        assert "expired or was revoked" in step_of(report, "orchestrator")["hint"]

    def test_a_code_that_was_used(self, front: Administrator, upstream: Administrator) -> None:
        order = {"kind": "person", "url": upstream.house.orchestrator_url, "client_id": STAGEDOOR_CLI}
        code = code_of(front, upstream)
        front.make("/connections", order | code | {"name": "first-use"})
        again = front.management.post("/connections", json=order | code | {"name": "second-use"})
        assert (again.status_code, again.json()["diagnosis"]) == (502, "code_refused")
        names = [item["name"] for item in front.management.get("/connections").json()["items"]]
        assert "second-use" not in names


def test_what_the_remote_side_will_refuse_is_listed(
    front: Administrator, upstream: Administrator, application: dict[str, Any]
) -> None:
    order = app_order(upstream, application, "narrow")
    report = front.management.post("/connections/discover", json=order).json()
    refused = {row["operation"]: row["because"] for row in report["refused"]}
    assert refused["QueueItems_Get"] == "the token has not the scope OR.Queues.Read"
    assert "Jobs_StartJobs" not in refused
    assert (report["known_from"], report["unknown_count"]) == (["token_scopes"], 0)


def test_of_a_password_what_is_refused_is_unknown(front: Administrator, upstream: Administrator) -> None:
    order = {"kind": "password", "url": upstream.house.orchestrator_url, **credential_of("password", front, upstream)}
    report = front.management.post("/connections/discover", json=order).json()
    assert report["is_working"] is True
    assert (report["known_from"], report["refused"]) == ([], [])
    assert report["unknown_count"] > report["allowed_count"]


def test_a_person_is_not_tried_before_it_is_kept(front: Administrator, upstream: Administrator) -> None:
    house = upstream.house
    refresh_token = tokens_for(house.base_url, house.admin_username, house.admin_password)["refresh_token"]
    order = {"kind": "person", "url": house.orchestrator_url, "client_id": STAGEDOOR_CLI, "secret": refresh_token}
    report = front.management.post("/connections/discover", json=order).json()
    assert (report["is_working"], step_of(report, "sign_in")["is_ok"]) == (False, None)
    made = front.make("/connections", order | {"name": "kept-person"})
    assert made["sign_in"]["state"] == "signed_in"


def test_a_new_secret_takes_the_place_of_the_old(
    front: Administrator, upstream: Administrator, application: dict[str, Any]
) -> None:
    front.make("/connections", app_order(upstream, application, "renewed", secret="wrong"))
    before = front.management.get("/connections/renewed").json()["sign_in"]
    assert (before["state"], before["failures"]) == ("failing", 1)
    after = front.management.post("/connections/renewed/secret", json={"secret": application["secret"]}).json()
    assert (after["sign_in"]["state"], after["sign_in"]["problem"]) == ("signed_in", None)
    assert front.management.post("/connections/renewed/test").json()["is_working"] is True


def test_a_tenant_is_mapped_and_a_connection_in_use_is_not_removed(
    front: Administrator, upstream: Administrator, application: dict[str, Any]
) -> None:
    made = front.make("/connections", app_order(upstream, application, "mapped"))
    [tenant] = [item for item in front.management.get("/tenants").json()["items"] if item["name"] == "dev"]
    facts = front.management.put(f"/tenants/{tenant['id']}/connection", json={"connection": "mapped"}).json()
    assert (facts["destination"], facts["connection"]) == ("remote", "mapped")
    refused = front.management.delete("/connections/mapped")
    assert (refused.status_code, refused.json()["code"]) == (409, "connection_in_use")
    facts = front.management.delete(f"/tenants/{tenant['id']}/connection").json()
    assert (facts["destination"], facts["connection"]) == ("embedded", None)
    front.management.put(f"/tenants/{tenant['id']}/connection", json={"connection": made["id"]})
    assert front.management.delete("/connections/mapped", params={"unmap": "true"}).status_code == 204
    assert front.management.get(f"/tenants/{tenant['id']}/destination").json()["destination"] == "embedded"
    assert front.management.get("/connections/mapped").json()["code"] == "connection_unknown"
