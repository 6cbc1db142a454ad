"""A gateway that does not do its work is not timed."""

from collections.abc import Callable

import httpx2
import pytest
from bench.peers.proof import NotProven, prove
from bench.peers.rules import READER, draw_rules
from bench.upstream import LARGE_BYTES, LARGE_PATH, MATCHED_PATH, SHOWING_PATH, SMALL_BYTES, SMALL_PATH

RULES = draw_rules(10)
UPSTREAM = "Bearer upstream"
SIZES = {SMALL_PATH: SMALL_BYTES, MATCHED_PATH: SMALL_BYTES, LARGE_PATH: LARGE_BYTES}
ROLES = {f"Bearer {holder.key}": holder.role for holder in RULES.holders}

Gateway = Callable[[httpx2.Request], httpx2.Response]


def right(request: httpx2.Request) -> httpx2.Response:
    role = ROLES.get(request.headers.get("Authorization", ""))
    if role is None:
        return httpx2.Response(401)
    if role != READER or request.method != "GET" or request.url.path not in {*SIZES, SHOWING_PATH}:
        return httpx2.Response(403)
    if request.url.path == SHOWING_PATH:
        return httpx2.Response(200, json={"authorization": UPSTREAM})
    return httpx2.Response(200, content=b"x" * SIZES[request.url.path])


def ask(gateway: Gateway) -> None:
    with httpx2.Client(transport=httpx2.MockTransport(gateway), base_url="http://gateway") as client:
        prove(client, RULES, UPSTREAM)


def test_a_gateway_that_keeps_to_the_rules_is_proven() -> None:
    ask(right)


def lets_any_key_in(request: httpx2.Request) -> httpx2.Response:
    request.headers["Authorization"] = f"Bearer {RULES.get_holder(READER).key}"
    return right(request)


def looks_at_no_scheme(request: httpx2.Request) -> httpx2.Response:
    key = request.headers.get("Authorization", "").rpartition(" ")[2]
    request.headers["Authorization"] = f"Bearer {key}"
    return right(request)


def looks_at_no_method(request: httpx2.Request) -> httpx2.Response:
    answer = right(request)
    return httpx2.Response(200) if answer.status_code == 403 and request.method == "POST" else answer


def looks_at_no_path(request: httpx2.Request) -> httpx2.Response:
    answer = right(request)
    return httpx2.Response(200) if answer.status_code == 403 else answer


def believes_the_caller(request: httpx2.Request) -> httpx2.Response:
    if request.headers.get("X-Holder", "").startswith(READER):
        return httpx2.Response(200, content=b"x" * SMALL_BYTES)
    return right(request)


def cuts_answers(request: httpx2.Request) -> httpx2.Response:
    answer = right(request)
    return httpx2.Response(200, content=answer.content[:-1]) if request.url.path == LARGE_PATH else answer


def passes_the_key_on(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == SHOWING_PATH:
        return httpx2.Response(200, json={"authorization": request.headers["Authorization"]})
    return right(request)


def refuses_all(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(403)


@pytest.mark.parametrize(
    "gateway",
    [
        lets_any_key_in,
        looks_at_no_scheme,
        looks_at_no_method,
        looks_at_no_path,
        believes_the_caller,
        cuts_answers,
        passes_the_key_on,
        refuses_all,
    ],
)
def test_a_gateway_that_does_not_is_not(gateway: Gateway) -> None:
    with pytest.raises(NotProven):
        ask(gateway)
