import re

from tests.factories.console import API, FakeHouse, audit_row, refused_row, visiting


def numbers(text: str) -> int:
    return len(re.findall(r'<li class="event', text))


def test_a_refusal_says_why_and_links_to_a_key_with_the_smallest_grant() -> None:
    row = refused_row(1, reason="folder_not_granted", operation="Jobs_StartJobs", folder="Shared/Finance & more")
    with visiting(FakeHouse(rows=[row])) as browser:
        text = browser.get("/console/activity").text
        assert "Refused" in text
        assert "This credential may not use" in text
        assert "Jobs_StartJobs in Shared/Finance &amp; more" in text
        link = "allow=Jobs_StartJobs&amp;folder=Shared%2FFinance+%26+more&amp;tenant=acme%2Fdev"
        assert f'href="/console/keys/new?{link}"' in text


def test_a_row_without_an_operation_goes_by_what_happened() -> None:
    signed_in = audit_row(1, event="identity:sign_in:succeeded", operation=None, path="/identity_/account/login")
    given = audit_row(2, event="identity:token:issued", operation=None, sentence="The console was given tokens.")
    lost = refused_row(3, event="door:request:refused", operation=None, path="/wp-login.php")
    with visiting(FakeHouse(rows=[signed_in, given, lost])) as browser:
        text = browser.get("/console/activity").text
        for title in ("Sign in succeeded", "The console was given tokens.", "/wp-login.php"):
            assert f"<strong>{title}</strong>" in text


def test_no_grant_is_offered_where_none_would_help() -> None:
    rows = [
        refused_row(1, reason="expired", sentence="This credential ended at noon."),
        refused_row(2, reason="unknown_operation", operation=None),
        refused_row(3, reason="network_not_granted"),
    ]
    with visiting(FakeHouse(rows=rows)) as browser:
        text = browser.get("/console/activity").text
        assert numbers(text) == 3
        assert "Smallest grant" not in text


def test_newest_rows_come_first() -> None:
    rows = [audit_row(1, operation="Jobs_Get"), audit_row(2, operation="Assets_Get")]
    with visiting(FakeHouse(rows=rows)) as browser:
        text = browser.get("/console/activity").text
        assert text.index("Assets_Get") < text.index("Jobs_Get")


def test_the_talk_of_the_house_itself_is_left_out_and_hides_nothing() -> None:
    talk = [audit_row(n, event="admin:request:answered", verdict=None, operation=None) for n in range(3, 400)]
    changed = audit_row(400, event="admin:access_key:created", verdict=None, operation=None, sentence="A key was made.")
    house = FakeHouse(rows=[audit_row(1), refused_row(2), *talk, changed])
    with visiting(house) as browser:
        text = browser.get("/console/activity").text
        assert numbers(text) == 3
        assert "A key was made." in text
        assert "after=400" in text


def test_refused_only_shows_refused_only() -> None:
    with visiting(FakeHouse(rows=[audit_row(1), refused_row(2)])) as browser:
        text = browser.get("/console/activity?show=refused").text
        assert numbers(text) == 1
        assert "show=refused" in text.partition('id="poller"')[2].partition("</div>")[0]


def test_new_rows_are_those_after_the_last_one() -> None:
    house = FakeHouse(rows=[audit_row(1), refused_row(2), audit_row(3)])
    with visiting(house) as browser:
        text = browser.get("/console/activity/rows?after=1", hx_request="true").text
        assert numbers(text) == 2
        assert "after=3" in text
        assert "2 new rows, 1 refused" in text
        [asked] = house.asked_for("GET", f"{API}/audit")
        assert asked.query["after"] == "1"


def test_nothing_new_leaves_the_page_as_it_is() -> None:
    with visiting(FakeHouse(rows=[audit_row(1)])) as browser:
        text = browser.get("/console/activity/rows?after=1", hx_request="true").text
        assert "hx-partial" not in text
        assert "after=1" in text


def test_a_mark_that_is_no_number_is_not_passed_on() -> None:
    house = FakeHouse(rows=[audit_row(1)])
    with visiting(house) as browser:
        assert browser.get("/console/activity/rows?after=1%20or%201").status_code == 200
        [asked] = house.asked_for("GET", f"{API}/audit")
        assert "after" not in asked.query


def test_a_quiet_door_says_what_will_appear() -> None:
    with visiting(FakeHouse()) as browser:
        assert "Nothing has happened yet." in browser.get("/console/activity").text
        assert "Nobody was refused." in browser.get("/console/activity?show=refused").text


def test_a_path_that_looks_like_markup_is_text() -> None:
    row = refused_row(1, path="/odata/<img src=x onerror=alert(1)>", operation=None)
    with visiting(FakeHouse(rows=[row])) as browser:
        assert "<img" not in browser.get("/console/activity").text
