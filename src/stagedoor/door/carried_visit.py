"""The answer of a remote Orchestrator on its way back to the caller, written to the connection piece by piece."""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus

from uvicorn.protocols.http.flow_control import FlowControl

from stagedoor.door.app import end_visit
from stagedoor.door.errors import dialect_of, draw_error
from stagedoor.door.visit import Visit
from stagedoor.gateway.errors import CallerLeft
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import bound_request_id, get_logger
from stagedoor.upstream.wire.exchange import CallerEnd

Header = tuple[bytes, bytes]

STATUS_LINES = {status: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
BODILESS = frozenset({204, 304})
SHORT_BYTES_MAX = 64 * 1024
"""A body of so many bytes, declared, comes with its head or soon after it; one write takes both."""

_log = get_logger("stagedoor.door")


class CarriedVisit:
    """Stands where uvicorn keeps the cycle of a request, for one that the protocol carries by itself.

    It is the :class:`~stagedoor.upstream.wire.exchange.AnswerSink` of the exchange: it frames the answer (RFC 9112
    section 6), puts the house's headers on it, holds upstream and caller to each other's pace, and ends the visit
    once, whichever way it goes. ``response_started``, ``response_complete``, ``keep_alive`` and ``disconnected`` are
    read by uvicorn.
    """

    def __init__(
        self,
        visit: Visit,
        transport: asyncio.Transport,
        flow: FlowControl,
        loop: asyncio.AbstractEventLoop,
        *,
        default_headers: Sequence[Header],
        http_version: str,
        keep_alive: bool,
        on_end: Callable[["CarriedVisit"], None],
    ) -> None:
        self._visit = visit
        self._transport = transport
        self._loop = loop
        self._default_headers = default_headers
        self._http_version = http_version
        self._flow = flow
        self._on_end = on_end
        self._is_head = visit.head.method == "HEAD"
        self._is_chunked = False
        self._unsent = b""
        self.exchange: CallerEnd | None = None
        self.request_complete = False
        # uvicorn's own words for the same:
        self.keep_alive = keep_alive
        self.response_started = False
        self.response_complete = False
        self.disconnected = False

    def start(self, status: int, headers: list[Header], content_length: int | None) -> None:
        """Make the answer's head.

        It goes out with the first piece of the body, or a moment later by itself where that may be long in coming.
        """
        visit = self._visit
        visit.status = status
        if visit.on_head is not None:
            visit.on_head(visit, status, headers)
        self.response_started = True
        line = STATUS_LINES.get(status)  # type: ignore[call-overload]  # an HTTPStatus is an int
        parts: list[bytes] = [line or b"HTTP/1.1 %d \r\n" % status]
        for name, value in self._default_headers:
            parts += (name, b": ", value, b"\r\n")
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        parts += (b"x-request-id: ", visit.request_id.encode(), b"\r\n")
        for name, value in visit.answer_headers:
            parts += (name, b": ", value, b"\r\n")
        if content_length is None and not self._is_head and status not in BODILESS:
            if self._http_version == "1.1":
                self._is_chunked = True
                parts.append(b"transfer-encoding: chunked\r\n")
            else:
                self.keep_alive = False
        if not self.request_complete:
            # The rest of the request is not waited for once it is answered, so the connection ends, and says so.
            self.keep_alive = False
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        self._unsent = b"".join(parts)
        if content_length is None or content_length > SHORT_BYTES_MAX:
            self._loop.call_soon(self._send_head)

    def _send_head(self) -> None:
        if self._unsent and not self.disconnected:
            self._transport.write(self._unsent)
            self._unsent = b""

    def write(self, data: bytes) -> None:
        """Send a piece of the answer's body."""
        if self._is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        if self._unsent:
            data, self._unsent = self._unsent + data, b""
        self._transport.write(data)

    def finish(self) -> None:
        """End the answer."""
        if self._is_chunked:
            self._unsent += b"0\r\n\r\n"
        if self._unsent:
            self._transport.write(self._unsent)
            self._unsent = b""
        self._end()

    def fail(self, error: StagedoorError) -> None:
        """Answer what went wrong; where the answer has begun, cutting it is the only honest way left to say so."""
        visit = self._visit
        visit.reason, visit.sentence = error.code, error.public
        with bound_request_id(visit.request_id):
            _log.info("request_refused", code=error.code, status=error.status, internal=error.internal)
        if self.response_started:
            self.keep_alive = False
            self._transport.abort()
        else:
            drawn = draw_error(error, dialect_of(visit.place), visit.request_id)
            self.start(drawn.status, drawn.headers, len(drawn.body))
            self._transport.write(self._unsent + (b"" if self._is_head else drawn.body))
            self._unsent = b""
        self._end()

    def pause_body(self) -> None:
        """Let the caller wait: the upstream takes no more at the moment."""
        self._flow.pause_reading()

    def resume_body(self) -> None:
        """Let the caller go on."""
        self._flow.resume_reading()

    def take_body(self, piece: bytes) -> None:
        """Pass a piece of the request's body on."""
        if self.exchange is not None and not self.response_complete:
            self.exchange.write_body(piece)

    def take_end(self) -> None:
        """Note that the request is all there."""
        self.request_complete = True
        if self.exchange is not None and not self.response_complete:
            self.exchange.end_body()

    def pause_answer(self) -> None:
        """Let the upstream wait: the caller takes no more at the moment."""
        if self.exchange is not None:
            self.exchange.pause_answer()

    def resume_answer(self) -> None:
        """Let the upstream go on."""
        if self.exchange is not None:
            self.exchange.resume_answer()

    def give_up(self) -> None:
        """End without an answer: nobody is there to take it, or the connection is about to be refused."""
        self.disconnected = True
        if self.response_complete:
            return
        if self.exchange is not None:
            self.exchange.cancel()
        self._visit.reason = CallerLeft.code
        self._end()

    def _end(self) -> None:
        self.response_complete = True
        # The exchange leads back here, and what leads back to itself stays until the garbage collector looks for it.
        self.exchange = None
        end_visit(self._visit)
        self._on_end(self)
