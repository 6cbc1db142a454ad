import pytest
from tests.factories.console import BASE_URL, FakeHouse, key_facts, visiting

FORMS = [
    "/console/keys",
    "/console/keys/new",
    "/console/keys/new/choice",
    "/console/keys/Ab12Cd34Ef/rotate",
    "/console/keys/Ab12Cd34Ef/revoke",
    "/console/legacy-window",
    "/console/sign-out",
]
HERE = {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"}


def changes(house: FakeHouse) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in house.asked if asked.method != "GET"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": BASE_URL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://stagedoor.example:8121", "Sec-Fetch-Site": "same-site"},
        {},
    ],
    ids=["another site", "no origin told", "the browser says otherwise", "another port", "no word of where from"],
)
def test_no_form_of_another_site_changes_anything(path: str, headers: dict[str, str]) -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        assert browser.post(path, {"name": "x"}, headers=headers).status_code == 403
        assert changes(house) == []


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("mark", ["", "0" * 64, "é"])
def test_no_form_without_the_mark_of_its_session_changes_anything(path: str, mark: str) -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        assert browser.post(path, {"name": "x"}, mark=mark).status_code == 403
        assert changes(house) == []


def test_the_mark_of_another_session_is_of_no_use() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as other:
        theirs = other.mark
        with visiting(house) as browser:
            assert browser.mark != theirs
            assert browser.post("/console/keys/Ab12Cd34Ef/revoke", mark=theirs).status_code == 403
            assert changes(house) == []


def test_the_mark_may_come_in_a_header_as_htmx_sends_it() -> None:
    with visiting(FakeHouse()) as browser:
        mark = browser.mark
        answer = browser.post("/console/keys/new/choice", mark="", headers={**HERE, "X-Console-Mark": mark})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", b"a=%00"),
        ("application/x-www-form-urlencoded", "ä=1".encode()),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000),
    ],
)
def test_what_is_no_form_is_a_bad_request(content_type: str, body: bytes) -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        headers = {**HERE, "Content-Type": content_type, "X-Console-Mark": browser.mark}
        answer = browser.http.post("/console/keys/Ab12Cd34Ef/revoke", content=body, headers=headers)
        assert answer.status_code == 400
        assert changes(house) == []


def test_a_form_is_not_taken_by_get() -> None:
    house = FakeHouse(keys=[key_facts()])
    with visiting(house) as browser:
        assert browser.get("/console/keys/Ab12Cd34Ef/revoke").status_code == 405
        assert changes(house) == []
