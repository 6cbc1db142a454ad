import re

from tests.factories.console import API, KEY_SECRET, Browser, FakeHouse, visiting

FORM = {"name": "Invoice import", "tenant": "acme/dev", "reach": "some", "folder": "Shared", "lifetime": "90d"}


def sent(house: FakeHouse, path: str = "/keys") -> dict[str, object]:
    [asked] = house.asked_for("POST", API + path)
    return dict(asked.body)


def chosen(text: str) -> list[str]:
    return re.findall(r'name="allow" value="([^"]+)"', text)


def choose(browser: Browser, **fields: object) -> str:
    return browser.post("/console/keys/new/choice", {**FORM, **fields}).text


def test_a_key_is_made_of_what_stands_in_the_form_and_shown_this_once() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        form = {**FORM, "tick": ["Jobs_StartJobs", "scope:OR.Queues.Read"], "networks": "192.0.2.0/24, 2001:db8::/32"}
        answer = browser.post("/console/keys", form)
        assert answer.status_code == 201
        assert sent(house) == {
            "name": "Invoice import",
            "tenant": "acme/dev",
            "allow": ["Jobs_StartJobs", "scope:OR.Queues.Read"],
            "folders": ["Shared"],
            "networks": ["192.0.2.0/24", "2001:db8::/32"],
            "expires_in": "90d",
            "expires_at": None,
        }
        assert f'value="{KEY_SECRET}"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        for name in ("curl", "Python", "Node"):
            assert f">{name}</label>" in answer.text


def test_a_key_for_every_folder_is_asked_for_by_name_not_by_leaving_folders_out() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        refused = browser.post("/console/keys", {**FORM, "folder": "", "tick": "Jobs_Get"})
        assert refused.status_code == 422
        assert "Tick a folder, or choose every folder." in refused.text
        assert house.asked_for("POST", f"{API}/keys") == []
        browser.post("/console/keys", {**FORM, "folder": "Shared", "reach": "all", "tick": "Jobs_Get"})
        assert sent(house)["folders"] is None


def test_a_key_may_end_with_a_day_or_never() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        browser.post("/console/keys", {**FORM, "tick": "Jobs_Get", "lifetime": "date", "until": "2026-12-31"})
        assert sent(house)["expires_at"] == "2026-12-31T23:59:59.000Z"
        assert sent(house)["expires_in"] is None
        house.asked.clear()
        browser.post("/console/keys", {**FORM, "tick": "Jobs_Get", "lifetime": "never", "until": "2026-12-31"})
        assert (sent(house)["expires_in"], sent(house)["expires_at"]) == (None, None)


def test_a_key_may_be_limited_and_what_is_no_limit_is_said() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        limits = {"rate": "10/s", "burst": "20", "daily_quota": "5000", "concurrency": "4", "weight": "2"}
        browser.post("/console/keys", {**FORM, "tick": "Jobs_Get", **limits})
        asked = sent(house)
        assert asked["rate"] == "10/s"
        assert [asked[name] for name in ("burst", "daily_quota", "concurrency", "weight")] == [20, 5000, 4, 2]
        house.asked.clear()
        for fields, words in (
            ({"rate": "fast"}, "Write the rate as a number and s, m or h"),
            ({"burst": "3"}, "Say how many requests a second or a minute"),
            ({"concurrency": "0"}, "Write a whole number above zero"),
        ):
            answer = browser.post("/console/keys", {**FORM, "tick": "Jobs_Get", **fields})
            assert answer.status_code == 422
            assert words in answer.text
        assert house.asked_for("POST", f"{API}/keys") == []


def test_what_is_missing_is_said_and_what_was_typed_stays() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        for fields, words in (
            ({"name": " "}, "Give the key a name."),
            ({"tick": ""}, "Tick at least one thing"),
            ({"lifetime": "date"}, "Pick the day on which the key ends."),
            ({"lifetime": "date", "until": "2026-05-03"}, "Pick a day in the future."),
            ({"lifetime": "forever"}, "Choose when the key ends."),
        ):
            answer = browser.post("/console/keys", {**FORM, "tick": "Jobs_Get", "networks": "10.0.0.0/8", **fields})
            assert answer.status_code == 422
            assert words in answer.text
            assert 'value="10.0.0.0/8"' in answer.text
        assert house.asked_for("POST", f"{API}/keys") == []


def test_what_the_house_refuses_is_shown_above_the_form() -> None:
    house = FakeHouse()
    house.refusals["POST", "/keys"] = (403, {"detail": "More than you may do.", "hint": "Grant less."})
    with visiting(house) as browser:
        answer = browser.post("/console/keys", {**FORM, "tick": "Jobs_Get"})
        assert answer.status_code == 403
        assert "More than you may do." in answer.text
        assert "Grant less." in answer.text
        assert chosen(answer.text) == ["Jobs_Get"]


def test_ticking_adds_and_unticking_takes_away_and_the_unseen_stays() -> None:
    with visiting(FakeHouse()) as browser:
        text = choose(
            browser, allow=["Assets_Get", "Jobs_Get"], shown=["Jobs_Get", "Jobs_StartJobs"], tick="Jobs_StartJobs"
        )
        assert chosen(text) == ["Assets_Get", "Jobs_StartJobs"]


def test_a_chip_takes_away_what_it_names() -> None:
    with visiting(FakeHouse()) as browser:
        text = choose(browser, allow=["Assets_Get", "Jobs_Get"], shown="Jobs_Get", tick="Jobs_Get", drop="Jobs_Get")
        assert chosen(text) == ["Assets_Get"]
        offers = text.partition('hx-target="#offers"')[2]
        assert re.search(r'name="tick" value="Jobs_Get"(?! checked)', offers)


def test_the_meaning_is_read_back_in_the_words_of_the_house() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        text = choose(browser, tick=["Jobs_Get", "Assets_Get"])
        assert "May use Jobs_Get, Assets_Get." in text
        assert "2 operations in all" in text
        assert sent(house, "/keys/preview")["folders"] == ["Shared"]


def test_a_meaning_that_the_house_refuses_is_read_back_too() -> None:
    house = FakeHouse()
    house.refusals["POST", "/keys/preview"] = (400, {"detail": "There is no network '10.0.0.0/99'."})
    with visiting(house) as browser:
        text = choose(browser, tick="Jobs_Get", networks="10.0.0.0/99")
        assert "There is no network &#39;10.0.0.0/99&#39;." in text


def test_offers_are_drawn_anew_only_when_the_words_changed() -> None:
    with visiting(FakeHouse()) as browser:
        assert "#offers" not in choose(browser, search="queues", searched="queues", tick="Jobs_Get")
        assert "#offers" in choose(browser, search="queues", searched="queue")


def test_another_tenant_brings_its_own_folders() -> None:
    house = FakeHouse(tenants=["dev", "prod"], folders=["Shared", "Shared/Finance"])
    with visiting(house) as browser:
        text = choose(browser, tenant="acme/prod", folders_of="acme/dev")
        assert "#folders" in text
        assert 'value="acme/prod"' in text
        assert house.asked_for("GET", f"{API}/folders")[-1].query["tenant"] == "acme/prod"
        assert "#folders" not in choose(browser, tenant="acme/prod", folders_of="acme/prod")


def test_without_scripts_the_form_is_drawn_again_with_what_was_chosen() -> None:
    with visiting(FakeHouse()) as browser:
        answer = browser.post("/console/keys/new", {**FORM, "search": "assets", "tick": "Jobs_Get"})
        assert answer.status_code == 200
        assert chosen(answer.text) == ["Jobs_Get"]
        assert 'value="Invoice import"' in answer.text
        assert 'value="Assets_Get"' in answer.text


def test_a_link_fills_the_form_in() -> None:
    house = FakeHouse(folders=["Other", "Shared"])
    with visiting(house) as browser:
        text = browser.get("/console/keys/new?allow=Jobs_StartJobs&folder=Shared&tenant=acme/dev&name=Mine").text
        assert chosen(text) == ["Jobs_StartJobs"]
        assert re.search(r'name="folder" value="Shared" checked', text)
        assert re.search(r'name="folder" value="Other"(?! checked)', text)
        assert 'value="Mine"' in text


def test_a_link_for_what_belongs_to_the_tenant_asks_for_every_folder() -> None:
    with visiting(FakeHouse()) as browser:
        text = browser.get("/console/keys/new?allow=Users_Get").text
        assert re.search(r'name="reach" value="all" checked', text)


def test_an_only_folder_is_ticked_already() -> None:
    with visiting(FakeHouse()) as browser:
        assert re.search(r'name="folder" value="Shared" checked', browser.get("/console/keys/new").text)


def test_somebody_without_a_tenant_is_told_what_to_do() -> None:
    with visiting(FakeHouse(tenants=[], folders=[])) as browser:
        assert "You may not enter any tenant yet." in browser.get("/console").text
        assert browser.get("/console/keys/new").status_code == 200
        assert browser.post("/console/keys", {**FORM, "tick": "Jobs_Get"}).status_code == 422
