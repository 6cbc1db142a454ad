from typing import Any

import pytest
from tests.factories.management import Management
from tests.factories.people import SIGN_IN_PASSWORD

from stagedoor.identity.users.errors import SignInRefused
from stagedoor.kit.secret import Secret


def signs_in(admin: Management, username: str, password: str) -> bool:
    try:
        with admin.world.database.read() as session:
            admin.people.service.verify_sign_in(session, admin.world.organization.id, username, Secret(password))
    except SignInRefused:
        return False
    return True


class TestCreated:
    def test_a_new_user_signs_in_with_the_password_given(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        answer = client.post(
            "/users",
            json={
                "username": "Ada",
                "email": "ada@acme.example",
                "first_name": "Ada",
                "password": "correct horse",
                "roles": [{"tenant": "dev", "role": "automation user"}],
            },
        )
        assert answer.status_code == 201
        made = answer.json()
        assert made["username"] == "ada"
        assert made["password"] is None
        assert made["roles"] == [{"tenant": "dev", "role": "Automation User", "folder": None}]
        assert (made["has_password"], made["has_api_password"], made["is_active"]) == (True, False, True)
        assert "correct horse" not in answer.text
        assert signs_in(admin, "ada", "correct horse")

    def test_without_a_password_one_is_drawn_and_shown_once(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = client.post("/users", json={"username": "ada"}).json()
        assert signs_in(admin, "ada", made["password"])
        assert made["password"] not in client.get("/users").text
        assert [row for row in admin.audit_rows() if made["password"] in str(vars(row))] == []

    def test_a_directory_user_has_no_password_here(self, admin: Management) -> None:
        client = admin.client(admin.administrator())
        made = client.post("/users", json={"username": "dora", "is_directory_user": True}).json()
        assert (made["password"], made["has_password"]) == (None, False)

    def test_nobody_can_say_that_a_new_user_existed_before(self, admin: Management) -> None:
        answer = admin.client(admin.administrator()).post(
            "/users", json={"username": "x", "existed_since": "2018-01-01T00:00:00Z"}
        )
        assert answer.json()["code"] == "request_refused"

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"username": "root"}, 409, "user_order_refused"),
            ({"username": "x", "email": "no address"}, 400, "user_order_refused"),
            ({"username": "x", "password": "short"}, 400, "password_refused"),
            ({"username": "x", "roles": [{"tenant": "dev", "role": "King"}]}, 400, "role_unknown"),
            ({"username": "x", "roles": [{"tenant": "no", "role": "Administrator"}]}, 404, "tenant_unknown"),
            (
                {"username": "x", "roles": [{"tenant": "dev", "role": "Administrator", "folder": "No"}]},
                400,
                "folder_not_found",
            ),
        ],
    )
    def test_an_order_without_sense_makes_nobody(
        self, admin: Management, body: dict[str, Any], status: int, code: str
    ) -> None:
        client = admin.client(admin.administrator())
        answer = client.post("/users", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert [user["username"] for user in client.get("/users").json()["items"]] == ["root"]
        assert admin.audit_rows() == []


class TestChanged:
    def test_what_is_left_out_stays_and_what_is_given_changes(self, admin: Management) -> None:
        shared = admin.folder("Shared")
        user = admin.people.make("ada")
        client = admin.client(admin.administrator())
        changed = client.patch(
            f"/users/{user.id}",
            json={
                "first_name": "Ada",
                "roles": [
                    {"tenant": "dev", "role": "Automation User"},
                    {"tenant": "dev", "role": "Folder Administrator", "folder": "Shared"},
                ],
            },
        ).json()
        assert changed["first_name"] == "Ada"
        assert changed["email"] == "ada@acme.example"
        assert changed["roles"][1] == {"tenant": "dev", "role": "Folder Administrator", "folder": "Shared"}
        entry = admin.people.directory.find_user(user.id)
        assert entry is not None
        assert {role.folder_key for role in entry.roles} == {None, shared.key}
        assert client.patch(f"/users/{user.id}", json={"roles": []}).json()["roles"] == []

    def test_a_deactivated_user_is_gone_at_once(self, admin: Management) -> None:
        user = admin.people.make("ada")
        client = admin.client(admin.administrator())
        assert client.patch(f"/users/{user.id}", json={"is_active": False}).json()["is_active"] is False
        assert admin.people.directory.find_active_user(user.id) is None
        assert not signs_in(admin, "ada", SIGN_IN_PASSWORD)

    @pytest.mark.parametrize("change", [{"is_administrator": False}, {"is_active": False}])
    def test_nobody_takes_away_their_own_rights(self, admin: Management, change: dict[str, bool]) -> None:
        caller = admin.administrator()
        answer = admin.client(caller).patch(f"/users/{caller.id}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_rights_kept")

    def test_a_user_of_another_organization_does_not_exist(self, admin: Management) -> None:
        user = admin.people.make("ada")
        with admin.world.database.write() as session:
            other = admin.world.organizations.create_organization(session, "other").id
        admin.world.feed.catch_up()
        client = admin.client(admin.administrator_of(other))
        for method, path in (("PATCH", ""), ("POST", "/password"), ("POST", "/api-password")):
            answer = client.request(method, f"/users/{user.id}{path}", json={})
            assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found"), path
        assert client.get("/users").json()["items"] == []


class TestPasswords:
    def test_a_new_sign_in_password_leaves_the_api_password_as_it_was(self, admin: Management) -> None:
        user = admin.people.make("ada")
        before = admin.people.directory.find_user(user.id)
        client = admin.client(admin.administrator())
        answer = client.post(f"/users/{user.id}/password", json={"password": "another horse"})
        assert answer.json() == {"password": None}
        assert signs_in(admin, "ada", "another horse")
        after = admin.people.directory.find_user(user.id)
        assert before is not None
        assert after is not None
        assert after.api_password_mark == before.api_password_mark

    def test_a_drawn_password_is_shown_once(self, admin: Management) -> None:
        user = admin.people.make("ada")
        drawn = admin.client(admin.administrator()).post(f"/users/{user.id}/password", json={}).json()["password"]
        assert signs_in(admin, "ada", drawn)

    def test_a_migrated_user_gets_an_api_password_and_loses_it(self, admin: Management) -> None:
        user = admin.people.make("ada", api_password=None)
        client = admin.client(admin.administrator())
        assert client.post(f"/users/{user.id}/api-password", json={}).json()["password"]
        assert client.get("/users").json()["items"][0]["has_api_password"] is True
        assert client.delete(f"/users/{user.id}/api-password").status_code == 204
        assert client.get("/users").json()["items"][0]["has_api_password"] is False
        assert [row.event for row in admin.audit_rows()] == ["admin:api_password:set", "admin:api_password:cleared"]

    def test_a_new_user_never_gets_an_api_password(self, admin: Management) -> None:
        user = admin.people.make("ada", migrated=False)
        answer = admin.client(admin.administrator()).post(f"/users/{user.id}/api-password", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "api_password_refused")


def test_users_are_listed_in_pages(admin: Management) -> None:
    client = admin.client(admin.administrator())
    for name in ("a", "b"):
        admin.people.make(name)
    first = client.get("/users", params={"limit": 2}).json()
    second = client.get("/users", params={"limit": 2, "cursor": first["next"]}).json()
    assert [user["username"] for user in first["items"] + second["items"]] == ["root", "a", "b"]
    assert second["next"] is None
    assert "hash" not in client.get("/users").text
