from datetime import UTC, datetime

import pytest
from tests.factories.management import Management
from tests.factories.people import API_PASSWORD, SIGN_IN_PASSWORD

from stagedoor.identity.legacy_basic.errors import LegacyError
from stagedoor.identity.legacy_basic.schemas import LoginAttempt, LoginBody
from stagedoor.kit.secret import Secret

UNTIL = "2026-06-01T00:00:00Z"


def test_the_window_is_opened_until_a_date_and_closed(admin: Management) -> None:
    client = admin.client(admin.administrator())
    answer = client.put("/legacy-window", json={"open": True, "until": UNTIL})
    assert answer.status_code == 200
    assert (answer.json()["open"], answer.json()["until"]) == (True, UNTIL)
    organization = admin.world.directory.find_organization("acme")
    assert organization is not None
    assert organization.legacy_window.is_open
    assert organization.legacy_window.until == datetime(2026, 6, 1, tzinfo=UTC)
    assert client.put("/legacy-window", json={"open": False, "until": None}).json()["open"] is False
    assert [row.sentence for row in admin.audit_rows()] == [
        "The legacy window was opened until 2026-06-01 00:00 UTC.",
        "The legacy window was closed.",
    ]


def test_it_says_who_may_log_in_by_it_and_why_not(admin: Management) -> None:
    admin.people.make("old")
    admin.people.make("new", migrated=False)
    client = admin.client(admin.administrator())
    client.put("/legacy-window", json={"open": True, "until": UNTIL})
    users = {user["username"]: user for user in client.get("/legacy-window").json()["users"]}
    assert users["old"] == {"username": "old", "eligible": True, "reason": None, "sentence": None}
    assert users["new"]["eligible"] is False
    assert users["new"]["reason"] == "user_came_later"


def test_it_says_who_used_it_even_a_moment_ago(admin: Management) -> None:
    user = admin.people.make("old")
    for _ in range(3):
        admin.legacy_uses.note(
            organization_id=admin.world.organization.id,
            user_id=user.id,
            client_address="192.0.2.7",
            user_agent="python-requests/2.31",
            operation="login",
            now=admin.world.clock.now(),
        )
    [use] = admin.client(admin.administrator()).get("/legacy-window").json()["uses"]
    assert use == {
        "user": "old",
        "network": use["network"],
        "client": "python-requests",
        "operation": "login",
        "count": 3,
        "last_used_at": "2026-03-02T09:00:00Z",
    }


def test_it_says_who_tried_and_was_refused(admin: Management) -> None:
    admin.people.make("new", migrated=False)
    admin.people.make("old")
    client = admin.client(admin.administrator())
    client.put("/legacy-window", json={"open": True, "until": UNTIL})
    for username, password, tenancy_name in (
        ("new", SIGN_IN_PASSWORD, "dev"),
        ("old", API_PASSWORD, "prod"),
        ("old", "a wrong password", "dev"),
    ):
        body = LoginBody(tenancy_name, username, Secret(password))
        attempt = LoginAttempt(
            body=body, organization="acme", tenant=None, client_address="192.0.2.7", user_agent="curl/8.0"
        )
        with pytest.raises(LegacyError):
            admin.parts.legacy.log_in(attempt)
    uses = {(use["user"], use["operation"]): use["count"] for use in client.get("/legacy-window").json()["uses"]}
    # Who proved nothing is in the audit alone: nobody can be made to look like a user of the old way.
    assert uses == {("new", "login refused: user_came_later"): 1, ("old", "login refused: tenant_not_open"): 1}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"open": True, "until": None}, 422, "request_refused"),
        ({"open": True}, 422, "request_refused"),
        ({"open": True, "until": "2026-06-01T00:00:00"}, 422, "request_refused"),
        ({"open": True, "until": "2026-03-01T00:00:00Z"}, 409, "legacy_window_refused"),
    ],
)
def test_an_open_window_has_an_end_in_the_future(
    admin: Management, body: dict[str, object], status: int, code: str
) -> None:
    answer = admin.client(admin.administrator()).put("/legacy-window", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_organization_made_after_the_migration_never_gets_one(admin: Management) -> None:
    with admin.world.database.write() as session:
        other = admin.world.organizations.create_organization(session, "other").id
    admin.world.feed.catch_up()
    answer = admin.client(admin.administrator_of(other)).put("/legacy-window", json={"open": True, "until": UNTIL})
    assert (answer.status_code, answer.json()["code"]) == (409, "legacy_window_refused")


def test_an_organization_that_is_gone_is_unknown(admin: Management) -> None:
    answer = admin.client(admin.administrator_of("gone")).get("/legacy-window")
    assert (answer.status_code, answer.json()["code"]) == (404, "organization_unknown")
