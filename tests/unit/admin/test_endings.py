"""What ends with a password and what ends with a person, in a whole house: the next request is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.orm import Session
from tests.factories.house import SmallHouse, open_small_house

from stagedoor.audit.event_names import EventName
from stagedoor.identity.authorize.sessions import SignedIn
from stagedoor.identity.users.models import User
from stagedoor.identity.users.service import Users
from stagedoor.kit.secret import Secret

OLD, NEW = "the first password", "the second password"
CALL = "/acme/dev/orchestrator_/odata/Jobs"
LEGACY_PATH = "/acme/dev/api/account/authenticate"


@dataclass
class Held:
    """Everything that one migrated user holds, each of it good at the beginning."""

    small: SmallHouse
    admin_token: str
    user_id: str
    api_password: str
    tokens: dict[str, Any]
    personal_token: str
    user_key: str
    user_key_client: str
    legacy_token: str

    def set_password(self, password: str = NEW) -> None:
        answer = self.small.manage(
            "POST", f"/users/{self.user_id}/password", self.admin_token, json={"password": password}
        )
        assert answer.status_code == 200, answer.text

    def set_active(self, is_active: bool) -> None:
        answer = self.small.manage("PATCH", f"/users/{self.user_id}", self.admin_token, json={"is_active": is_active})
        assert answer.status_code == 200, answer.text

    def opens(self, credential: str) -> bool:
        answer = self.small.ask("GET", CALL, [("X-UIPATH-FolderPath", "Shared")], key=credential)
        assert answer.status in (200, 401), answer.body
        return answer.status == 200

    def refreshes(self) -> bool:
        return self.small.refresh(self.tokens["refresh_token"]).status_code == 200

    def is_signed_in(self) -> bool:
        return "code=" in self.small.authorize().headers["location"]

    def exchange_user_key(self) -> httpx2.Response:
        body = {"grant_type": "refresh_token", "client_id": self.user_key_client, "refresh_token": self.user_key}
        return self.small.request("POST", "/oauth/token", json=body)

    def logs_in_the_old_way(self) -> bool:
        return log_in(self.small, self.api_password).status_code == 200


def log_in(small: SmallHouse, password: str) -> httpx2.Response:
    body = {"tenancyName": "dev", "usernameOrEmailAddress": "legacy.script", "password": password}
    return small.request("POST", LEGACY_PATH, json=body)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    with open_small_house(tmp_path) as small:
        admin_token = small.tokens()["access_token"]
        people = small.manage("GET", "/users", admin_token).json()["items"]
        [user_id] = [user["id"] for user in people if user["username"] == "legacy.script"]
        api_password = small.house.first_start.legacy_password
        assert api_password is not None
        small.manage("POST", f"/users/{user_id}/password", admin_token, json={"password": OLD})
        small.browser.cookies.clear()
        tokens = small.tokens("legacy.script", OLD)
        order = {"name": "script", "scopes": ["OR.Jobs.Read"], "expires_in": "30d"}
        personal_token = small.manage("POST", "/tokens", tokens["access_token"], json=order)
        assert personal_token.status_code == 201, personal_token.text
        user_key = small.manage("POST", "/user-key", tokens["access_token"])
        assert user_key.status_code == 201, user_key.text
        yield Held(
            small,
            admin_token,
            user_id,
            api_password.reveal(),
            tokens,
            personal_token.json()["token"],
            user_key.json()["user_key"],
            user_key.json()["client_id"],
            log_in(small, api_password.reveal()).json()["result"],
        )


def test_all_of_it_is_good_at_the_beginning(held: Held) -> None:
    assert held.is_signed_in()
    assert held.opens(held.tokens["access_token"])
    assert held.refreshes()
    assert held.opens(held.personal_token)
    assert held.opens(held.legacy_token)
    assert held.exchange_user_key().status_code == 200


class TestNewPassword:
    def test_every_sign_in_ends_with_the_password(self, held: Held) -> None:
        held.small.new_rows()
        held.set_password()
        assert EventName.ADMIN_PASSWORD_SET in {row.event for row in held.small.new_rows()}
        assert not held.is_signed_in()
        assert not held.opens(held.tokens["access_token"])
        assert not held.refreshes()
        refused = [row for row in held.small.new_rows() if row.event == EventName.IDENTITY_TOKEN_REFUSED]
        assert [row.reason for row in refused] == ["refresh_token_revoked"]

    def test_what_was_made_for_scripts_stays(self, held: Held) -> None:
        before = held.exchange_user_key().json()["access_token"]
        held.set_password()
        assert held.opens(held.personal_token)
        assert held.opens(held.legacy_token)
        assert held.logs_in_the_old_way()
        assert held.opens(before)
        assert held.exchange_user_key().status_code == 200

    def test_others_stay_signed_in(self, held: Held) -> None:
        held.set_password()
        assert held.opens(held.admin_token)

    def test_a_code_on_its_way_begins_nothing_any_more(self, held: Held) -> None:
        code = held.small.code()
        held.set_password()
        assert held.small.exchange(code).json()["error"] == "invalid_grant"

    def test_a_code_that_was_exchanged_is_still_known_when_it_comes_again(self, held: Held) -> None:
        code = held.small.code()
        held.small.exchange(code)
        held.set_password()
        held.small.new_rows()
        held.small.exchange(code)
        assert held.small.new_rows()[-1].reason == "code_replayed"

    def test_a_refused_password_ends_nothing(self, held: Held) -> None:
        answer = held.small.manage(
            "POST", f"/users/{held.user_id}/password", held.admin_token, json={"password": "short"}
        )
        assert answer.status_code == 400
        assert held.is_signed_in()
        assert held.refreshes()

    def test_a_sign_in_that_was_being_checked_opens_nothing(self, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
        small = held.small
        verify = Users.verify_sign_in

        def slowly(users: Users, session: Session, organization_id: str, *typed: Any) -> User:
            user = verify(users, session, organization_id, *typed)
            with small.house.database.write() as other:
                users.set_password(other, users.get_user(other, organization_id, user.id), Secret(NEW))
            return user

        monkeypatch.setattr(Users, "verify_sign_in", slowly)
        assert small.sign_in("legacy.script", OLD).status_code == 400

    def test_an_authorization_that_was_being_judged_gives_no_code(
        self, held: Held, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sessions = held.small.house.oauth.sessions
        find, asked = sessions.find, []

        def ending(*arguments: Any) -> SignedIn | None:
            asked.append(1)
            return find(*arguments) if len(asked) == 1 else None

        monkeypatch.setattr(sessions, "find", ending)
        assert "/identity_/account/login" in held.small.authorize().headers["location"]


class TestDeactivated:
    def test_everything_ends_at_once(self, held: Held) -> None:
        from_key = held.exchange_user_key().json()["access_token"]
        held.set_active(False)
        assert not held.is_signed_in()
        assert not held.refreshes()
        for credential in (held.tokens["access_token"], held.personal_token, held.legacy_token, from_key):
            assert not held.opens(credential)
        assert held.exchange_user_key().json()["error"] == "invalid_grant"
        assert not held.logs_in_the_old_way()

    def test_none_of_it_comes_back_with_the_person(self, held: Held) -> None:
        held.set_active(False)
        held.set_active(True)
        assert not held.is_signed_in()
        assert not held.refreshes()
        for credential in (held.tokens["access_token"], held.personal_token, held.legacy_token):
            assert not held.opens(credential)
        assert held.exchange_user_key().json()["error"] == "invalid_grant"
        assert not held.logs_in_the_old_way()
        assert held.small.tokens("legacy.script", OLD)["access_token"]

    def test_the_row_says_what_ended(self, held: Held) -> None:
        held.small.new_rows()
        held.set_active(False)
        [row] = [row for row in held.small.new_rows() if row.event == EventName.ADMIN_USER_CHANGED]
        assert row.sentence is not None
        assert "everything that the user held has ended" in row.sentence
