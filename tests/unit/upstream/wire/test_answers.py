"""What an upstream may answer, and what is broken."""

import asyncio

import pytest
from tests.factories.scripted_upstream import Listener, Visit, onward, scripted_upstream

from stagedoor.upstream.errors import UpstreamBroke, UpstreamTimedOut
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire


def answered(*pieces: bytes, method: str = "GET", limits: PoolLimits | None = None) -> tuple[Listener, int]:
    """Ask twice; return what came of the first answer and on how many connections both were asked."""

    async def script(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if b"/second" in head:
                await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            else:
                await visit.send(*pieces)
                if b"" in pieces:
                    return

    async def main() -> tuple[Listener, int]:
        async with scripted_upstream(script) as upstream:
            wire = UpstreamWire(limits)
            first, second = Listener(), Listener()
            wire.begin(onward(upstream.base_url, method=method), first)
            await first.end()
            wire.begin(onward(upstream.base_url, path="/second"), second)
            await second.end()
            assert second.status == 200
            assert second.calls == ["start", "finish"]
            await wire.close()
            return first, upstream.visits

    return asyncio.run(main())


def byte_by_byte(answer: bytes) -> list[bytes]:
    return [answer[at : at + 1] for at in range(len(answer))]


CLOSED = b""  # The script ends after it, and with it the connection.
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kept: yes\r\n\r\nhello"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nX-Trailer: t\r\n\r\n"


def test_an_answer_with_a_length_comes_whole_and_leaves_the_connection_open() -> None:
    listener, visits = answered(LENGTH)
    assert listener.calls == ["start", "write", "finish"]
    assert (listener.status, listener.body, listener.content_length) == (200, b"hello", 5)
    assert listener.headers == [(b"content-length", b"5"), (b"x-kept", b"yes")]
    assert visits == 1


@pytest.mark.parametrize("answer", [LENGTH, CHUNKS], ids=["length", "chunks"])
def test_an_answer_in_pieces_of_one_byte_is_the_same_answer(answer: bytes) -> None:
    listener, visits = answered(*byte_by_byte(answer))
    assert (listener.status, listener.body) == (200, b"hello")
    assert visits == 1


def test_chunks_come_without_their_frame_and_without_trailers() -> None:
    listener, visits = answered(CHUNKS)
    assert (listener.body, listener.content_length, listener.headers) == (b"hello", None, [])
    assert visits == 1


def test_an_answer_that_ends_with_the_connection_is_complete() -> None:
    listener, visits = answered(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo", CLOSED)
    assert (listener.body, listener.content_length, listener.calls[-1]) == (b"hello", None, "finish")
    assert visits == 2


def test_interim_answers_are_passed_over() -> None:
    listener, visits = answered(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 9\r\n\r\n" + LENGTH
    )
    assert (listener.status, listener.body, visits) == (200, b"hello", 1)
    assert b"link" not in dict(listener.headers)


@pytest.mark.parametrize("head", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_no_body_follows_a_head_request_and_the_connection_stays(head: bytes) -> None:
    listener, visits = answered(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n", method="HEAD")
    assert listener.calls == ["start", "finish"]
    assert visits == 1


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_no_body_follows_a_status_that_has_none(status: bytes) -> None:
    listener, visits = answered(b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\n")
    assert listener.calls == ["start", "finish"]
    assert visits == 1
    assert (b"content-length" in dict(listener.headers)) is (listener.status == 304)


def test_only_what_is_the_callers_comes_back() -> None:
    listener, _ = answered(
        b"HTTP/1.1 401 Unauthorized\r\nSet-Cookie: a=canary\r\nWWW-Authenticate: Basic\r\nServer: canary\r\n"
        b"Access-Control-Allow-Origin: *\r\nConnection: X-Hop, X-UIPATH-Kept\r\nX-Hop: canary\r\nX-UIPATH-Kept: 1\r\n"
        b"Content-Length: 0\r\nKeep-Alive: timeout=5\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n"
    )
    assert listener.headers == [
        (b"x-uipath-kept", b"1"),
        (b"content-length", b"0"),
        (b"x-two", b"1"),
        (b"x-two", b"2"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        LENGTH + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
        LENGTH + b"H",
        LENGTH + b"\0",
    ],
    ids=["close", "1.0", "a second answer", "the beginning of one", "nonsense"],
)
def test_a_connection_whose_next_answer_is_in_doubt_is_not_used_again(answer: bytes) -> None:
    listener, visits = answered(answer)
    assert (listener.body, listener.calls[-1]) == (b"hello", "finish")
    assert visits == 2


def test_a_body_that_follows_a_head_request_is_not_taken_for_the_next_answer() -> None:
    listener, visits = answered(LENGTH, method="HEAD")
    assert listener.calls == ["start", "finish"]
    assert visits == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Space : a\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 65536 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 4000,
        b"HTTP/1.1 200 OK\r\nX-Cut: o",
    ],
)
def test_an_answer_that_can_be_read_in_two_ways_is_broken(answer: bytes) -> None:
    listener, visits = answered(answer, CLOSED)
    assert listener.calls == ["fail"]
    assert isinstance(listener.error, UpstreamBroke)
    assert visits == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n",
    ],
    ids=["length", "chunks", "nonsense"],
)
def test_an_answer_that_is_cut_short_does_not_look_complete(answer: bytes) -> None:
    listener, _ = answered(answer, CLOSED)
    assert listener.calls == ["start", "write", "fail"]
    assert isinstance(listener.error, UpstreamBroke)


def test_trailers_without_an_end_are_broken_off() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
    listener, _ = answered(head, *[b"X-Trailer: %b\r\n" % (b"t" * 4096)] * 40)
    assert listener.calls == ["start", "write", "fail"]


def test_silence_before_and_within_an_answer_ends_it() -> None:
    quick = PoolLimits(tick_seconds=0.01, read_ticks=3, pause_ticks=3)
    for pieces, calls in (((), ["fail"]), ((LENGTH[:-2],), ["start", "write", "fail"])):
        listener, _ = answered(*pieces, limits=quick)
        assert listener.calls == calls
        assert isinstance(listener.error, UpstreamTimedOut)
