from tests.factories.console import API, FakeHouse, legacy_window, visiting

USE = {
    "user": "old.script",
    "network": "198.51.100.0/24",
    "client": "curl/8",
    "operation": None,
    "count": 1234,
    "last_used_at": "2026-05-04T11:00:00Z",
}


def test_the_window_counts_down_and_names_who_used_it() -> None:
    with visiting(FakeHouse(window=legacy_window(uses=[USE]))) as browser:
        text = browser.get("/console/legacy-window").text
        for words in ("30 days", "2026-06-03 12:00:00 UTC", "1 June 2019", "old.script", "198.51.100.0/24", "1,234"):
            assert words in text
        assert "1 of 2 users" in text
        assert "This user was made after the migration." in text


def test_opening_it_sets_the_end_of_a_day() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        answer = browser.post("/console/legacy-window", {"do": "open", "until": "2026-07-01"})
        assert answer.headers["location"] == "/console/legacy-window"
        [asked] = house.asked_for("PUT", f"{API}/legacy-window")
        assert asked.body == {"open": True, "until": "2026-07-01T23:59:59.000Z"}


def test_closing_it_needs_no_date() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        browser.post("/console/legacy-window", {"do": "close", "until": ""})
        [asked] = house.asked_for("PUT", f"{API}/legacy-window")
        assert asked.body == {"open": False, "until": None}
        assert "Nobody gets in with a password." in browser.get("/console/legacy-window").text


def test_opening_it_without_a_date_is_refused_here() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        answer = browser.post("/console/legacy-window", {"do": "open", "until": "soon"})
        assert answer.status_code == 422
        assert "Pick the day" in answer.text
        assert house.asked_for("PUT", f"{API}/legacy-window") == []


def test_what_the_house_refuses_is_shown() -> None:
    house = FakeHouse()
    house.refusals["PUT", "/legacy-window"] = (409, {"detail": "The end must lie in the future.", "hint": "Later."})
    with visiting(house) as browser:
        answer = browser.post("/console/legacy-window", {"do": "open", "until": "2020-01-01"})
        assert answer.status_code == 409
        assert "The end must lie in the future." in answer.text


def test_a_date_that_has_passed_is_said() -> None:
    with visiting(FakeHouse(window=legacy_window(until="2026-05-01T00:00:00Z"))) as browser:
        text = browser.get("/console/legacy-window").text
        assert "Its date has passed" in text
        assert "Nobody has logged in with a password." in text


def test_an_organization_that_never_had_a_window_is_offered_none() -> None:
    window = legacy_window(open=False, until=None, migrated_at=None, users=[])
    with visiting(FakeHouse(window=window)) as browser:
        text = browser.get("/console/legacy-window").text
        assert "it never had a window" in text
        assert 'action="/console/legacy-window"' not in text
        assert "There are no users." in text
