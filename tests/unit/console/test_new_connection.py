"""Connecting an Orchestrator by form: only what the kind needs, tried before it is kept, and people who come back."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tests.factories.console import (
    API,
    AUTHORIZE_URL,
    BASE_URL,
    Browser,
    FakeHouse,
    connection_facts,
    failed_trial,
    visiting,
)

from stagedoor.console.connection_kinds import KINDS

NEW = "/console/connections/new"
CALLBACK = "/console/connections/callback"
APP = {
    "kind": "app",
    "name": "prod",
    "url": "https://orch.example/acme/prod",
    "client_id": "app-1",
    "secret": "s_canary",
    "scope": "OR.Jobs",
    "sends": "acme/dev",
    # What another kind needed stays in the form, and is not sent.
    "username": "svc",
}
ORDER = {
    "name": "prod",
    "kind": "app",
    "url": "https://orch.example/acme/prod",
    "client_id": "app-1",
    "scope": "OR.Jobs",
    "tenant": "acme/dev",
    "secret": "s_canary",
}
PERSON = {"kind": "person", "name": "ada", "url": "https://orch.example/acme/prod", "client_id": "people"}


def orders(house: FakeHouse, path: str = "/connections") -> list[Any]:
    return [asked.body for asked in house.asked_for("POST", API + path)]


def htmx() -> dict[str, str]:
    return {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin", "HX-Request": "true"}


class TestForm:
    @pytest.mark.parametrize(
        ("kind", "asked", "not_asked"),
        [
            ("app", ["client_id", "secret", "scope"], ["username"]),
            ("person", ["client_id", "scope"], ["secret", "username"]),
            ("user-key", ["client_id", "secret"], ["scope", "username"]),
            ("pat", ["secret"], ["client_id", "scope", "username"]),
            ("password", ["username", "secret"], ["client_id", "scope"]),
        ],
    )
    def test_it_asks_only_for_what_the_kind_needs(self, kind: str, asked: list[str], not_asked: list[str]) -> None:
        with visiting(FakeHouse()) as browser:
            link = browser.get(f"{NEW}?kind={kind}").text
            redrawn = browser.post(NEW, {**APP, "kind": kind}).text
            part = browser.post(f"{NEW}/fields", {**APP, "kind": kind}, headers=htmx()).text
            for text in (link, redrawn, part):
                for name in asked:
                    assert f'name="{name}"' in text
                for name in not_asked:
                    assert f'name="{name}"' not in text
            assert (f"{BASE_URL}{CALLBACK}" in link) == (kind == "person")
            assert "<html" not in part

    def test_what_was_typed_stays_and_the_secret_does_not(self) -> None:
        with visiting(FakeHouse()) as browser:
            text = browser.post(NEW, {**APP, "sends": "new", "new_tenant": "fresh", "proxy_url": "http://p:1"}).text
            for value in ("prod", "https://orch.example/acme/prod", "app-1", "OR.Jobs", "fresh", "http://p:1"):
                assert f'value="{value}"' in text
            assert "canary" not in text
            assert '<details class="more" open>' in text

    def test_an_unknown_kind_is_the_first_one(self) -> None:
        with visiting(FakeHouse()) as browser:
            assert 'value="app" checked' in browser.get(f"{NEW}?kind=nonsense").text

    def test_every_kind_is_offered(self) -> None:
        with visiting(FakeHouse()) as browser:
            text = browser.get(NEW).text
            assert list(KINDS) == ["app", "person", "user-key", "pat", "password"]
            for kind in KINDS.values():
                assert kind.title in text

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"name": ""}, "Give the connection a name."),
            ({"name": "two words"}, "A name has letters"),
            ({"url": ""}, "Say where the Orchestrator is"),
            ({"client_id": ""}, "Give the client id."),
            ({"secret": ""}, "Give the client secret."),
            ({"kind": "password", "username": ""}, "Give the user&#39;s name."),
            ({"sends": "new"}, "Give the new tenant a name"),
        ],
    )
    @pytest.mark.parametrize("path", ["/console/connections", f"{NEW}/trial"])
    def test_what_is_missing_is_said_before_anybody_is_asked(
        self, path: str, changed: dict[str, str], said: str
    ) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            answer = browser.post(path, {**APP, **changed})
            assert (answer.status_code, said in answer.text) == (422, True)
            assert [asked for asked in house.asked if asked.method == "POST"] == []


class TestTrial:
    def test_it_keeps_nothing(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            answer = browser.post(f"{NEW}/trial", APP)
            assert (answer.status_code, "It works." in answer.text) == (200, True)
            assert orders(house, "/connections/discover") == [ORDER]
            assert orders(house) == []
            assert "once more to keep it" in answer.text
            assert "canary" not in answer.text

    def test_with_htmx_the_form_stays_as_it_is(self) -> None:
        house = FakeHouse(trial=failed_trial())
        with visiting(house) as browser:
            part = browser.post(f"{NEW}/trial", APP, headers=htmx())
            assert part.status_code == 200
            assert "Take it off." in part.text
            assert "<form" not in part.text
            missing = browser.post(f"{NEW}/trial", {**APP, "name": ""}, headers=htmx())
            assert (missing.status_code, "Give the connection a name." in missing.text) == (200, True)

    def test_what_the_house_refuses_is_shown(self) -> None:
        house = FakeHouse()
        house.refusals["POST", "/connections/discover"] = (400, {"detail": "Not an address.", "hint": "Copy it."})
        with visiting(house) as browser:
            answer = browser.post(f"{NEW}/trial", APP)
            assert answer.status_code == 400
            assert "Not an address." in answer.text
            assert "Copy it." in answer.text


class TestConnect:
    def test_what_works_is_kept(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            answer = browser.post("/console/connections", APP)
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/connections/c1")
            assert orders(house, "/connections/discover") == orders(house) == [ORDER]

    def test_a_new_tenant_is_named_in_the_organization(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            browser.post("/console/connections", {**APP, "sends": "new", "new_tenant": "fresh"})
            assert orders(house)[0]["tenant"] == "acme/fresh"

    def test_with_htmx_the_browser_leaves_the_page(self) -> None:
        with visiting(FakeHouse()) as browser:
            answer = browser.post("/console/connections", APP, headers=htmx())
            assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/console/connections/c1")
            assert "location" not in answer.headers

    def test_what_does_not_work_is_kept_only_when_that_was_said(self) -> None:
        house = FakeHouse(trial=failed_trial())
        with visiting(house) as browser:
            answer = browser.post("/console/connections", APP)
            assert (answer.status_code, 'name="keep_anyway"' in answer.text) == (422, True)
            assert orders(house) == []
            browser.post("/console/connections", {**APP, "keep_anyway": "yes"})
            assert orders(house) == [ORDER]

    def test_what_the_house_refuses_is_shown(self) -> None:
        house = FakeHouse()
        house.refusals["POST", "/connections"] = (409, {"detail": "The name is taken."})
        with visiting(house) as browser:
            answer = browser.post("/console/connections", APP)
            assert (answer.status_code, "The name is taken." in answer.text) == (409, True)

    def test_a_form_of_another_site_makes_nothing(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            for path in ("/console/connections", NEW, f"{NEW}/fields", f"{NEW}/trial"):
                house.asked.clear()
                assert browser.post(path, APP, mark="forged").status_code == 403
                assert house.asked == []


@pytest.mark.parametrize(
    ("path", "call"),
    [
        (f"{NEW}/trial", "/connections/discover"),
        ("/console/connections", "/connections/discover"),
        ("/console/connections", "/connections"),
    ],
)
def test_a_sign_in_that_has_ended_is_no_refusal_of_the_connection(path: str, call: str) -> None:
    house = FakeHouse()
    house.refusals["POST", call] = (401, {"detail": "Sign in."})
    with visiting(house) as browser:
        house.clock.advance(timedelta(minutes=1))
        assert browser.post(path, APP).headers["location"].startswith("/console/sign-in")


def depart(browser: Browser, **changed: str) -> httpx2.Response:
    return browser.post("/console/connections", {**PERSON, **changed})


class TestPerson:
    def test_the_page_in_between_names_the_other_side(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            away = depart(browser)
            assert (away.status_code, away.headers["location"]) == (303, "/console/connections/sign-in")
            assert orders(house, "/connections/authorize-url") == [
                {"url": PERSON["url"], "client_id": "people", "redirect_uri": BASE_URL + CALLBACK}
            ]
            page = browser.get("/console/connections/sign-in")
            assert "Sign in at orch.example" in page.text
            assert f'href="{AUTHORIZE_URL.replace("&", "&amp;")}"' in page.text
            # The policy stays as it is everywhere: a form may not lead to another host, a link that is seen may.
            assert "form-action 'self'" in page.headers["content-security-policy"]
            assert browser.post("/console/connections", PERSON, headers=htmx()).headers["hx-redirect"]

    def test_who_comes_back_has_a_connection_and_its_test(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser, sends="acme/dev")
            answer = browser.get(f"{CALLBACK}?code=c_canary&state=st")
            assert answer.status_code == 200, answer.text
            assert "It works." in answer.text
            assert "canary" not in answer.text
            assert orders(house) == [
                {
                    "name": "ada",
                    "kind": "person",
                    "url": PERSON["url"],
                    "client_id": "people",
                    "code": "c_canary",
                    "code_verifier": "verifier",
                    "redirect_uri": BASE_URL + CALLBACK,
                }
            ]
            assert len(house.asked_for("PUT", f"{API}/tenants/id-dev/connection")) == 1
            assert browser.get(f"{CALLBACK}?code=c&state=st").status_code == 400, "an answer is good once"

    def test_an_existing_tenant_stays_where_it_is_when_the_test_fails(self) -> None:
        house = FakeHouse(trial=failed_trial())
        with visiting(house) as browser:
            depart(browser, sends="acme/dev")
            assert "Take it off." in browser.get(f"{CALLBACK}?code=c&state=st").text
            assert [asked for asked in house.asked if asked.method == "PUT"] == []

    def test_a_new_tenant_is_made_with_the_connection(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser, sends="new", new_tenant="fresh")
            browser.get(f"{CALLBACK}?code=c&state=st")
            assert orders(house)[0]["tenant"] == "acme/fresh"

    @pytest.mark.parametrize("query", ["code=stolen&state=other", "code=stolen", "error=x&state=other"])
    def test_an_answer_to_another_question_is_not_believed(self, query: str) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser)
            assert browser.get(f"{CALLBACK}?{query}").status_code == 400
            assert orders(house) == []

    @pytest.mark.parametrize("path", ["/console/connections/sign-in", f"{CALLBACK}?code=c&state=st"])
    def test_nothing_is_there_for_a_browser_that_began_nothing(self, path: str) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            answer = browser.get(path)
            assert (answer.status_code, "not begun here" in answer.text) == (400, True)

    def test_the_sign_in_of_another_session_is_not_taken_over(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser)
            browser.sign_in()
            assert browser.get(f"{CALLBACK}?code=c&state=st").status_code == 400
            assert orders(house) == []

    def test_a_sign_in_that_took_too_long_is_over(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser)
            house.clock.advance(timedelta(minutes=16))
            answer = browser.get(f"{CALLBACK}?code=c&state=st")
            assert (answer.status_code, "took too long" in answer.text) == (400, True)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("error=access_denied&error_description=<b>No", "&lt;b&gt;No"),
            ("error=access_denied", "access_denied"),
            ("x=1", "holds no code"),
        ],
    )
    def test_a_refusal_over_there_is_said(self, query: str, said: str) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser)
            answer = browser.get(f"{CALLBACK}?{query}&state=st")
            assert (answer.status_code, said in answer.text) == (403, True)
            assert f"{BASE_URL}{CALLBACK}" in answer.text

    def test_what_the_house_refuses_comes_with_the_form_as_it_was(self) -> None:
        house = FakeHouse()
        with visiting(house) as browser:
            depart(browser)
            house.refusals["POST", "/connections"] = (400, {"detail": "The code is worn out."})
            answer = browser.get(f"{CALLBACK}?code=c&state=st")
            assert answer.status_code == 400
            assert "The code is worn out." in answer.text
            assert 'value="people"' in answer.text

    def test_certificates_too_long_for_the_way_are_said(self) -> None:
        with visiting(FakeHouse()) as browser:
            answer = depart(browser, ca_pem="-----BEGIN CERTIFICATE-----" + "A" * 4000)
            assert (answer.status_code, "stagedoor connect" in answer.text) == (422, True)


class TestPersonAgain:
    def house(self) -> FakeHouse:
        return FakeHouse(connections=[connection_facts(kind="person", client_id="people")])

    def test_a_person_signs_in_again(self) -> None:
        house = self.house()
        with visiting(house) as browser:
            assert "Sign in over there" in browser.get("/console/connections/c1").text
            away = browser.post("/console/connections/c1/sign-in")
            assert away.headers["location"] == "/console/connections/sign-in"
            assert orders(house, "/connections/authorize-url")[0]["upstream"] == "acme/prod"
            answer = browser.get(f"{CALLBACK}?code=c&state=st")
            assert "It works." in answer.text
            assert orders(house, "/connections/c1/secret")[0]["code"] == "c"
            assert orders(house) == []

    def test_what_the_house_refuses_is_shown(self) -> None:
        house = self.house()
        with visiting(house) as browser:
            browser.post("/console/connections/c1/sign-in")
            house.refusals["POST", "/connections/c1/secret"] = (400, {"detail": "The code is worn out."})
            answer = browser.get(f"{CALLBACK}?code=c&state=st")
            assert (answer.status_code, "The code is worn out." in answer.text) == (400, True)
            house.refusals["POST", "/connections/authorize-url"] = (400, {"detail": "No page is known."})
            refused = browser.post("/console/connections/c1/sign-in")
            assert (refused.status_code, "No page is known." in refused.text) == (400, True)

    @pytest.mark.parametrize("call", ["/connections/c1/secret", "/connections"])
    def test_a_sign_in_here_that_has_ended_is_no_refusal(self, call: str) -> None:
        house = self.house()
        with visiting(house) as browser:
            if call == "/connections":
                depart(browser)
            else:
                browser.post("/console/connections/c1/sign-in")
            house.clock.advance(timedelta(minutes=1))
            house.refusals["POST", call] = (401, {"detail": "Sign in."})
            answer = browser.get(f"{CALLBACK}?code=c&state=st")
            assert answer.headers["location"].startswith("/console/sign-in")
