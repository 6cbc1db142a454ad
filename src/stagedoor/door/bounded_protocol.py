"""HTTP/1.1 with bounds that hold before anything is parsed, and a clear answer to what cannot be parsed."""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from stagedoor.door.errors import Dialect, draw_error
from stagedoor.door.refusals import HeadTooLarge, MalformedHead, RequestTooSlow
from stagedoor.kit.chance import Chance, SystemChance
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import get_logger
from stagedoor.kit.unread import has_unread

HEAD_BYTES_MAX = 80 * 1024
FRAMING_BYTES_MAX = 16 * 1024
"""What may come between two pieces of a body, or after the last: sizes, chunk extensions and trailers."""
HEAD_SECONDS_MAX = 30.0
"""From the connection, or the first byte of a further request, to the end of the head."""
BODY_PAUSE_SECONDS_MAX = 60.0
DRAINED_AFTER_SECONDS = 1.0
"""How long an idle connection stays open when the server stops, so that what was sent by then arrives."""
DRAIN_LOOK_SECONDS = 0.05
UPGRADE_WORDS = frozenset({b"upgrade", b"http2-settings"})
LINGER_SECONDS = 2.0
LINGER_BYTES_MAX = 32 * 1024 * 1024

_log = get_logger("stagedoor.door")


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which by itself reads heads and trailers of any size, with a bound on both.

    What is too large is answered 431 and what is no HTTP 400 (RFC 9112 sections 2.2 and 6.3), whatever the parser has
    seen of it so far, and then the connection ends: nothing that follows on it is ever taken for a request. The path
    need not be known at that point, so both speak the Orchestrator's dialect.

    ``Upgrade`` is not heard (RFC 9110 section 7.8 leaves that to us), and the request is answered as any other: Java's
    client asks for HTTP/2 with each first request. The parser would take all that follows such a head for another
    protocol, the request's body first; so the head is read once more without that word.

    A refused connection is read on for a moment, and what it brings is thrown away: closed at once, it would be reset
    while the client is still sending, and the client would never see the answer.
    """

    def __init__(self, *args: Any, chance: Chance | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chance = chance or SystemChance()
        self._in_head = True
        self._head_bytes = 0
        self._framing_bytes = 0
        self._is_refused = False
        self._is_upgrade = False
        self._discarded_bytes = 0
        self._linger: TimerHandle | None = None
        self._has_begun = False
        self._due: float | None = None
        self._watch: TimerHandle | None = None
        self._is_draining = False
        self._drained: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._expect_within(HEAD_SECONDS_MAX)
        self._watch = self.loop.call_later(HEAD_SECONDS_MAX, self._look)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            self._discard(data)
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self._head_ends_in(data):
                self._refuse(HeadTooLarge())
                return
        else:
            self._framing_bytes += len(data)
        self._parse(data)
        if self._framing_bytes > FRAMING_BYTES_MAX and not self._is_refused:
            self._refuse(HeadTooLarge("The request's trailers or chunk extensions are too large."))

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserError as failure:
                self.send_400_response(str(failure))
            except httptools.HttpParserUpgrade as pause:
                if not self._is_upgrade:
                    # CONNECT, which the application refuses; what follows is nothing that we speak.
                    self._discard_the_rest()
                    return
                data = self._head_without_upgrade() + data[pause.args[0] :]
                continue
            return

    def _head_without_upgrade(self) -> bytes:
        """Return the head that was just read as one that asks for no other protocol, for a parser that begins anew."""
        self._is_upgrade = False
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())]
        for name, value in self.headers:
            if name == b"connection":
                words = [word.strip() for word in value.split(b",")]
                value = b", ".join(word for word in words if word.lower() not in UPGRADE_WORDS)
            if name not in UPGRADE_WORDS:
                lines.append(name + b": " + value)
        self.parser = httptools.HttpRequestParser(self)
        # As uvicorn has it: what follows a request that ends the connection is no error.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return b"\r\n".join([*lines, b"", b""])

    def send_400_response(self, msg: str) -> None:
        self._refuse(MalformedHead("This is not a well-formed HTTP request.", internal=msg))

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._linger, self._watch, self._drained):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._in_head = self._has_begun = True
        self._head_bytes = self._framing_bytes = 0
        self._expect_within(HEAD_SECONDS_MAX)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._asks_for_upgrade():
            return
        self._note_head()
        super().on_headers_complete()
        if self._is_draining:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._note_body()
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_upgrade:
            return
        self._note_end()
        super().on_message_complete()

    def _asks_for_upgrade(self) -> bool:
        """Tell whether this head has to be read once more; nothing may be made of it then."""
        self._is_upgrade = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        return self._is_upgrade

    def _note_head(self) -> None:
        self._in_head = False
        self._expect_within(BODY_PAUSE_SECONDS_MAX)

    def _note_body(self) -> None:
        self._framing_bytes = 0
        self._expect_within(BODY_PAUSE_SECONDS_MAX)

    def _note_end(self) -> None:
        self._in_head = True
        self._head_bytes = self._framing_bytes = 0
        self._has_begun, self._due = False, None
        if not self._is_answering():
            # Answered before it had ended.
            self._expect_within(self.timeout_keep_alive)

    def on_response_complete(self) -> None:
        # As uvicorn has it, but for the timer that it sets after each answer and takes back at each request: the watch
        # that a connection has anyway closes it when it was idle for too long.
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._is_draining:
            # Its head went out before the server was told to stop, and promised a connection that stays.
            self._end_soon()
        elif not self._has_begun:
            self._expect_within(self.timeout_keep_alive)

    def shutdown(self) -> None:
        """Answer what is under way, and what arrives in the next moment, with ``Connection: close``; then end.

        A client may have sent a request on an idle connection before it could see that it ends, so an idle one is not
        closed at once (RFC 9112 section 9.6).
        """
        self._is_draining = True
        if self._is_answering() and not self.cycle.response_started:
            # The newest cycle: those before it in the pipeline are answered first.
            self.cycle.keep_alive = False
        elif not self._is_answering():
            self._end_soon()

    def _is_answering(self) -> bool:
        # uvicorn says that there always is one; before the first request there is none.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _end_soon(self) -> None:
        if not self._is_refused:
            self._drained = self.loop.call_later(DRAINED_AFTER_SECONDS, self._end_if_idle)

    def _end_if_idle(self) -> None:
        is_in_head = self._has_begun and self._in_head
        if self._is_refused or self._is_answering() or self.transport.is_closing():
            return
        if is_in_head or has_unread(self.transport):
            self._drained = self.loop.call_later(DRAIN_LOOK_SECONDS, self._end_if_idle)
        else:
            self.transport.close()

    def _expect_within(self, seconds: float) -> None:
        # Only noted here; one timer a connection looks now and then, which costs a request nothing.
        self._due = self.loop.time() + seconds

    def _look(self) -> None:
        if self._is_refused or self.transport.is_closing():
            return
        now = self.loop.time()
        if self._due is not None and self.flow.read_paused:
            # It is we who keep the rest of the body waiting.
            self._expect_within(BODY_PAUSE_SECONDS_MAX)
        if self._due is None or now < self._due:
            # Not too far ahead: a connection that grows idle meanwhile is due earlier.
            furthest = now + HEAD_SECONDS_MAX
            self._watch = self.loop.call_later(min(self._due or furthest, furthest) - now, self._look)
        elif not self._has_begun:
            self.transport.close()
        else:
            self._refuse(RequestTooSlow())

    def _head_ends_in(self, data: bytes) -> bool:
        # The bound is on heads; a body that arrived with the end of its head in one piece is not counted.
        end = data.find(b"\r\n\r\n")
        return end >= 0 and self._head_bytes - len(data) + end <= HEAD_BYTES_MAX

    def _refuse(self, error: StagedoorError) -> None:
        self._is_refused = True
        if self.transport.is_closing():
            return
        # uvicorn says that there always is one; before the first request there is none.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            if cycle.response_started:
                # Another answer is on its way on this connection; a second one in the middle of it would forge its end.
                self.transport.close()
                return
            self._give_up_request(cycle)
        request_id = self._chance.random_bytes(16).hex()
        address = self.client[0] if self.client else None
        _log.warning("unreadable_request_refused", code=error.code, refused_id=request_id, client_address=address)
        drawn = draw_error(error, Dialect.ORCHESTRATOR, request_id)
        head = [f"HTTP/1.1 {drawn.status} {HTTPStatus(drawn.status).phrase}".encode()]
        head += [name + b": " + value for name, value in (*drawn.headers, (b"connection", b"close"))]
        self.transport.write(b"\r\n".join([*head, b"", drawn.body]))
        self._discard_the_rest()

    def _give_up_request(self, cycle: RequestResponseCycle) -> None:
        cycle.disconnected = True
        cycle.message_event.set()

    def _discard_the_rest(self) -> None:
        self._is_refused = True
        self._linger = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _discard(self, data: bytes) -> None:
        self._discarded_bytes += len(data)
        if self._discarded_bytes > LINGER_BYTES_MAX:
            self.transport.close()
