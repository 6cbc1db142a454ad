"""HTTP that two servers could read in two ways, on real sockets: refused in words, and nothing after it is believed."""

import pytest
from tests.factories.raw_http import break_off, exchange
from tests.factories.served import Served

ALLOWED = "/acme/dev/orchestrator_/odata/Jobs"
SMUGGLED = b"GET /acme/dev/orchestrator_/odata/Folders HTTP/1.1\r\nHost: stagedoor\r\n\r\n"


@pytest.fixture(scope="module")
def head(house: Served) -> bytes:
    """The lines that stand in each request, the key's among them."""
    return f"Host: stagedoor\r\nAuthorization: Bearer {house.sample_key}\r\n".encode()


def get(head: bytes, more: bytes = b"", path: bytes = ALLOWED.encode(), version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + path + b" " + version + b"\r\n" + head + more + b"\r\n"


def post(head: bytes, more: bytes, body: bytes) -> bytes:
    return f"POST {ALLOWED} HTTP/1.1\r\n".encode() + head + more + b"\r\n" + body


def test_an_honest_request_written_by_hand_is_answered(house: Served, head: bytes) -> None:
    assert exchange(house.base_url, get(head)).statuses == [200]
    assert exchange(house.base_url, get(head) + get(head), answers=2).statuses == [200, 200]


@pytest.mark.parametrize(
    ("more", "body"),
    [
        (b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding:\x0bchunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
        (b"Content-Length : 5\r\n", b"hello"),
        (b"Content-Length: -5\r\n", b"hello"),
        (b"Content-Length: +5\r\n", b"hello"),
        (b"Content-Length: 0x5\r\n", b"hello"),
        (b"Content-Length: 5, 5\r\n", b"hello"),
        (b"Content-Length: 99999999999999999999999\r\n", b"hello"),
        (b"Transfer-Encoding: chunked\r\n", b"zz\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"5\nhello\n0\n\n"),
        (b"Transfer-Encoding: chunked\r\n", b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"4\r\nhello\r\n0\r\n\r\n"),
    ],
)
def test_two_lengths_smuggle_no_second_request(house: Served, head: bytes, more: bytes, body: bytes) -> None:
    answers = exchange(house.base_url, post(head, more, body + SMUGGLED))
    # Where the head was in order, the answer to the request itself may come first; what was smuggled has none.
    assert set(answers.statuses) <= {400, 405}, answers.received
    assert 400 in answers.statuses or b"Content-Length" not in more


@pytest.mark.parametrize(
    "more",
    [
        b"X-A: b\r\n c\r\n",
        b"X-A: b\r\n\tc\r\n",
        b"X-A: b\nX-B: c\r\n",
        b"X-A: b\rX-B: c\r\n",
        b"X-A: b\x00c\r\n",
        b"X-A : b\r\n",
        b" X-A: b\r\n",
        b": b\r\n",
        b"X A: b\r\n",
        b"X-A\r\n",
        b"X(A): b\r\n",
    ],
)
def test_a_malformed_header_line_is_refused_in_words(house: Served, head: bytes, more: bytes) -> None:
    answers = exchange(house.base_url, get(head, more) + SMUGGLED)
    assert answers.statuses == [400], answers.received
    assert answers.json["errorCode"] == 1000
    assert answers.json["stagedoor"]["code"] == "malformed_head"


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET " + ALLOWED.encode() + b"\x00 HTTP/1.1",
        b"GET " + ALLOWED.encode() + b"\xff HTTP/1.1",
        b"GET " + ALLOWED.encode() + b" HTTP/9.9",
        b"GET  HTTP/1.1",
        b"GET",
        b"G\x00T / HTTP/1.1",
        b"CONNECT stagedoor:443 HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM",
    ],
)
def test_a_malformed_request_line_is_refused_in_words(house: Served, head: bytes, request_line: bytes) -> None:
    answers = exchange(house.base_url, request_line + b"\r\n" + head + b"\r\n" + SMUGGLED)
    assert answers.statuses == [400], answers.received
    assert answers.json["message"]


def test_bare_line_feeds_end_no_line(house: Served, head: bytes) -> None:
    answers = exchange(house.base_url, get(head).replace(b"\r\n", b"\n"))
    assert answers.statuses == [400]


@pytest.mark.parametrize("line", [b"Host: other\r\n", b"Authorization: Bearer x\r\n", b"Content-Type: a\r\n" * 2])
def test_a_header_that_may_stand_once_stands_once(house: Served, head: bytes, line: bytes) -> None:
    answers = exchange(house.base_url, get(head, line))
    assert answers.statuses == [400]
    assert "may be sent once only" in answers.json["message"]


@pytest.mark.parametrize("method", [b"TRACE", b"PROPFIND", b"PURGE"])
def test_methods_that_are_not_spoken(house: Served, head: bytes, method: bytes) -> None:
    answers = exchange(house.base_url, get(head).replace(b"GET", method, 1))
    assert answers.statuses == [501]
    assert answers.json["stagedoor"]["code"] == "malformed_head"


def test_the_address_in_absolute_form_is_judged_by_its_path(house: Served, head: bytes) -> None:
    allowed = get(head, path=b"http://evil.example" + ALLOWED.encode())
    refused = get(head, path=b"http://evil.example/acme/dev/orchestrator_/odata/Users")
    assert exchange(house.base_url, allowed).statuses == [200]
    assert exchange(house.base_url, refused).statuses == [403]


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"TLS/1.2"])
def test_a_connection_is_not_upgraded_and_goes_on(house: Served, head: bytes, protocol: bytes) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\nSec-WebSocket-Version: 13\r\n"
    asking = get(head, upgrade + b"Sec-WebSocket-Key: eA==\r\n")
    answers = exchange(house.base_url, asking + get(head), asking, answers=3)
    assert answers.statuses == [200] * 3


def test_the_body_of_a_request_that_asks_for_an_upgrade_is_its_own(house: Served, head: bytes) -> None:
    # As Java's client sends the first request that it has for a server.
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    body = b'{"itemData":{"Name":"Invoices","SpecificContent":{"Upgraded":"no"}}}'
    more = upgrade + b"X-UIPATH-FolderPath: Shared\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    path = b"/acme/dev/orchestrator_/odata/Queues/UiPathODataSvc.AddQueueItem"
    added = b"POST " + path + b" HTTP/1.1\r\n" + head + more % len(body) + b"\r\n" + body
    assert exchange(house.base_url, added + get(head), answers=2).statuses == [201, 200]


@pytest.mark.parametrize("words", [b"close", b"close, Upgrade"])
def test_what_follows_the_last_request_of_a_connection_is_no_request_and_spoils_no_answer(
    house: Served, head: bytes, words: bytes
) -> None:
    last = get(head, b"Connection: " + words + b"\r\nUpgrade: h2c\r\n")
    answers = exchange(house.base_url, last + SMUGGLED, until_closed=True)
    assert answers.statuses == [200]
    assert answers.was_closed


def test_a_refused_connection_ends(house: Served, head: bytes) -> None:
    answers = exchange(house.base_url, get(head, b"X-A : b\r\n"), until_closed=True)
    assert answers.statuses == [400]
    assert answers.was_closed


class TestSize:
    def test_a_head_that_is_too_large_in_one_piece(self, house: Served, head: bytes) -> None:
        answers = exchange(house.base_url, get(head, b"X-A: " + b"a" * 200_000 + b"\r\n"))
        assert answers.statuses == [431]
        assert answers.json["stagedoor"]["code"] == "head_too_large"

    def test_a_head_that_drips(self, house: Served, head: bytes) -> None:
        drops = [b"X-%d: " % number + b"a" * 1000 + b"\r\n" for number in range(200)]
        start = f"GET {ALLOWED} HTTP/1.1\r\n".encode() + head
        assert exchange(house.base_url, start, *drops).statuses == [431]

    def test_too_many_headers(self, house: Served, head: bytes) -> None:
        lines = b"".join(b"X-%d: a\r\n" % number for number in range(200))
        assert exchange(house.base_url, get(head, lines)).statuses == [431]

    def test_a_filter_of_ten_megabytes_is_read_to_its_end_and_refused(self, house: Served, head: bytes) -> None:
        path = ALLOWED.encode() + b"?$filter=Key%20eq%20'" + b"a" * 10_000_000 + b"'"
        answers = exchange(house.base_url, get(head, path=path))
        assert answers.statuses == [431], answers.received
        assert exchange(house.base_url, get(head)).statuses == [200]

    @pytest.mark.parametrize("tail", [b"0\r\nX-Trailer: ", b"5;extension="])
    def test_trailers_and_chunk_extensions_without_an_end(self, house: Served, head: bytes, tail: bytes) -> None:
        start = post(head, b"Transfer-Encoding: chunked\r\n", tail)
        answers = exchange(house.base_url, start, *[b"a" * 65536] * 40)
        # The path takes no POST, which may have been answered before the tail grew too long.
        assert answers.statuses in ([431], [405], [405, 431]), answers.received[:500]

    def test_a_request_that_breaks_off_is_forgotten(self, house: Served, head: bytes) -> None:
        for part in (get(head)[:40], post(head, b"Content-Length: 50\r\n", b"hello")):
            break_off(house.base_url, part[:-1])
        assert exchange(house.base_url, get(head)).statuses == [200]
