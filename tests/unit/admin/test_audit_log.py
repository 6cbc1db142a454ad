from tests.factories.audit import audit_entry
from tests.factories.management import Management


def record(admin: Management, **changes: object) -> None:
    admin.audit.record(audit_entry(organization_id=admin.world.organization.id, **changes))


def test_a_row_that_was_recorded_just_now_is_in_the_tail(admin: Management) -> None:
    record(admin, verdict="denied", reason="operation_not_granted", sentence="No.", status=403)
    tail = admin.client(admin.administrator()).get("/audit").json()
    assert tail["items"] == [
        {
            "id": 1,
            "time": "2026-03-02T09:00:00Z",
            "request_id": "0123456789abcdef",
            "event": "orchestrator:operation:called",
            "caller": {"kind": "api_user", "id": "6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a", "name": "nightly export"},
            "credential": {"kind": "access_key", "id": "Ab3dE5gH"},
            "client_address": "127.0.0.1",
            "organization": "acme",
            "tenant": "dev",
            "method": "GET",
            "path": "/acme/dev/orchestrator_/odata/Jobs",
            "operation": "Jobs_Get",
            "folder": "Shared",
            "verdict": "denied",
            "reason": "operation_not_granted",
            "sentence": "No.",
            "status": 403,
            "duration_ms": 1.25,
            "destination": "embedded",
        }
    ]
    assert tail["next"] == "1"


def test_the_tail_is_followed_by_next_until_there_is_nothing_new(admin: Management) -> None:
    client = admin.client(admin.administrator())
    for status in (200, 201, 202):
        record(admin, status=status)
    tail = client.get("/audit", params={"limit": 2}).json()
    assert [item["status"] for item in tail["items"]] == [201, 202]
    quiet = client.get("/audit", params={"after": tail["next"]}).json()
    assert quiet == {"items": [], "next": tail["next"]}
    record(admin, status=203)
    assert [i["status"] for i in client.get("/audit", params={"after": quiet["next"]}).json()["items"]] == [203]


def test_an_empty_log_has_no_next(admin: Management) -> None:
    assert admin.client(admin.administrator()).get("/audit").json() == {"items": [], "next": None}


def test_rows_are_found_by_verdict_and_by_caller(admin: Management) -> None:
    client = admin.client(admin.administrator())
    record(admin, verdict="denied", caller_name="a", status=403)
    record(admin, verdict="allowed", caller_name="b", status=200)
    assert [i["status"] for i in client.get("/audit", params={"verdict": "denied"}).json()["items"]] == [403]
    assert [i["status"] for i in client.get("/audit", params={"caller": "b"}).json()["items"]] == [200]
    assert client.get("/audit", params={"verdict": "maybe"}).status_code == 422


def test_rows_of_another_organization_are_not_shown(admin: Management) -> None:
    admin.audit.record(audit_entry(organization_id="somebody-else"))
    assert admin.client(admin.administrator()).get("/audit").json()["items"] == []


def test_a_log_that_cannot_be_written_is_not_shown_as_if_it_were_whole(admin: Management) -> None:
    client = admin.client(admin.administrator())
    admin.audit.stop()
    answer = client.get("/audit")
    assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
