"""Connections through the management API: who may, what is refused, what is written down, and never the secret."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.factories.management import Management
from tests.factories.strange_server import StrangeServer, strange_server

from stagedoor.passage import CredentialKind

BASE = "/acme/prod/orchestrator_"
TOKEN = "POST /identity_/connect/token"
METADATA = "GET /identity_/.well-known/openid-configuration"
GRANTED: dict[str, Any] = {"access_token": "T1", "expires_in": 3600, "refresh_token": "CANARY-R1"}
ANSWERS: dict[str, Any] = {
    METADATA: (200, {"token_endpoint": "x"}),
    TOKEN: (200, GRANTED),
    f"GET {BASE}/api/Status/Version": (200, {}),
    f"GET {BASE}/odata/Folders": (200, {"value": []}),
}
CODE = {"code": "CANARY-code", "code_verifier": "CANARY-verifier", "redirect_uri": "http://127.0.0.1:1/callback"}


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server(ANSWERS) as strange:
        yield strange


@pytest.fixture
def client(admin: Management) -> httpx2.Client:
    return admin.client(admin.administrator())


def order(server: StrangeServer, name: str = "prod", **changes: Any) -> dict[str, Any]:
    facts = {"name": name, "kind": "app", "url": server.url + BASE, "client_id": "c", "secret": "CANARY-secret"}
    return {key: value for key, value in (facts | changes).items() if value is not None}


def sentences(admin: Management) -> list[str]:
    rows = admin.audit_rows()
    assert "CANARY" not in str([vars(row) for row in rows])
    return [str(row.sentence) for row in rows if str(row.event).startswith("admin:")]


class TestWhoMay:
    CALLS = (
        ("GET", "/connections", None),
        ("GET", "/connections/prod", None),
        ("POST", "/connections", {}),
        ("DELETE", "/connections/prod", None),
        ("POST", "/connections/prod/secret", {"secret": "x"}),
        ("POST", "/connections/prod/test", None),
        ("POST", "/connections/discover", {}),
        ("POST", "/connections/authorize-url", {}),
        ("PUT", "/tenants/dev/connection", {"connection": "prod"}),
        ("DELETE", "/tenants/dev/connection", None),
    )

    @pytest.mark.parametrize(("method", "path", "body"), CALLS)
    def test_only_administrators(self, admin: Management, method: str, path: str, body: Any) -> None:
        for caller in (admin.worker(), admin.access_key(), admin.application("OR.Administration")):
            assert admin.client(caller).request(method, path, json=body).status_code == 403

    def test_a_personal_access_token_of_an_administrator_only_reads(self, admin: Management) -> None:
        root = admin.people.make("root", is_administrator=True, roles=())
        client = admin.client(admin.person(root, kind=CredentialKind.PERSONAL_ACCESS_TOKEN))
        assert client.get("/connections").status_code == 200
        assert client.post("/connections/discover", json={}).status_code == 403

    def test_another_organization_sees_nothing_of_it(self, admin: Management, server: StrangeServer) -> None:
        made = admin.client(admin.administrator()).post("/connections", json=order(server)).json()
        with admin.world.database.write() as session:
            other = admin.world.organizations.create_organization(session, "other").id
        stranger = admin.client(admin.administrator_of(other))
        assert stranger.get("/connections").json()["items"] == []
        for path in ("prod", made["id"]):
            assert stranger.get(f"/connections/{path}").status_code == 404
            assert stranger.post(f"/connections/{path}/test").status_code == 404
            assert stranger.post(f"/connections/{path}/secret", json={"secret": "x"}).status_code == 404
            assert stranger.delete(f"/connections/{path}").status_code == 404


class TestMaking:
    def test_it_is_kept_signed_in_and_mapped_to_a_new_tenant(
        self, admin: Management, client: httpx2.Client, server: StrangeServer
    ) -> None:
        answer = client.post("/connections", json=order(server, tenant="acme/cloud", scope="OR.Jobs"))
        assert answer.status_code == 201
        made = answer.json()
        assert (made["upstream"], made["tenants"]) == ("acme/prod", ["acme/cloud"])
        assert made["token_url"] == f"{server.url}/identity_/connect/token"
        assert made["sign_in"]["state"] == "signed_in"
        assert "CANARY" not in answer.text
        assert client.get("/connections/prod").json() == made
        assert client.get("/connections").json()["items"] == [made]
        assert client.get("/tenants/cloud/destination").json() == {
            "destination": "remote",
            "remote_base_url": server.url + BASE,
            "has_token": True,
            "connection": "prod",
        }
        assert sentences(admin) == [
            f"Connection prod ({made['id']}) of kind app to {server.url}{BASE} was made.",
            f"Tenant cloud was sent to connection prod ({server.url}{BASE}).",
        ]

    def test_a_tenant_that_exists_is_found_by_any_of_its_words(
        self, client: httpx2.Client, server: StrangeServer
    ) -> None:
        for number, word in enumerate(("acme/prod", "PROD", "Production")):
            made = client.post("/connections", json=order(server, f"c{number}", tenant=word)).json()
            assert made["tenants"] == ["acme/prod"]
        assert len(client.get("/tenants").json()["items"]) == 2

    def test_a_sign_in_that_fails_is_told_and_the_connection_kept(
        self, client: httpx2.Client, server: StrangeServer
    ) -> None:
        server.answers[TOKEN] = (400, {"error": "invalid_client", "error_description": "CANARY"})
        answer = client.post("/connections", json=order(server))
        assert answer.status_code == 201
        sign_in = answer.json()["sign_in"]
        assert (sign_in["state"], sign_in["failures"]) == ("failing", 1)
        assert sign_in["problem"]["diagnosis"] == "invalid_client"
        assert "CANARY" not in answer.text

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"url": "ftp://x"}, "url"),
            ({"url": "https://cloud.uipath.com"}, "url"),
            ({"url": "https://user:CANARY@orch.example"}, "url"),
            ({"upstream": "other/prod"}, "upstream"),
            ({"client_id": None}, "client_id"),
            ({"kind": "password"}, "username"),
            ({"kind": "pat", "secret": "CANARY two words"}, "secret"),
            ({"ca_pem": "CANARY"}, "ca_pem"),
            ({"ca_pem": "CANARY é"}, "ca_pem"),
            ({"url": "http://a..b/acme/prod"}, "url"),
            ({"proxy_url": "socks5://x"}, "proxy_url"),
            ({"identity_url": "https://x.example/?q"}, "identity_url"),
            ({"name": "-x"}, "name"),
        ],
    )
    def test_what_is_wrong_is_named_before_anybody_is_asked(
        self, client: httpx2.Client, server: StrangeServer, changes: dict[str, Any], field: str
    ) -> None:
        answer = client.post("/connections", json=order(server, **changes))
        assert (answer.status_code, answer.json()["code"]) == (400, "connection_refused")
        assert answer.json()["field"] == field
        assert "CANARY" not in answer.text
        assert server.asked == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"secret": None},
            {"secret": ["CANARY"]},
            {"code": "CANARY"},
            {"kind": "app", "secret": None, **CODE},
            {"kind": "telepathy"},
            {"sceret": "CANARY"},
            {"tenant": "a/b/c"},
            {"name": "a\x00b"},
        ],
    )
    def test_an_order_that_cannot_be_read_is_refused_and_not_repeated(
        self, client: httpx2.Client, server: StrangeServer, changes: dict[str, Any]
    ) -> None:
        answer = client.post("/connections", json=order(server, **changes))
        assert answer.status_code == 422
        assert "CANARY" not in answer.text

    @pytest.mark.parametrize("credential", [{"secret": "\ud800"}, {"secret": None, **CODE, "code": "\ud800"}])
    def test_half_a_letter_is_no_secret(
        self, client: httpx2.Client, server: StrangeServer, credential: dict[str, Any]
    ) -> None:
        body = json.dumps(order(server, kind="person", **credential))
        answer = client.post("/connections", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422

    def test_a_name_that_is_taken(self, client: httpx2.Client, server: StrangeServer) -> None:
        client.post("/connections", json=order(server))
        server.asked.clear()
        assert client.post("/connections", json=order(server)).status_code == 409
        assert server.asked == []


class TestPeople:
    def person(self, server: StrangeServer, **changes: Any) -> dict[str, Any]:
        return order(server, kind="person", secret=None, **(CODE | changes))

    def test_the_refresh_token_that_a_code_gave_is_stored_before_anything_else(
        self, admin: Management, client: httpx2.Client, server: StrangeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError

        # Whatever ends the process behind the exchange, the connection is there and can sign in.
        monkeypatch.setattr(admin.parts.upstream_tokens, "renew", fail)
        with pytest.raises(RuntimeError):
            client.post("/connections", json=self.person(server))
        monkeypatch.undo()
        server.answers[TOKEN] = (200, GRANTED | {"refresh_token": "CANARY-R2"})
        report = client.post("/connections/prod/test").json()
        assert report["steps"][1]["is_ok"] is True
        spent = [asked.fields["refresh_token"] for asked in server.asked if "refresh_token" in asked.fields]
        assert spent == ["CANARY-R1"]

    @pytest.mark.parametrize(
        ("changes", "status"),
        [({"name": "taken"}, 409), ({"tenant": "other/x"}, 404), ({"tenant": "api"}, 400), ({"url": "x"}, 400)],
    )
    def test_a_code_is_not_spent_on_an_order_that_cannot_be_carried_out(
        self, client: httpx2.Client, server: StrangeServer, changes: dict[str, Any], status: int
    ) -> None:
        client.post("/connections", json=order(server, "taken"))
        server.asked.clear()
        assert client.post("/connections", json=self.person(server) | changes).status_code == status
        assert server.asked == []

    def test_a_code_that_is_refused_leaves_nothing(self, client: httpx2.Client, server: StrangeServer) -> None:
        server.answers[TOKEN] = (400, {"error": "invalid_grant"})
        answer = client.post("/connections", json=self.person(server))
        assert (answer.status_code, answer.json()["diagnosis"]) == (502, "code_refused")
        assert "CANARY" not in answer.text
        assert client.get("/connections").json()["items"] == []

    def test_somebody_signs_in_again_with_a_code(
        self, admin: Management, client: httpx2.Client, server: StrangeServer
    ) -> None:
        client.post("/connections", json=self.person(server))
        server.answers[TOKEN] = (200, GRANTED | {"refresh_token": "CANARY-R3"})
        again = client.post("/connections/prod/secret", json=CODE)
        assert again.json()["sign_in"]["state"] == "signed_in"
        assert sentences(admin)[-1].endswith("of kind person was given a new secret.")

    def test_an_application_has_no_use_for_a_code(self, client: httpx2.Client, server: StrangeServer) -> None:
        client.post("/connections", json=order(server))
        answer = client.post("/connections/prod/secret", json=CODE)
        assert (answer.status_code, answer.json()["code"]) == (400, "connection_refused")

    def test_the_address_of_the_sign_in(self, client: httpx2.Client, server: StrangeServer) -> None:
        wanted = {"url": server.url + BASE, "client_id": "c", "redirect_uri": CODE["redirect_uri"]}
        begun = client.post("/connections/authorize-url", json=wanted).json()
        assert begun["authorize_url"].startswith(f"{server.url}/identity_/connect/authorize?response_type=code&")
        assert begun["state"] in begun["authorize_url"]
        assert begun["code_verifier"] not in begun["authorize_url"]
        other = wanted | {"identity_url": f"{server.url}/oidc/token"}
        answer = client.post("/connections/authorize-url", json=other)
        assert (answer.status_code, answer.json()["field"]) == (400, "identity_url")


class TestTrying:
    def test_a_test_is_written_down(self, admin: Management, client: httpx2.Client, server: StrangeServer) -> None:
        made = client.post("/connections", json=order(server)).json()
        report = client.post("/connections/prod/test").json()
        assert report["is_working"] is True
        assert sentences(admin)[-1] == f"Connection prod ({made['id']}) was tested: it works."
        server.answers[f"GET {BASE}/odata/Folders"] = (404, {})
        assert client.post("/connections/prod/test").json()["is_working"] is False
        assert sentences(admin)[-1].endswith("it does not work yet, for the step orchestrator.")

    def test_a_test_asks_even_where_nobody_asks_again_by_itself_for_a_while(
        self, client: httpx2.Client, server: StrangeServer
    ) -> None:
        server.answers[TOKEN] = (400, {"error": "invalid_client"})
        client.post("/connections", json=order(server))
        server.answers[TOKEN] = (200, GRANTED)
        assert client.post("/connections/prod/test").json()["is_working"] is True

    def test_a_discovery_keeps_nothing_and_is_written_down(
        self, admin: Management, client: httpx2.Client, server: StrangeServer
    ) -> None:
        report = client.post("/connections/discover", json=order(server)).json()
        assert (report["is_working"], report["url"]) == (True, server.url + BASE)
        assert client.get("/connections").json()["items"] == []
        assert sentences(admin) == [f"An Orchestrator at {server.url}{BASE} was tried, and nothing kept: it works."]

    def test_a_discovery_finds_the_identity_server_of_the_organization(
        self, client: httpx2.Client, server: StrangeServer
    ) -> None:
        server.answers["GET /acme/identity_/.well-known/openid-configuration"] = server.answers.pop(METADATA)
        server.answers["POST /acme/identity_/connect/token"] = server.answers.pop(TOKEN)
        report = client.post("/connections/discover", json=order(server)).json()
        assert (report["is_working"], report["token_url"]) == (
            True,
            f"{server.url}/acme/identity_/connect/token",
        )
        assert client.post("/connections", json=order(server)).json()["token_url"] == report["token_url"]

    def test_a_persons_secret_is_left_alone(self, client: httpx2.Client, server: StrangeServer) -> None:
        report = client.post("/connections/discover", json=order(server, kind="person")).json()
        assert [step["is_ok"] for step in report["steps"]] == [True, None, None, None]
        assert TOKEN not in server.lines()


class TestMapping:
    def test_a_tenant_is_mapped_and_unmapped(
        self, admin: Management, client: httpx2.Client, server: StrangeServer
    ) -> None:
        client.post("/connections", json=order(server))
        facts = client.put("/tenants/dev/connection", json={"connection": "prod"}).json()
        assert (facts["destination"], facts["connection"], facts["has_token"]) == ("remote", "prod", True)
        assert sentences(admin)[-1] == f"Tenant dev was sent to connection prod ({server.url}{BASE})."
        facts = client.delete("/tenants/dev/connection").json()
        assert (facts["destination"], facts["connection"]) == ("embedded", None)
        assert sentences(admin)[-1] == "Tenant dev was sent to the embedded Orchestrator."

    def test_unmapping_leaves_a_destination_of_the_tenants_own(self, admin: Management, client: httpx2.Client) -> None:
        client.put("/tenants/dev/destination", json={"remote_base_url": "https://o.example", "token": "T"})
        assert client.delete("/tenants/dev/connection").json()["remote_base_url"] == "https://o.example"
        assert len(sentences(admin)) == 1

    def test_a_connection_that_is_not_there(self, client: httpx2.Client) -> None:
        answer = client.put("/tenants/dev/connection", json={"connection": "none"})
        assert (answer.status_code, answer.json()["code"]) == (404, "connection_unknown")

    def test_in_use_it_is_removed_only_with_its_mappings(
        self, admin: Management, client: httpx2.Client, server: StrangeServer
    ) -> None:
        client.post("/connections", json=order(server, tenant="dev"))
        assert client.delete("/connections/prod").json()["code"] == "connection_in_use"
        assert client.delete("/connections/prod", params={"unmap": "true"}).status_code == 204
        assert client.get("/tenants/dev/destination").json()["destination"] == "embedded"
        assert [sentence.split(" (")[0] for sentence in sentences(admin)[-2:]] == [
            "Tenant dev was sent to the embedded Orchestrator.",
            "Connection prod",
        ]
