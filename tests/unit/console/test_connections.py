"""The pages of connections: what they show, what they ask of the house, and forms that do what the page said."""

from datetime import timedelta

import pytest
from tests.factories.console import (
    API,
    BASE_URL,
    FakeHouse,
    connection_facts,
    failed_trial,
    trial_report,
    visiting,
)

PAGE = "/console/connections/c1"
PROBLEM = {"diagnosis": "invalid_client", "says": "The secret is not the right one.", "hint": "Copy it again."}
FAILING = {"state": "failing", "problem": PROBLEM, "next_try_at": "2026-05-04T12:05:00Z"}
REFUSAL = (409, {"detail": "Not now.", "hint": "Later."})


def connected(**changed: object) -> FakeHouse:
    return FakeHouse(connections=[connection_facts(**changed)], tenants=["dev", "prod"])


class TestList:
    def test_it_says_where_each_leads_and_how_it_stands(self) -> None:
        with visiting(connected(sign_in=FAILING)) as browser:
            text = browser.get("/console/connections").text
            for words in ("prod", "https://orch.example/acme/prod/orchestrator_", "acme/dev", "Fails"):
                assert words in text
            assert "The secret is not the right one." in text
            assert f'href="{PAGE}"' in text

    def test_where_there_is_none_the_way_to_one_is_shown(self) -> None:
        with visiting(FakeHouse()) as browser:
            text = browser.get("/console/connections").text
            assert "No Orchestrator elsewhere is connected." in text
            assert 'href="/console/connections/new"' in text

    def test_who_does_not_administer_sees_none_and_is_told_why(self) -> None:
        house = FakeHouse(may_administer=False)
        with visiting(house) as browser:
            assert "Only administrators see the connections" in browser.get("/console/connections").text
            assert "Only administrators connect" in browser.get("/console/connections/new").text
            assert house.asked_for("GET", f"{API}/connections") == []
            assert "/console/connections" not in browser.get("/console").text


class TestOneConnection:
    def test_it_shows_everything_but_the_secret(self) -> None:
        with visiting(connected(proxy_url="http://proxy:3128", has_own_authorities=True)) as browser:
            text = browser.get(PAGE).text
            for words in ("app-1", "OR.Jobs OR.Folders", "http://proxy:3128", "authorities that you gave", "by ada"):
                assert words in text
            assert 'name="secret" type="password"' in text

    def test_a_sign_in_that_fails_says_what_to_do_and_when_it_is_tried_again(self) -> None:
        with visiting(connected(sign_in=FAILING)) as browser:
            text = browser.get(PAGE).text
            assert "Copy it again." in text
            assert "in 5 minutes" in text

    def test_of_another_kind_it_is_shown_all_the_same(self) -> None:
        bare = {"client_id": None, "username": "svc", "scope": None, "token_url": None, "upstream": None}
        with visiting(connected(kind="newer", created_by=None, **bare)) as browser:
            assert "newer, as svc" in browser.get(PAGE).text

    def test_one_that_is_not_there_is_a_page_that_says_so(self) -> None:
        with visiting(FakeHouse()) as browser:
            answer = browser.get(PAGE)
            assert answer.status_code == 404
            assert "There is no connection of this name." in answer.text


class TestTest:
    def test_each_step_is_explained_and_what_is_refused_is_listed(self) -> None:
        house = connected()
        with visiting(house) as browser:
            answer = browser.post(f"{PAGE}/test")
            assert answer.status_code == 200
            assert len(house.asked_for("POST", f"{API}/connections/c1/test")) == 1
            for words in ("It works.", "The way there", "orch.example answers.", "Users_Get", "Needs the scope"):
                assert words in answer.text
            assert f'data-address="{PAGE}"' in answer.text

    def test_the_step_that_failed_says_what_to_do(self) -> None:
        house = connected()
        house.trial = failed_trial()
        with visiting(house) as browser:
            text = browser.post(f"{PAGE}/test").text
            for words in ("It does not work yet.", "Failed", "Take it off.", "Not tried"):
                assert words in text

    @pytest.mark.parametrize(("unknown", "words"), [(0, "No operation is refused"), (444, "does not say beforehand")])
    def test_it_is_honest_about_what_is_not_known(self, unknown: int, words: str) -> None:
        house = connected()
        house.trial = trial_report(refused=[], refused_count=0, unknown_count=unknown, organization=None)
        with visiting(house) as browser:
            assert words in browser.post(f"{PAGE}/test").text

    def test_with_htmx_only_the_outcome_comes(self) -> None:
        house = connected()
        with visiting(house) as browser:
            part = browser.post(f"{PAGE}/test", headers=htmx()).text
            assert "It works." in part
            assert "<html" not in part
            house.refusals["POST", "/connections/c1/test"] = REFUSAL
            refused = browser.post(f"{PAGE}/test", headers=htmx())
            # What fails is not put on the page by htmx: the refusal has to come as a part that does not.
            assert (refused.status_code, "Not now." in refused.text) == (200, True)
            assert browser.post(f"{PAGE}/test").status_code == 409

    def test_what_the_other_side_says_is_text_and_nothing_else(self) -> None:
        house = connected()
        step = {"name": "<b>x", "is_ok": False, "says": "<script>a()</script>", "hint": '"><img src=x>'}
        house.trial = trial_report(steps=[step], refused=[{"operation": "<i>", "because": "<u>"}])
        with visiting(house) as browser:
            text = browser.post(f"{PAGE}/test").text
            for tag in ("<script>a", "<img", "<b>x", "<i>", "<u>"):
                assert tag not in text


class TestSecret:
    def test_a_new_one_is_sent_as_it_was_typed_and_not_shown_again(self) -> None:
        house = connected()
        with visiting(house) as browser:
            answer = browser.post(f"{PAGE}/secret", {"secret": " s_canary "})
            assert answer.headers["location"] == PAGE
            [asked] = house.asked_for("POST", f"{API}/connections/c1/secret")
            assert asked.body == {"secret": " s_canary "}
            house.refusals["POST", "/connections/c1/secret"] = REFUSAL
            refused = browser.post(f"{PAGE}/secret", {"secret": "s_canary"})
            assert (refused.status_code, "Later." in refused.text) == (409, True)
            assert "canary" not in refused.text

    def test_an_empty_one_is_refused_here(self) -> None:
        house = connected()
        with visiting(house) as browser:
            answer = browser.post(f"{PAGE}/secret", {"secret": ""})
            assert (answer.status_code, "Give the client secret." in answer.text) == (422, True)
            assert house.asked_for("POST", f"{API}/connections/c1/secret") == []


class TestTenants:
    def test_one_is_sent_there_and_back(self) -> None:
        house = connected()
        with visiting(house) as browser:
            assert browser.post(f"{PAGE}/map", {"tenant": "acme/prod"}).headers["location"] == PAGE
            [mapped] = house.asked_for("PUT", f"{API}/tenants/id-prod/connection")
            assert mapped.body == {"connection": "c1"}
            assert browser.post(f"{PAGE}/unmap", {"tenant": "acme/dev"}).headers["location"] == PAGE
            assert len(house.asked_for("DELETE", f"{API}/tenants/id-dev/connection")) == 1

    def test_one_that_is_not_there_is_said(self) -> None:
        house = connected()
        with visiting(house) as browser:
            assert "Choose the tenant" in browser.post(f"{PAGE}/map", {"tenant": "acme/none"}).text
            # prod exists, and this page never said that it is sent there.
            assert "not sent there any more" in browser.post(f"{PAGE}/unmap", {"tenant": "acme/prod"}).text
            assert [asked for asked in house.asked if asked.method in ("PUT", "DELETE")] == []


class TestRemove:
    def test_it_says_first_what_happens_to_the_tenants(self) -> None:
        house = connected()
        with visiting(house) as browser:
            assert "goes to the embedded Orchestrator" in browser.get(PAGE).text
            answer = browser.post(f"{PAGE}/remove", {"unmap": "acme/dev"})
            assert answer.headers["location"] == "/console/connections"
            [asked] = house.asked_for("DELETE", f"{API}/connections/c1")
            assert asked.query == {"unmap": "true"}

    def test_without_tenants_none_is_sent_back(self) -> None:
        house = connected(tenants=[])
        with visiting(house) as browser:
            assert "so no call changes" in browser.get(PAGE).text
            browser.post(f"{PAGE}/remove", {"unmap": ""})
            [asked] = house.asked_for("DELETE", f"{API}/connections/c1")
            assert asked.query == {}

    def test_a_tenant_that_was_sent_there_meanwhile_is_not_taken_along(self) -> None:
        house = connected(tenants=["acme/dev", "acme/prod"])
        with visiting(house) as browser:
            answer = browser.post(f"{PAGE}/remove", {"unmap": "acme/dev"})
            assert (answer.status_code, "Meanwhile other tenants" in answer.text) == (409, True)
            assert house.asked_for("DELETE", f"{API}/connections/c1") == []

    def test_what_the_house_refuses_is_shown(self) -> None:
        house = connected()
        house.refusals["DELETE", "/connections/c1"] = REFUSAL
        with visiting(house) as browser:
            answer = browser.post(f"{PAGE}/remove", {"unmap": "acme/dev"})
            assert (answer.status_code, "Not now." in answer.text) == (409, True)


@pytest.mark.parametrize("action", ["test", "secret", "sign-in", "map", "unmap", "remove"])
def test_a_form_of_another_site_changes_nothing(action: str) -> None:
    house = connected()
    with visiting(house) as browser:
        house.asked.clear()
        forged = browser.post(f"{PAGE}/{action}", {"tenant": "acme/dev", "secret": "s", "unmap": "acme/dev"}, mark="x")
        assert forged.status_code == 403
        assert house.asked == []


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("test", ("POST", "/connections/c1/test")),
        ("secret", ("POST", "/connections/c1/secret")),
        ("sign-in", ("POST", "/connections/authorize-url")),
        ("map", ("PUT", "/tenants/id-dev/connection")),
        ("remove", ("DELETE", "/connections/c1")),
    ],
)
def test_a_sign_in_that_has_ended_is_no_refusal_of_the_connection(action: str, call: tuple[str, str]) -> None:
    house = connected()
    house.refusals[call] = (401, {"detail": "Sign in."})
    with visiting(house) as browser:
        house.clock.advance(timedelta(minutes=1))
        answer = browser.post(f"{PAGE}/{action}", {"tenant": "acme/dev", "secret": "s", "unmap": "acme/dev"})
        assert answer.headers["location"].startswith("/console/sign-in")


def htmx() -> dict[str, str]:
    return {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
