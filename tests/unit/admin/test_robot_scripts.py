"""Scripts of robots in the management API: who may, what is kept, what is refused, what the audit tells."""

from tests.factories.management import Management

SCRIPT = {"ending": "fault", "reason": "No number.", "runningSeconds": 5}


def test_a_rule_is_made_listed_replaced_and_deleted(admin: Management) -> None:
    client = admin.client(admin.administrator())
    tenant = "dev"
    order = {"tenant": tenant, "process": "Invoice*", "script": SCRIPT}
    made = client.post("/robot-scripts", json=order)
    assert made.status_code == 201, made.text
    rule = made.json()
    assert (rule["process"], rule["when"], rule["script"]["reason"]) == ("invoice*", None, "No number.")
    narrow = client.post("/robot-scripts", json={**order, "when": {"Amount": 13}, "script": {}}).json()
    replaced = client.post("/robot-scripts", json={**order, "process": "INVOICE*"}).json()
    listed = client.get("/robot-scripts", params={"tenant": tenant}).json()["items"]
    assert [it["id"] for it in listed] == [replaced["id"], narrow["id"]]
    assert client.delete(f"/robot-scripts/{narrow['id']}", params={"tenant": tenant}).status_code == 204
    assert client.delete(f"/robot-scripts/{narrow['id']}", params={"tenant": tenant}).status_code == 404
    assert client.delete("/robot-scripts", params={"tenant": tenant}).status_code == 204
    assert client.get("/robot-scripts", params={"tenant": tenant}).json()["items"] == []
    events = [row.event for row in admin.audit_rows()]
    assert events == ["admin:robot_script:set"] * 3 + ["admin:robot_script:cleared"] * 2


def test_what_is_no_rule_is_refused_by_its_field(admin: Management) -> None:
    client = admin.client(admin.administrator())
    order = {"tenant": "dev", "process": "Invoice*"}
    wrong = client.post("/robot-scripts", json={**order, "script": {"ending": "explode"}})
    assert (wrong.status_code, "ending" in wrong.text) == (400, True)
    for more in ({"when": {}}, {"when": {"a": 1, "b": 2}}, {"process": ""}, {"surprise": 1}):
        assert client.post("/robot-scripts", json={**order, **more}).status_code == 422
    assert client.post("/robot-scripts", json={**order, "process": "İ" * 100}).status_code == 400
    unknown = client.post("/robot-scripts", json={**order, "tenant": "nowhere"})
    assert unknown.json()["code"] == "tenant_unknown"


def test_only_an_administrator_writes_scripts(admin: Management) -> None:
    order = {"tenant": "dev", "process": "Invoice*"}
    assert admin.client(admin.worker()).post("/robot-scripts", json=order).status_code == 403
