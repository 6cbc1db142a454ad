from tests.factories.console import API, KEY_SECRET, FakeHouse, key_facts, visiting


def test_keys_are_listed_with_what_they_may_do_in_short() -> None:
    allow = ["Jobs_StartJobs", "scope:OR.Queues", "tag:Assets", "all"]
    with visiting(FakeHouse(keys=[key_facts(allow=allow, last_used_at="2026-05-04T11:57:00Z")])) as browser:
        text = browser.get("/console/keys").text
        assert "Start jobs of a process, read and change everything about queues and 2 more" in text
        assert "3 minutes ago" in text
        assert "in 88 days" in text
        assert "Active" in text


def test_ended_keys_stand_apart() -> None:
    keys = [
        key_facts(),
        key_facts(id="b", name="Old", state="expired"),
        key_facts(id="c", name="Gone", state="revoked"),
    ]
    with visiting(FakeHouse(keys=keys)) as browser:
        living, _, ended = browser.get("/console/keys").text.partition("2 keys that ended")
        assert "Invoice import" in living
        assert "Old" not in living
        assert "Old" in ended
        assert "Rotate" not in ended


def test_somebody_without_keys_is_told_what_keys_are_for() -> None:
    with visiting(FakeHouse()) as browser:
        assert "Make the first key" in browser.get("/console/keys").text


def test_rotating_shows_the_new_secret_once_and_keeps_the_old_one_for_a_while() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        answer = browser.post("/console/keys/Ab12Cd34Ef/rotate", {"overlap": "7d"})
        [asked] = house.asked_for("POST", f"{API}/keys/Ab12Cd34Ef/rotate")
        assert asked.body == {"overlap": "7d"}
        assert KEY_SECRET in answer.text
        assert "The old secret works for 7 days more." in answer.text


def test_rotating_without_overlap_ends_the_old_secret() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        answer = browser.post("/console/keys/Ab12Cd34Ef/rotate", {"overlap": "none"})
        assert house.asked_for("POST", f"{API}/keys/Ab12Cd34Ef/rotate")[0].body == {"overlap": None}
        assert "The old secret has ended." in answer.text


def test_an_overlap_that_is_not_offered_is_the_usual_one() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        browser.post("/console/keys/Ab12Cd34Ef/rotate", {"overlap": "999w"})
        assert house.asked_for("POST", f"{API}/keys/Ab12Cd34Ef/rotate")[0].body == {"overlap": "24h"}


def test_revoking_ends_the_key_and_shows_it_ended() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        answer = browser.post("/console/keys/Ab12Cd34Ef/revoke")
        assert len(house.asked_for("DELETE", f"{API}/keys/Ab12Cd34Ef")) == 1
        text = browser.get(answer.headers["location"]).text
        assert "This key was revoked." in text
        assert "Make another one like it" in text
        assert "Yes, revoke" not in text


def test_limits_are_changed_where_the_key_is_shown() -> None:
    house = FakeHouse(keys=[key_facts(rate="10/s", burst=20, daily_quota=None, concurrency=None, weight=1)])
    with visiting(house) as browser:
        text = browser.get("/console/keys/Ab12Cd34Ef").text
        assert 'name="rate" value="10/s"' in text
        assert 'name="daily_quota" value=""' in text
        typed = {"rate": "5 /m", "burst": "", "daily_quota": "700", "concurrency": "", "weight": "2"}
        answer = browser.post("/console/keys/Ab12Cd34Ef/limits", typed)
        [asked] = house.asked_for("PATCH", f"{API}/keys/Ab12Cd34Ef")
        assert asked.body == {"rate": "5/m", "burst": None, "daily_quota": 700, "concurrency": None, "weight": 2}
        assert answer.status_code == 303
        assert "700 a day (UTC)" in browser.get(answer.headers["location"]).text


def test_limits_that_are_none_are_explained_and_what_was_typed_stays() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        answer = browser.post("/console/keys/Ab12Cd34Ef/limits", {"rate": "fast", "concurrency": "many"})
        assert answer.status_code == 422
        assert "Write the rate as a number" in answer.text
        assert 'value="many"' in answer.text
        assert house.asked_for("PATCH", f"{API}/keys/Ab12Cd34Ef") == []


def test_a_change_of_limits_that_the_house_refuses_is_told_in_its_words() -> None:
    house = FakeHouse(keys=[key_facts()])
    house.refusals["PATCH", "/keys/Ab12Cd34Ef"] = (403, {"detail": "This exceeds what you may do."})
    with visiting(house) as browser:
        answer = browser.post("/console/keys/Ab12Cd34Ef/limits", {"rate": "5/m"})
        assert answer.status_code == 403
        assert "This exceeds what you may do." in answer.text
        assert 'value="5/m"' in answer.text


def test_an_ended_key_has_no_limits_to_change() -> None:
    with visiting(FakeHouse(keys=[key_facts(state="revoked")])) as browser:
        assert "Change the limits" not in browser.get("/console/keys/Ab12Cd34Ef").text


def test_a_rotating_key_says_whether_the_old_secret_is_still_in_use() -> None:
    facts = key_facts(state="rotating", previous_secret_valid_until="2026-05-05T12:00:00Z")
    with visiting(FakeHouse(keys=[facts])) as browser:
        assert "Nobody has used it since." in browser.get("/console/keys/Ab12Cd34Ef").text
    facts["previous_secret_last_used_at"] = "2026-05-04T11:00:00Z"
    with visiting(FakeHouse(keys=[facts])) as browser:
        assert "somebody still has to change over" in browser.get("/console/keys/Ab12Cd34Ef").text


def test_a_key_that_never_ends_is_pointed_out() -> None:
    with visiting(FakeHouse(keys=[key_facts(expires_at=None, networks=["192.0.2.0/24"], folders=None)])) as browser:
        text = browser.get("/console/keys/Ab12Cd34Ef").text
        assert "Give the next one an end." in text
        assert "192.0.2.0/24" in text
        assert "Every folder" in text


def test_a_key_of_somebody_else_is_refused_in_the_words_of_the_house() -> None:
    house = FakeHouse(keys=[key_facts()], may_administer=False)
    house.refusals["GET", "/keys/Zz"] = (403, {"detail": "Only an administrator of the organization may do this."})
    with visiting(house) as browser:
        answer = browser.get("/console/keys/Zz")
        assert answer.status_code == 403
        assert "Only an administrator" in answer.text
