from typing import Any

from tests.factories.management import Management

REPORTING = {"name": "Reporting", "is_confidential": True, "application_scopes": ["OR.Jobs.Read"]}


def test_a_confidential_application_gets_its_first_secret_once(admin: Management) -> None:
    client = admin.client(admin.administrator())
    answer = client.post("/apps", json=REPORTING)
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("sdc_")
    assert made["grant_types"] == ["client_credentials"]
    [listed] = client.get("/apps").json()["items"]
    assert listed["id"] == made["id"]
    assert [secret["description"] for secret in listed["secrets"]] == ["first"]
    assert made["secret"] not in client.get("/apps").text
    assert "hash" not in client.get("/apps").text


def test_a_public_application_has_no_secret(admin: Management) -> None:
    client = admin.client(admin.administrator())
    order = {
        "name": "Tool",
        "is_confidential": False,
        "redirect_uris": ["http://127.0.0.1/cb"],
        "user_scopes": ["OR.Jobs"],
    }
    made = client.post("/apps", json=order).json()
    assert made["secret"] is None
    assert client.post(f"/apps/{made['id']}/secrets", json={}).json()["code"] == "external_application_refused"


def test_further_secrets_are_made_and_ended(admin: Management) -> None:
    client = admin.client(admin.administrator())
    made = client.post("/apps", json=REPORTING).json()
    further = client.post(
        f"/apps/{made['id']}/secrets", json={"description": "second", "expires_at": "2026-06-01T00:00:00Z"}
    ).json()
    assert further["secret"].startswith("sdc_")
    assert client.delete(f"/apps/{made['id']}/secrets/{further['id']}").status_code == 204
    [listed] = client.get("/apps").json()["items"]
    assert [secret["description"] for secret in listed["secrets"]] == ["first"]


def test_a_deleted_application_is_gone(admin: Management) -> None:
    client = admin.client(admin.administrator())
    made = client.post("/apps", json=REPORTING).json()
    assert client.delete(f"/apps/{made['id']}").status_code == 204
    assert client.get("/apps").json()["items"] == []
    assert client.delete(f"/apps/{made['id']}").json()["code"] == "external_application_unknown"


def test_an_order_that_is_not_safe_is_refused(admin: Management) -> None:
    client = admin.client(admin.administrator())
    order: dict[str, Any] = {"name": "x", "is_confidential": False, "user_scopes": ["OR.Jobs"]}
    for redirect in ("http://evil.example/cb", "javascript:alert(1)"):
        answer = client.post("/apps", json=order | {"redirect_uris": [redirect]})
        assert (answer.status_code, answer.json()["code"]) == (400, "external_application_refused")


def test_the_audit_names_the_application_and_never_a_secret(admin: Management) -> None:
    client = admin.client(admin.administrator())
    made = client.post("/apps", json=REPORTING).json()
    further = client.post(f"/apps/{made['id']}/secrets", json={}).json()
    client.delete(f"/apps/{made['id']}/secrets/{further['id']}")
    client.delete(f"/apps/{made['id']}")
    rows = admin.audit_rows()
    assert [row.event for row in rows] == [
        "admin:application:created",
        "admin:application_secret:created",
        "admin:application_secret:deleted",
        "admin:application:deleted",
    ]
    text = str([vars(row) for row in rows])
    assert "Reporting" in text
    assert made["secret"] not in text
    assert further["secret"] not in text


def test_another_organization_does_not_see_it(admin: Management) -> None:
    made = admin.client(admin.administrator()).post("/apps", json=REPORTING).json()
    with admin.world.database.write() as session:
        other = admin.world.organizations.create_organization(session, "other").id
    admin.world.feed.catch_up()
    client = admin.client(admin.administrator_of(other))
    assert client.get("/apps").json()["items"] == []
    for method, path in (("DELETE", ""), ("POST", "/secrets"), ("DELETE", "/secrets/x")):
        answer = client.request(method, f"/apps/{made['id']}{path}", json={})
        assert answer.json()["code"] == "external_application_unknown"
