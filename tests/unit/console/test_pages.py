import re

import pytest
from tests.factories.console import (
    Browser,
    FakeHouse,
    connection_facts,
    key_facts,
    legacy_window,
    refused_row,
    visiting,
)

from stagedoor.console.app import READS
from stagedoor.console.pages import TEMPLATES

IDS = {"{key_id}": "Ab12Cd34Ef", "{queue_id}": "7", "{connection_id}": "c1"}
PAGES = [re.sub(r"\{\w+\}", lambda found: IDS[found[0]], path) for path in READS]
EVENT_HANDLER = re.compile(r"\son[a-z]+\s*=|hx-on|javascript:|\bstyle\s*=|<style|hx-vals=.js:", re.IGNORECASE)


def full_house(**changed: object) -> FakeHouse:
    house = FakeHouse(
        keys=[key_facts(), key_facts(id="Old1", name="Old", state="revoked")],
        rows=[refused_row(1)],
        window=legacy_window(),
        connections=[connection_facts()],
        orchestrator={
            "/odata/Jobs": {"value": []},
            "/odata/QueueDefinitions": {"value": []},
            "/odata/QueueDefinitions(7)": {"Id": 7, "Name": "Invoices"},
            "/odata/QueueItems": {"value": [], "@odata.count": 0},
            "/odata/Assets/UiPath.Server.Configuration.OData.GetFiltered": {"value": []},
        },
    )
    for name, value in changed.items():
        setattr(house, name, value)
    return house


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_who_is_signed_in_first(path: str) -> None:
    house = full_house()
    answer = Browser(house).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in?next=")
    assert house.asked == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_of_its_own_and_is_kept_nowhere(path: str) -> None:
    with visiting(full_house()) as browser:
        answer = browser.get(path)
        assert answer.status_code == 200, answer.text
        assert EVENT_HANDLER.search(answer.text) is None
        assert re.findall(r"<script(?![^>]*\ssrc=)", answer.text) == []
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        for directive in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert directive in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_calls_the_house_with_the_token_of_the_person_and_from_their_address(path: str) -> None:
    house = full_house()
    with visiting(house) as browser:
        browser.get(path)
        assert {asked.authorization for asked in house.asked} == {"Bearer access-1"}
        assert {asked.client_address for asked in house.asked} == {"198.51.100.9"}


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("/rows")])
def test_a_page_has_landmarks_a_heading_and_a_way_past_the_navigation(path: str) -> None:
    with visiting(full_house()) as browser:
        text = browser.get(path).text
        assert text.count("<h1>") == 1
        assert text.count("<main") == 1
        assert 'href="#main"' in text
        assert 'lang="en"' in text
        assert re.search(r"<title>[^<]+ · Stagedoor</title>", text)


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("/rows")])
def test_every_field_that_is_seen_has_a_label(path: str) -> None:
    with visiting(full_house()) as browser:
        text = browser.get(path).text
        for field in re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*>', text):
            identity = re.search(r'id="([^"]+)"', field)
            labelled = identity is not None and f'for="{identity[1]}"' in text
            inside = re.search(rf"<label[^>]*>(?:(?!</label>).)*{re.escape(field)}", text, re.DOTALL) is not None
            assert labelled or inside, field


def test_htmx_is_told_to_bring_no_style_and_no_extension() -> None:
    layout = (TEMPLATES / "layout.html").read_text()
    assert '"includeIndicatorCSS":false' in layout
    assert '"extensions":"none"' in layout


def test_an_unknown_page_is_a_page_that_says_so() -> None:
    with visiting(FakeHouse()) as browser:
        answer = browser.get("/console/nowhere")
        assert answer.status_code == 404
        assert "There is no such page." in answer.text
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("name", ["console.css", "console.js", "htmx.min.js", "icon.svg"])
def test_static_files_are_served_to_anybody_and_kept(name: str) -> None:
    answer = Browser(FakeHouse()).get(f"/console/static/{name}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["VENDORED.md", "..%2Fapp.py", "app.py", "%2e%2e"])
def test_nothing_else_is_served(name: str) -> None:
    assert Browser(FakeHouse()).get(f"/console/static/{name}").status_code == 404


def test_what_the_house_refuses_is_said_in_its_words() -> None:
    house = full_house()
    house.refusals["GET", "/keys"] = (
        503,
        {"detail": "The store is locked.", "hint": "Try again.", "request_id": "abc"},
    )
    with visiting(house) as browser:
        answer = browser.get("/console/keys")
        assert answer.status_code == 503
        for words in ("The store is locked.", "Try again.", "abc"):
            assert words in answer.text


def test_names_that_look_like_markup_are_text() -> None:
    house = full_house(keys=[key_facts(name="<script>alert(1)</script>", created_by='"><img src=x>')])
    with visiting(house) as browser:
        for path in ("/console/keys", "/console/keys/Ab12Cd34Ef"):
            text = browser.get(path).text
            assert "<script>alert" not in text
            assert "<img" not in text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_somebody_who_does_not_administer_sees_what_is_theirs_and_a_plain_sentence() -> None:
    house = full_house(may_administer=False)
    with visiting(house) as browser:
        for path in ("/console/activity", "/console/legacy-window"):
            text = browser.get(path).text
            assert "Only administrators" in text
        assert house.asked_for("GET", "/api/stagedoor/v1/audit") == []
        assert house.asked_for("GET", "/api/stagedoor/v1/legacy-window") == []
        home = browser.get("/console").text
        assert 'href="/console/activity' not in home
        assert "The keys that you made" in browser.get("/console/keys").text


def test_home_shows_where_to_call_and_what_wants_attention() -> None:
    house = full_house()
    with visiting(house) as browser:
        text = browser.get("/console").text
        assert "http://stagedoor.example:8120/acme/dev" in text
        assert "$STAGEDOOR_KEY" in text
        assert re.search(r"<strong>1</strong><span>refused in the last day", text)
        assert "May do everything." in text
        assert "Until 4 May" not in text
