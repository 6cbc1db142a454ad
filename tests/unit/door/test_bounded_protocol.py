"""HTTP that is too large or no HTTP at all, piece by piece, without a socket."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from stagedoor.door import bounded_protocol
from stagedoor.door.bounded_protocol import FRAMING_BYTES_MAX, HEAD_BYTES_MAX, LINGER_BYTES_MAX, BoundedProtocol
from stagedoor.kit.chance import SeededChance

HEAD = b"POST /odata/Jobs HTTP/1.1\r\nHost: stagedoor\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class Wire(asyncio.Transport):
    """The other end of a connection, as a list of what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_closed = False
        self.closing = asyncio.Event()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.7", 4000) if name == "peername" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True
        self.closing.set()

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    @property
    def statuses(self) -> list[str]:
        return re.findall(r"HTTP/1\.1 (\d+) ", self.written.decode())

    @property
    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.written.partition(b"\r\n\r\n")[2])
        return answer


async def echo_the_length(scope: Any, receive: Any, send: Any) -> None:
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": f"{length:08}".encode()})


async def answer_slowly(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass


def connected(
    steps: Callable[[BoundedProtocol, Wire], Coroutine[None, None, None]], app: Any = echo_the_length
) -> Wire:
    """Run the steps on a connection and return its other end."""

    async def run() -> Wire:
        config = uvicorn.Config(app, http=BoundedProtocol, lifespan="off", log_config=None)
        config.load()
        wire = Wire()
        protocol = BoundedProtocol(config=config, server_state=ServerState(), app_state={}, chance=SeededChance(1))
        protocol.connection_made(wire)
        await steps(protocol, wire)
        was_closed = wire.is_closed
        protocol.connection_lost(None)
        wire.is_closed = was_closed
        return wire

    return asyncio.run(run())


def sent(*pieces: bytes, app: Any = echo_the_length) -> Wire:
    """Send the pieces, letting the application run in between."""

    async def send(protocol: BoundedProtocol, wire: Wire) -> None:
        for piece in pieces:
            protocol.data_received(piece)
            for _ in range(5):
                await asyncio.sleep(0)

    return connected(send, app)


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not happened():  # noqa: ASYNC110  # a timer of the protocol's own is waited for, which tells nobody
            await asyncio.sleep(0)


class TestPatience:
    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bounded_protocol, "HEAD_SECONDS_MAX", 0.01)
        monkeypatch.setattr(bounded_protocol, "BODY_PAUSE_SECONDS_MAX", 0.01)

    @pytest.mark.parametrize(
        ("piece", "statuses"),
        [(b"", []), (b"GET / HTTP/1.1\r\nHost: st", ["408"]), (CHUNKED + b"5\r\nhe", ["408"])],
        ids=["nothing", "half a head", "half a body"],
    )
    def test_a_connection_that_goes_on_asking_nothing_is_given_up(self, piece: bytes, statuses: list[str]) -> None:
        async def dawdle(protocol: BoundedProtocol, wire: Wire) -> None:
            if piece:
                protocol.data_received(piece)
            await until(lambda: wire.is_closed or bool(wire.written))

        assert connected(dawdle).statuses == statuses

    def test_a_connection_that_is_idle_after_an_answer_is_closed_in_time(self) -> None:
        async def fall_silent(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.timeout_keep_alive = 0
            protocol.data_received(HEAD + b"Content-Length: 5\r\n\r\nhello")
            await until(lambda: wire.is_closed)

        assert connected(fall_silent).statuses == ["200"]

    def test_a_connection_is_idle_once_the_request_has_ended_that_was_answered_before(self) -> None:
        async def answer_early(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.timeout_keep_alive = 0
            protocol.data_received(HEAD + b"Content-Length: 5\r\n\r\nhe")
            await until(lambda: bool(wire.written))
            protocol.data_received(b"llo")
            assert not wire.is_closed
            await until(lambda: wire.is_closed)

        async def refuse(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

        assert connected(answer_early, refuse).statuses == ["200"]

    def test_a_body_that_we_keep_waiting_is_not_given_up(self) -> None:
        async def hold_back(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.data_received(HEAD + b"Content-Length: 5\r\n\r\nhe")
            protocol.flow.pause_reading()
            before = protocol._due
            await until(lambda: protocol._due != before)
            assert wire.written == b""

        async def take_nothing(scope: Any, receive: Any, send: Any) -> None:
            await asyncio.Event().wait()

        connected(hold_back, take_nothing)

    def test_a_request_that_is_being_answered_has_all_the_time_it_needs(self) -> None:
        async def wait(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.data_received(HEAD + b"Content-Length: 5\r\n\r\nhello")
            first = protocol._watch
            await until(lambda: protocol._watch is not first)
            assert not wire.is_closed

        assert connected(wait, answer_slowly).statuses == ["200"]


class TestWithinTheBounds:
    def test_requests_on_one_connection_are_answered_each(self) -> None:
        request = HEAD + b"Content-Length: 5\r\n\r\nhello"
        assert sent(request, request).statuses == ["200", "200"]

    def test_a_large_body_counts_for_no_head(self) -> None:
        body = b"a" * (HEAD_BYTES_MAX * 3)
        wire = sent(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert wire.statuses == ["200"]
        assert wire.written.endswith(b"00245760")

    def test_a_body_of_many_small_chunks_is_no_framing(self) -> None:
        chunk = b"1\r\na\r\n"
        wire = sent(CHUNKED, *[chunk * 50] * 200, b"0\r\n\r\n")
        assert wire.statuses == ["200"]
        assert wire.written.endswith(b"00010000")

    def test_trailers_within_bounds_are_read_over(self) -> None:
        assert sent(CHUNKED + b"1\r\na\r\n0\r\nX-Checksum: abc\r\n\r\n").statuses == ["200"]


class TestTooLarge:
    def test_a_head_in_one_piece(self) -> None:
        wire = sent(HEAD + b"X-A: " + b"a" * HEAD_BYTES_MAX + b"\r\n\r\n")
        assert wire.statuses == ["431"]
        assert wire.body["errorCode"] == 1000
        assert wire.body["stagedoor"]["code"] == "head_too_large"

    def test_a_head_that_drips(self) -> None:
        wire = sent(HEAD, *[b"X-A: " + b"a" * 1000 + b"\r\n"] * 100)
        assert wire.statuses == ["431"]

    def test_a_head_without_an_end(self) -> None:
        assert sent(*[b"a" * 10_000] * 20).statuses == ["400"]
        assert sent(b"GET /" + b"a" * 10_000, *[b"a" * 10_000] * 20).statuses == ["431"]

    def test_the_head_of_a_later_request(self) -> None:
        request = HEAD + b"Content-Length: 5\r\n\r\nhello"
        assert sent(request, HEAD + b"X-A: " + b"a" * HEAD_BYTES_MAX + b"\r\n\r\n").statuses == ["200", "431"]

    @pytest.mark.parametrize("tail", [b"0\r\nX-Trailer: ", b"5;extension="])
    def test_trailers_and_chunk_extensions_without_an_end(self, tail: bytes) -> None:
        wire = sent(CHUNKED + tail, *[b"a" * 4096] * (FRAMING_BYTES_MAX // 4096 + 1))
        assert wire.statuses == ["431"]
        assert wire.body["message"] == "The request's trailers or chunk extensions are too large."


class TestNoHttp:
    def test_what_cannot_be_parsed_is_told_in_the_dialect_of_the_orchestrator(self) -> None:
        wire = sent(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
        assert wire.statuses == ["400"]
        assert wire.body["message"] == "This is not a well-formed HTTP request."
        assert wire.body["stagedoor"]["code"] == "malformed_head"
        assert len(wire.body["stagedoor"]["requestId"]) == 32

    def test_a_body_that_breaks_is_refused_before_the_application_answers(self) -> None:
        wire = sent(CHUNKED, b"zz\r\n")
        assert wire.statuses == ["400"]

    def test_an_answer_under_way_is_cut_rather_than_followed_by_another(self) -> None:
        wire = sent(CHUNKED, b"zz\r\n", app=answer_slowly)
        assert wire.statuses == ["200"]
        assert wire.written.endswith(b"half")
        assert wire.is_closed


class TestAfterARefusal:
    def test_nothing_more_is_taken_for_a_request(self) -> None:
        wire = sent(b"\x16\x03\x01\r\n\r\n", HEAD + b"\r\n")
        assert wire.statuses == ["400"]
        assert not wire.is_closed

    def test_the_connection_stays_open_for_a_moment_so_that_the_answer_can_be_read(self) -> None:
        assert not sent(b"GET /" + b"a" * HEAD_BYTES_MAX, b"a" * 1_000_000).is_closed

    def test_but_not_for_ever_more_bytes(self) -> None:
        piece = b"a" * 1_000_000
        assert sent(b"GET /" + b"a" * HEAD_BYTES_MAX, *[piece] * (LINGER_BYTES_MAX // len(piece) + 1)).is_closed

    def test_nor_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("stagedoor.door.bounded_protocol.LINGER_SECONDS", 0)

        async def send(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.data_received(b"\x16\x03\x01\r\n\r\n")
            await wire.closing.wait()

        assert connected(send).statuses == ["400"]


class TestUpgrade:
    """Asked for and not heard: the request is one as any other, and what belongs to it stays its own."""

    UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    BODY = b"GET /odata/Users HTTP/1.1\r\nHost: stagedoor\r\n\r\n"

    @staticmethod
    def answered(*pieces: bytes, count: int) -> list[str]:
        async def send(protocol: BoundedProtocol, wire: Wire) -> None:
            for piece in pieces:
                protocol.data_received(piece)
                await asyncio.sleep(0)
            for _ in range(20):
                await asyncio.sleep(0)

        wire = connected(send)
        assert wire.statuses == ["200"] * count, wire.written
        assert not wire.is_closed
        return re.findall(r"\d{8}", wire.written.decode())

    @pytest.mark.parametrize("cut", [1, 7, 40, 100, 150, 200, 10_000])
    def test_with_a_body_leaves_the_body_to_the_request(self, cut: int) -> None:
        length = b"Content-Length: %d\r\n\r\n" % len(self.BODY)
        whole = HEAD + self.UPGRADE + length + self.BODY
        assert self.answered(whole[:cut], whole[cut:], count=1) == [f"{len(self.BODY):08}"]

    def test_with_a_body_in_chunks_does_too(self) -> None:
        chunks = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(self.BODY), self.BODY)
        assert self.answered(HEAD + self.UPGRADE + chunks, count=1) == [f"{len(self.BODY):08}"]

    def test_is_followed_by_further_requests_on_the_same_connection(self) -> None:
        empty = HEAD + self.UPGRADE + b"Content-Length: 0\r\n\r\n"
        two = HEAD + b"Content-Length: 2\r\n\r\n{}"
        assert self.answered(empty + two + empty, two, count=4) == ["00000000", "00000002"] * 2

    def test_is_not_told_to_the_application_and_other_words_of_connection_are(self) -> None:
        seen: list[tuple[bytes, bytes]] = []

        async def note(scope: Any, receive: Any, send: Any) -> None:
            seen.extend(scope["headers"])
            await echo_the_length(scope, receive, send)

        async def send(protocol: BoundedProtocol, wire: Wire) -> None:
            head = HEAD + self.UPGRADE.replace(b"HTTP2", b"x-mine, HTTP2", 1)
            protocol.data_received(head + b"X-Mine: a\r\nContent-Length: 0\r\n\r\n")
            for _ in range(20):
                await asyncio.sleep(0)

        connected(send, note)
        assert seen == [
            (b"host", b"stagedoor"),
            (b"connection", b"x-mine"),
            (b"x-mine", b"a"),
            (b"content-length", b"0"),
        ]

    def test_of_a_head_that_is_too_large_is_refused_as_any(self) -> None:
        async def send(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.data_received(HEAD + self.UPGRADE + b"X: " + b"a" * HEAD_BYTES_MAX)

        assert connected(send).statuses == ["431"]

    def test_connect_ends_the_connection(self) -> None:
        async def send(protocol: BoundedProtocol, wire: Wire) -> None:
            protocol.data_received(b"CONNECT other:80 HTTP/1.1\r\nHost: other\r\n\r\n" + self.BODY)
            for _ in range(20):
                await asyncio.sleep(0)

        assert len(connected(send).statuses) <= 1
