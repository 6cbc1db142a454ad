"""One connection to an upstream, speaking HTTP/1.1 (RFC 9112), one exchange at a time."""

import asyncio
from typing import TYPE_CHECKING, cast

import httptools

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.unread import has_unread
from stagedoor.upstream.errors import UpstreamBroke, UpstreamTimedOut
from stagedoor.upstream.wire.exchange import AnswerSink, Exchange, Nobody
from stagedoor.upstream.wire.head import ABOUT_PAGES, NAMES_NOTHING, NOT_BACK, named_in_connection

if TYPE_CHECKING:
    from stagedoor.upstream.wire.pool import ConnectionPool

HEAD_BYTES_MAX = 64 * 1024
"""For the heads of an answer and of the interim answers before it together, and for trailers."""
WRITE_BUFFER_BYTES_MAX = 64 * 1024

UNAUTHORIZED = 401
REST_BYTES_MAX = 64 * 1024
"""So much of an answer that nobody hears is read, to keep its connection."""

_NOBODY = Nobody()
# What says how the answer is framed, or does not go back.
_NOTED = NOT_BACK | {b"content-length"}


class _Refused(Exception):
    """The parser could read an answer that must not be passed on."""


class _Rest(Nobody):
    """Takes the rest of a short answer that nobody waits for."""

    def __init__(self) -> None:
        self._bytes = 0

    def write(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > REST_BYTES_MAX:
            raise _Refused("the rest of a refusal is too long")


class UpstreamConnection(asyncio.Protocol):
    """Carry one exchange after another.

    ``exchange`` is the one that is carried, or ``None``. ``ticks_quiet`` is counted up by the pool and set back by
    whatever comes from the other end, so that silence is noticed without a timer for each request. ``gone`` is done
    once the transport is.
    """

    __slots__ = (
        "_answer_has_begun",
        "_body_is_chunked",
        "_body_was_seen",
        "_content_length",
        "_ends_with_connection",
        "_frame_bytes",
        "_has_surplus",
        "_head_bytes",
        "_head_is_complete",
        "_headers",
        "_is_complete",
        "_is_fresh",
        "_is_interim",
        "_is_reading_held",
        "_is_writing_held",
        "_may_be_kept",
        "_named",
        "_parser",
        "_pool",
        "_saw_end",
        "_sink",
        "exchange",
        "gone",
        "ticks_quiet",
        "transport",
    )

    transport: asyncio.Transport

    def __init__(self, pool: "ConnectionPool") -> None:
        self._pool = pool
        self._parser = httptools.HttpResponseParser(self)
        self._sink: AnswerSink = _NOBODY
        self.exchange: Exchange | None = None
        self.ticks_quiet = 0
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_fresh = True
        self._saw_end = False
        self._is_reading_held = False
        self._is_writing_held = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._named: list[bytes] = []
        self._expect_an_answer()

    def _expect_an_answer(self) -> None:
        self._answer_has_begun = False
        self._head_bytes = 0
        self._frame_bytes = 0
        self._head_is_complete = False
        self._is_interim = False
        self._is_complete = False
        self._has_surplus = False
        self._may_be_kept = False
        self._ends_with_connection = False
        self._body_is_chunked = False
        self._body_was_seen = False
        self._content_length: int | None = None

    # From the pool and the exchange

    @property
    def can_carry(self) -> bool:
        """Tell whether an exchange could begin now."""
        return self.exchange is None and not self.transport.is_closing()

    def is_doubtful(self) -> bool:
        """Tell whether something lies unread on an idle connection, most likely its end.

        A system call; for what must not be sent twice, and so not into a connection that is closed already.
        """
        return has_unread(self.transport)

    def carry(self, exchange: Exchange) -> None:
        """Write the request's head, and whatever of its body has gathered, and await the answer."""
        self._expect_an_answer()
        self.ticks_quiet = 0
        self.exchange = exchange
        self._sink = exchange.sink
        exchange.connection = self
        if exchange.answer_is_paused:
            self.hold_reading()
        if exchange.held:
            self.transport.write(exchange.head + exchange.held)
            exchange.held = b""
        else:
            self.transport.write(exchange.head)
        if exchange.body_is_paused and not self._is_writing_held:
            exchange.body_is_paused = False
            exchange.sink.resume_body()

    def send(self, data: bytes) -> None:
        """Write a piece of the request's body, already framed."""
        self.ticks_quiet = 0
        self.transport.write(data)

    def hold_reading(self) -> None:
        """Leave what comes in the kernel, where upstream feels it."""
        self._is_reading_held = True
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def go_on_reading(self) -> None:
        """Take in again what comes."""
        self._is_reading_held = False
        self.ticks_quiet = 0
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def drop(self) -> None:
        """Close at once, and forget whoever waits for an answer."""
        self.exchange = None
        self._sink = _NOBODY
        self.transport.abort()

    def waits_for_upstream(self) -> bool:
        """Tell whether it is upstream's turn: its caller neither holds the answer up nor owes a part of the body."""
        exchange = self.exchange
        if exchange is None or self._is_reading_held:
            return False
        return exchange.body_has_ended or self._is_writing_held

    def time_out(self, error: UpstreamTimedOut) -> None:
        """End an exchange whose upstream was silent for too long."""
        self._fail(error)

    @property
    def is_within_a_body(self) -> bool:
        """Tell whether request or answer is in the middle of its body, so that only a pause can be too long."""
        return self._head_is_complete or (self.exchange is not None and not self.exchange.body_has_ended)

    def break_off(self, why: str) -> None:
        """End an exchange whose answer cannot be had any more."""
        self._fail(UpstreamBroke(internal=why))

    def _fail(self, error: StagedoorError) -> None:
        exchange = self.exchange
        self.drop()
        if exchange is not None:
            exchange.fail(error)

    # From the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES_MAX)

    def data_received(self, data: bytes) -> None:
        """Read a piece of an answer. What comes unasked ends the connection: nobody can say whose answer it is."""
        if self.exchange is None:
            self.drop()
            return
        self.ticks_quiet = 0
        self._answer_has_begun = True
        self._body_was_seen = False
        if not self._head_is_complete:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as failure:
            if not self._is_complete:
                self.break_off(str(failure.__context__ or failure))
                return
            self._has_surplus = True
        if self._is_complete:
            self._complete()
        elif not self._head_is_complete:
            if self._head_bytes > HEAD_BYTES_MAX:
                self.break_off("the answer's head is too long")
        elif self._body_is_chunked:
            # Bytes that are no body are sizes of chunks, their extensions and trailers.
            self._frame_bytes = 0 if self._body_was_seen else self._frame_bytes + len(data)
            if self._frame_bytes > HEAD_BYTES_MAX:
                self.break_off("the answer's trailer is too long")

    def eof_received(self) -> None:
        """Note that the other end said it was done, which is how some answers end."""
        self._saw_end = True
        self.transport.abort()

    def connection_lost(self, failure: Exception | None) -> None:
        """End, or repeat, what was under way."""
        self._pool.forget(self)
        if not self.gone.done():
            self.gone.set_result(None)
        exchange = self.exchange
        if exchange is None:
            return
        self.exchange = None
        if self._ends_with_connection and self._saw_end and failure is None:
            exchange.is_over = True
            exchange.sink.finish()
        elif exchange.is_repeatable and not self._answer_has_begun and not self._is_fresh:
            exchange.is_repeatable = False
            exchange.connection = None
            self._pool.repeat(exchange)
        else:
            exchange.fail(UpstreamBroke(internal=f"the connection was lost: {failure or 'closed by upstream'}"))

    def pause_writing(self) -> None:
        """Ask for no more of the request's body."""
        self._is_writing_held = True
        exchange = self.exchange
        if exchange is not None and not exchange.body_has_ended and not exchange.body_is_paused:
            exchange.body_is_paused = True
            exchange.sink.pause_body()

    def resume_writing(self) -> None:
        """Ask for the rest of the request's body."""
        self._is_writing_held = False
        exchange = self.exchange
        if exchange is not None and exchange.body_is_paused:
            exchange.body_is_paused = False
            exchange.sink.resume_body()

    # From the parser

    def on_message_begin(self) -> None:
        """Notice bytes after the end of the answer: they would be taken for the next one."""
        if self._is_complete:
            self._has_surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what goes back; trailers are left out, which RFC 9110 section 6.5.1 allows."""
        if self._head_is_complete:
            return
        name = name.lower()
        if name in _NOTED:
            self._note(name, value)
        elif not name.startswith(ABOUT_PAGES):
            self._headers.append((name, value))

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"content-length":
            if self._content_length is not None or self._body_is_chunked:
                raise _Refused("the answer declares its length twice")
            self._content_length = int(value)
            self._headers.append((name, value))
        elif name == b"transfer-encoding":
            if self._body_is_chunked or self._content_length is not None or value.strip().lower() != b"chunked":
                raise _Refused("the answer has a transfer coding that was not asked for")
            self._body_is_chunked = True
        elif name == b"connection":
            if value not in NAMES_NOTHING:
                self._named.append(value)
        elif name == b"set-cookie" and self.exchange is not None:
            self.exchange.sets_cookies = True

    def on_headers_complete(self) -> None:
        """Hand the head on, unless it is an interim one (RFC 9110 section 15.2)."""
        if self._is_complete:
            return
        status = self._parser.get_status_code()
        headers = self._headers
        named = self._named
        self._headers = []
        if named:
            self._named = []
        if status < 200:
            self._pass_over(status)
            return
        if self._head_bytes > HEAD_BYTES_MAX and _size(headers) > HEAD_BYTES_MAX:
            raise _Refused("the answer's head is too long")
        self._may_be_kept = self._parser.should_keep_alive()
        if not self._may_be_kept and self._parser.get_http_version() not in ("1.1", "1.0"):
            raise _Refused("the answer is not HTTP/1.1")
        if status > 599:
            raise _Refused("the answer has a status that does not exist")
        self._head_is_complete = True
        if named and (left_out := named_in_connection(named)):
            headers = [pair for pair in headers if pair[0] not in left_out]
        content_length = self._content_length
        if self.exchange is not None and self.exchange.is_head:
            # The parser does not know what was asked. It waits for a body, so that the next answer needs another one.
            self._is_complete = True
        elif status == 204:
            content_length = None
            headers = [pair for pair in headers if pair[0] != b"content-length"]
        elif content_length is None and not self._body_is_chunked and status != 304:
            self._ends_with_connection = True
        if status == UNAUTHORIZED and (exchange := self.exchange) is not None and exchange.onward.owns_credential:
            self._turn_away(exchange)
        else:
            self._sink.start(status, headers, content_length)

    def _turn_away(self, exchange: Exchange) -> None:
        """Let the exchange go before its refusal is told; what is left of that is read and thrown away."""
        when_refused = self._pool.when_refused
        exchange.connection = None
        if exchange.body_has_ended:
            self._sink = _Rest()
            self.exchange = Exchange(self._sink, exchange.onward, b"", self._pool)
            self.exchange.body_has_ended = True
            if self._is_reading_held:
                self.go_on_reading()
        else:
            self.drop()
        # Not from within the parser: what comes of it may close this connection or begin on it again.
        asyncio.get_running_loop().call_soon(when_refused, exchange)

    def _pass_over(self, status: int) -> None:
        if status < 100 or status == 101:
            raise _Refused("the answer has a status that was not asked for")
        self._is_interim = True
        self._content_length = None
        self._body_is_chunked = False

    def on_body(self, data: bytes) -> None:
        """Hand a piece of the body on."""
        if self._is_complete:
            self._has_surplus = True
            return
        self._body_was_seen = True
        self._sink.write(data)

    def on_message_complete(self) -> None:
        """Note the end of the answer; it is told once the parser has come back."""
        if self._is_interim:
            self._is_interim = False
        else:
            self._is_complete = True

    def _complete(self) -> None:
        exchange = self.exchange
        if exchange is None:
            return
        self.exchange = None
        self._sink = _NOBODY
        exchange.is_over = True
        may_be_kept = (
            self._may_be_kept
            and not self._has_surplus
            and exchange.body_has_ended
            and self.transport.get_write_buffer_size() == 0
        )
        if exchange.is_head:
            self._parser = httptools.HttpResponseParser(self)
        if not may_be_kept:
            self.transport.abort()
        exchange.sink.finish()
        if may_be_kept:
            self._is_fresh = False
            if self._is_reading_held:
                self.go_on_reading()
            self._pool.give_back(self)


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
