"""The first step again: heads that contradict themselves or want to be another request."""

import pytest
from tests.factories.house import SmallHouse

PATH = "/acme/dev/odata/Jobs"


@pytest.mark.parametrize("name", ["authorization", "host", "content-length", "content-type", "x-api-key"])
def test_a_header_that_decides_something_may_be_sent_once(small: SmallHouse, name: str) -> None:
    answer = small.ask("GET", PATH, [(name, "1"), (name.upper(), "2")])
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "malformed_head")
    assert name in answer.json()["message"]


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"])
def test_no_header_makes_a_request_another_one(small: SmallHouse, name: str) -> None:
    answer = small.ask("GET", PATH, [(name, "DELETE")], key=small.sample_key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "method_override_refused")


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Rewrite-URL"])
def test_no_header_rewrites_the_address(small: SmallHouse, name: str) -> None:
    answer = small.ask("GET", PATH, [(name, "/healthz")], key=small.sample_key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "malformed_head")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get"])
def test_a_method_that_is_not_spoken_is_501(small: SmallHouse, method: str) -> None:
    answer = small.ask(method, PATH, key=small.sample_key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (501, "malformed_head")
