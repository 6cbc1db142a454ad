"""Personal access tokens and the user key: each person's own."""

from typing import Any

import pytest
from tests.factories.management import Management

from stagedoor.passage import CredentialKind


def order(**changes: Any) -> dict[str, Any]:
    return {"name": "laptop", "scopes": ["OR.Jobs.Read"], "expires_in": "30d"} | changes


class TestTokens:
    def test_a_token_is_shown_once_and_listed_without_itself(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        answer = client.post("/tokens", json=order())
        assert answer.status_code == 201
        made = answer.json()
        assert made["token"].startswith("rt_")
        assert made["expires_at"] == "2026-04-01T09:00:00Z"
        listed = client.get("/tokens")
        assert [item["id"] for item in listed.json()["items"]] == [made["id"]]
        assert made["token"] not in listed.text

    def test_an_end_can_be_given_as_a_time(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        made = client.post("/tokens", json=order(expires_in=None, expires_at="2026-04-01T00:00:00Z")).json()
        assert made["expires_at"] == "2026-04-01T00:00:00Z"

    def test_one_ends_ones_own_token_and_nobody_elses(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        made = client.post("/tokens", json=order()).json()
        other = admin.client(admin.worker(name="eve"))
        assert other.get("/tokens").json()["items"] == []
        assert other.delete(f"/tokens/{made['id']}").json()["code"] == "personal_access_token_not_found"
        assert client.delete(f"/tokens/{made['id']}").json()["revoked_at"] == "2026-03-02T09:00:00Z"
        assert [row.event for row in admin.audit_rows()] == [
            "admin:personal_token:created",
            "admin:personal_token:revoked",
        ]

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"scopes": ["OR.Everything"]}, 400, "scope_unknown"),
            ({"scopes": ["PM.User"]}, 400, "scope_unknown"),
            ({"scopes": []}, 422, "request_refused"),
            ({"expires_in": None}, 422, "request_refused"),
            ({"expires_at": "2026-04-01T00:00:00Z"}, 422, "request_refused"),
            ({"expires_in": "400d"}, 400, "personal_access_token_refused"),
        ],
    )
    def test_a_token_that_makes_no_sense_is_not_made(
        self, admin: Management, changes: dict[str, Any], status: int, code: str
    ) -> None:
        answer = admin.client(admin.worker()).post("/tokens", json=order(**changes))
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_a_limited_token_makes_no_wider_one(self, admin: Management) -> None:
        user = admin.people.make("wim")
        client = admin.client(admin.person(user, ceiling=("scope:OR.Jobs.Read",)))
        assert client.post("/tokens", json=order()).status_code == 201
        answer = client.post("/tokens", json=order(scopes=["OR.Jobs"]))
        assert (answer.status_code, answer.json()["code"]) == (403, "grant_exceeds_maker")

    def test_a_token_makes_no_token(self, admin: Management) -> None:
        user = admin.people.make("wim")
        client = admin.client(admin.person(user, kind=CredentialKind.PERSONAL_ACCESS_TOKEN))
        assert client.post("/tokens", json=order()).json()["code"] == "method_not_allowed_here"
        assert client.get("/tokens").status_code == 200

    def test_the_machine_itself_has_none(self, admin: Management) -> None:
        client = admin.client(admin.local_administrator())
        assert client.get("/tokens").json()["code"] == "person_needed"
        assert client.get("/user-key").json()["code"] == "person_needed"


class TestUserKey:
    def test_the_screen_of_old_shows_all_that_a_script_needs(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        before = client.get("/user-key").json()
        assert before == {
            "client_id": admin.parts.user_keys.client_id,
            "account_logical_name": "acme",
            "tenant_logical_names": ["dev"],
            "keys": [],
        }
        answer = client.post("/user-key")
        assert answer.status_code == 201
        made = answer.json()
        assert len(made["user_key"]) > 20
        assert [item["last_used_at"] for item in made["keys"]] == [None]
        assert made["user_key"] not in client.get("/user-key").text

    def test_a_new_key_cancels_the_one_before(self, admin: Management) -> None:
        client = admin.client(admin.worker())
        [first] = client.post("/user-key").json()["keys"]
        [second] = client.post("/user-key").json()["keys"]
        assert first["id"] != second["id"]
        assert [row.sentence for row in admin.audit_rows()] == [
            "User wim was given a user key; keys cancelled: 0.",
            "User wim was given a user key; keys cancelled: 1.",
        ]

    def test_a_limited_token_makes_no_key_that_carries_the_whole_person(self, admin: Management) -> None:
        user = admin.people.make("wim")
        client = admin.client(admin.person(user, ceiling=("scope:OR.Jobs.Read",)))
        answer = client.post("/user-key")
        assert (answer.status_code, answer.json()["code"]) == (403, "grant_exceeds_maker")

    def test_a_directory_user_never_had_one(self, admin: Management) -> None:
        user = admin.people.make("dora", is_directory_user=True)
        assert admin.client(admin.person(user)).post("/user-key").json()["code"] == "user_key_refused"
