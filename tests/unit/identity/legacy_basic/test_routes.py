"""The old login over HTTP."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.factories.acme import START, acme
from tests.factories.asgi import client_of
from tests.factories.legacy import UNTIL, Legacy, legacy_of
from tests.factories.people import API_PASSWORD, people_of

from stagedoor.identity.legacy_basic.routes import legacy_basic_routes
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import Caller

PATH = "/api/account/authenticate"
LOGIN = {"tenancyName": "dev", "usernameOrEmailAddress": "ada", "password": API_PASSWORD}


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Legacy]:
    with acme(tmp_path) as world:
        made = legacy_of(people_of(world))
        made.people.make()
        yield made


@pytest.fixture
def client(legacy: Legacy) -> Iterator[TestClient]:
    threads = WorkerThreads(2)
    with client_of(legacy_basic_routes(legacy.service, threads), organization="acme") as made:
        yield made
    threads.close()


class TestOk:
    def test_the_body_is_the_vendors_whole_envelope(self, client: TestClient, legacy: Legacy) -> None:
        answer = client.post(PATH, json=LOGIN)
        assert answer.status_code == 200
        body = answer.json()
        token = body.pop("result")
        assert body == {
            "targetUrl": None,
            "success": True,
            "error": None,
            "unAuthorizedRequest": False,
            "__abp": True,
        }
        assert isinstance(legacy.tokens.check(token, START), Caller)
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "text/json", "text/plain", "", None])
    def test_json_is_read_however_it_is_labelled(self, client: TestClient, content_type: str | None) -> None:
        headers = {} if content_type is None else {"content-type": content_type}
        assert client.post(PATH, content=json.dumps(LOGIN), headers=headers).status_code == 200

    def test_the_dictionary_of_uipath_tools_is_read(self, client: TestClient) -> None:
        answer = client.post(PATH, content=str(LOGIN), headers={"content-type": "application/json"})
        assert answer.json()["success"] is True

    def test_an_on_premises_path_that_names_nobody_works_too(self, legacy: Legacy) -> None:
        threads = WorkerThreads(1)
        with client_of(legacy_basic_routes(legacy.service, threads)) as client:
            assert client.post(PATH, json=LOGIN).status_code == 200
        threads.close()


class TestBadRequest:
    def test_wrong_credentials_get_the_vendors_status_code_and_words(self, client: TestClient) -> None:
        answer = client.post(PATH, json={**LOGIN, "password": "wrong password"})
        assert answer.status_code == 400
        assert answer.json()["message"] == "Invalid credentials, failed to login."
        assert answer.json()["errorCode"] == 1000

    def test_a_body_sent_as_query_parameters_is_shown_the_right_form(self, client: TestClient) -> None:
        for method in ("POST", "GET"):
            answer = client.request(method, PATH, params=LOGIN)
            assert answer.status_code == 400
            assert "query parameters" in answer.json()["message"]
            assert "usernameOrEmailAddress" in answer.json()["hint"]
            assert API_PASSWORD not in answer.text

    def test_a_form_where_json_is_wanted_is_shown_the_right_form(self, client: TestClient) -> None:
        answer = client.post(PATH, data=LOGIN)
        assert answer.status_code == 400
        assert answer.json()["errorCode"] == 1000
        assert "form" in answer.json()["message"]
        assert API_PASSWORD not in answer.text

    def test_an_endless_body_is_cut_off(self, client: TestClient) -> None:
        assert client.post(PATH, content=b"{" + b" " * 1_000_000).status_code == 413


class TestOtherMethods:
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
    def test_a_login_is_a_post(self, client: TestClient, method: str) -> None:
        answer = client.request(method, PATH)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
        with_body = client.request(method, PATH, params={"x": "y"}, content=json.dumps(LOGIN))
        assert with_body.status_code == 405


class TestTooMany:
    def test_guessing_ends_with_whole_seconds_to_wait(self, client: TestClient) -> None:
        answers = [client.post(PATH, json={**LOGIN, "password": f"wrong {n}"}) for n in range(11)]
        assert [answer.status_code for answer in answers] == [400] * 10 + [429]
        assert answers[-1].headers["retry-after"].isdigit()


class TestSunset:
    def expect(self, client: TestClient, sunset: str) -> None:
        for answer in (
            client.post(PATH, json=LOGIN),
            client.post(PATH, json={}),
            client.post(PATH, json={**LOGIN, "usernameOrEmailAddress": "nobody"}),
            client.get(PATH),
        ):
            assert answer.headers["deprecation"] == "@1560211200"
            assert answer.headers["sunset"] == sunset
            assert 'rel="deprecation"' in answer.headers["link"]
            assert 'rel="sunset"' in answer.headers["link"]

    def test_every_answer_says_when_it_ends(self, client: TestClient) -> None:
        self.expect(client, "Wed, 15 Jul 2026 00:00:00 GMT")

    def test_after_the_end_too(self, client: TestClient, legacy: Legacy) -> None:
        legacy.pass_time(UNTIL - START + timedelta(days=1))
        self.expect(client, "Wed, 15 Jul 2026 00:00:00 GMT")

    def test_without_a_date_the_vendors_own_stands_in(self, client: TestClient, legacy: Legacy) -> None:
        legacy.set_window(until=None)
        self.expect(client, "Mon, 15 Jul 2019 00:00:00 GMT")
