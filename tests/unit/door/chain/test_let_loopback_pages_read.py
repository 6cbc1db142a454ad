"""Pages on the caller's own machine may read the Orchestrator's answers; no other page may."""

import pytest
from tests.factories.house import SmallHouse

JOBS = "/acme/dev/orchestrator_/odata/Jobs"
HERE = "http://localhost:5173"
ELSEWHERE = ["https://evil.example", "http://localhost.evil.example", "http://192.0.2.7:5173", "null", ""]


def preflight(origin: str, wanted: str = "authorization,x-uipath-folderkey") -> tuple[tuple[str, str], ...]:
    asked = ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", wanted)
    return ("Origin", origin), *asked


@pytest.mark.parametrize("origin", [HERE, "http://127.0.0.1:3000", "http://[::1]:8080", "https://localhost"])
def test_a_page_on_loopback_is_told_what_it_may_send(small: SmallHouse, origin: str) -> None:
    answer = small.ask("OPTIONS", JOBS, preflight(origin))
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-headers"] == "authorization,x-uipath-folderkey"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_any_other_page_is_told_nothing(small: SmallHouse, origin: str) -> None:
    for method, headers in (("OPTIONS", preflight(origin)), ("GET", (("Origin", origin),))):
        answer = small.ask(method, JOBS, headers)
        assert answer.status == 401
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_answer_itself_may_be_read_and_a_refusal_too(small: SmallHouse) -> None:
    for key, status in ((small.sample_key, 200), (None, 401)):
        answer = small.ask("GET", f"{JOBS}?$top=1", (("Origin", HERE),), key=key)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == HERE
        assert "x-request-id" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"


def test_a_page_still_needs_a_credential_of_its_own(small: SmallHouse) -> None:
    assert small.ask("GET", JOBS, (("Origin", HERE), ("Cookie", "sd=1"))).status == 401


@pytest.mark.parametrize("wanted", ["a\tb", "x" * 2000, "a=b", "<script>"])
def test_what_is_no_list_of_header_names_is_not_sent_back(small: SmallHouse, wanted: str) -> None:
    assert small.ask("OPTIONS", JOBS, preflight(HERE, wanted)).status == 401


def test_a_question_before_a_request_leaves_no_row(small: SmallHouse) -> None:
    small.new_rows()
    small.ask("OPTIONS", JOBS, preflight(HERE))
    assert small.new_rows() == []
    small.ask("OPTIONS", JOBS, preflight("https://evil.example"))
    assert len(small.new_rows()) == 1


@pytest.mark.parametrize("path", ["/api/stagedoor/v1/whoami", "/console"])
def test_administration_is_never_opened_to_pages(small: SmallHouse, path: str) -> None:
    answer = small.ask("GET", path, (("Origin", HERE),))
    assert not [name for name in answer.headers if name.startswith("access-control-")]
