"""One request on its way upstream and the answer on its way back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.head import SAFE_METHODS

if TYPE_CHECKING:
    from stagedoor.upstream.wire.connection import UpstreamConnection
    from stagedoor.upstream.wire.pool import ConnectionPool

HELD_BYTES_MAX = 64 * 1024
"""So much of a body waits for a connection before its caller is asked to wait too."""


class AnswerSink(Protocol):
    """Takes an answer as it comes.

    Called on the event loop and never while :meth:`UpstreamWire.begin` runs, but for ``pause_body``. The last call is
    ``finish`` or ``fail``, once; after it, and after :meth:`Exchange.cancel`, nothing comes. What one call raises ends
    the exchange.
    """

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        """Take the head: names in lower case, nothing of it that ends at this hop.

        ``content_length`` is what the head declares. To HEAD, and with 204 and 304, no body follows whatever it says.
        """

    def write(self, data: bytes) -> None:
        """Take a piece of the body. One read's worth may still come after :meth:`Exchange.pause_answer`."""

    def finish(self) -> None:
        """The answer is complete."""

    def fail(self, error: StagedoorError) -> None:
        """There will be no answer, or no more of the one that started."""

    def pause_body(self) -> None:
        """Stop handing over the request's body: upstream takes it more slowly than it comes."""

    def resume_body(self) -> None:
        """Go on handing over the request's body."""


class Nobody:
    """Takes the rest of an answer that nobody waits for."""

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        """Do nothing."""

    def write(self, data: bytes) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""

    def fail(self, error: StagedoorError) -> None:
        """Do nothing."""

    def pause_body(self) -> None:
        """Do nothing."""

    def resume_body(self) -> None:
        """Do nothing."""


class CallerEnd(Protocol):
    """The caller's end of one request, whoever answers it."""

    def write_body(self, data: bytes) -> None:
        """Hand over a piece of the request's body."""

    def end_body(self) -> None:
        """Say that the request's body is complete."""

    def pause_answer(self) -> None:
        """Ask for no more of the answer until :meth:`resume_answer`."""

    def resume_answer(self) -> None:
        """Go on with the answer."""

    def cancel(self) -> None:
        """Leave: the sink hears nothing more."""


class Exchange:
    """The caller's end of one request: hand its body over, hold its answer up, or leave.

    Between two connections, when the first turned out dead or was answered with a refusal that is dealt with here,
    there is none; the caller notices nothing but the time. ``was_left`` is true once the caller left.
    """

    __slots__ = (
        "_go_on",
        "answer_is_paused",
        "body_has_ended",
        "body_is_paused",
        "connection",
        "head",
        "held",
        "is_chunked",
        "is_head",
        "is_over",
        "is_repeatable",
        "length_left",
        "onward",
        "pool",
        "sets_cookies",
        "sink",
        "ticks_waited",
        "was_left",
        "was_refused",
    )

    def __init__(
        self,
        sink: AnswerSink,
        onward: Onward,
        head: bytes,
        pool: "ConnectionPool",
    ) -> None:
        has_body = onward.has_body
        self.sink = sink
        self.onward = onward
        self.head = head
        self.pool = pool
        self.is_head = onward.method == "HEAD"
        self.is_repeatable = not has_body and onward.method in SAFE_METHODS
        self.is_chunked = has_body and onward.content_length is None
        self.length_left = onward.content_length or 0
        self.body_has_ended = not has_body
        self.connection: UpstreamConnection | None = None
        self.held = b""
        self.is_over = False
        self.body_is_paused = False
        self.answer_is_paused = False
        self.ticks_waited = 0
        self.sets_cookies = False
        self.was_left = False
        self.was_refused = False
        self._go_on: Callable[[], None] | None = None

    def write_body(self, data: bytes) -> None:
        """Hand over a piece of the request's body; dropped where the answer is already complete.

        A body that grows longer than declared ends the exchange: its rest would be read as a request of its own.
        """
        if self.is_over or self.body_has_ended or not data:
            return
        if self.is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        else:
            self.length_left -= len(data)
            if self.length_left < 0:
                self._give_up("the request's body is longer than declared")
                return
        self._send(data)

    def end_body(self) -> None:
        """Say that the request's body is complete. One shorter than declared ends the exchange."""
        if self.is_over or self.body_has_ended:
            return
        if self.length_left:
            self._give_up("the request's body is shorter than declared")
            return
        self.body_has_ended = True
        if self.is_chunked:
            self._send(b"0\r\n\r\n")

    def pause_answer(self) -> None:
        """Read no more of the answer until :meth:`resume_answer`; upstream has to wait."""
        self.answer_is_paused = True
        if self.connection is not None and not self.is_over:
            self.connection.hold_reading()

    def resume_answer(self) -> None:
        """Go on reading the answer."""
        self.answer_is_paused = False
        if self._go_on is not None:
            self._go_on()
        elif self.connection is not None and not self.is_over:
            self.connection.go_on_reading()

    def hold_answer(self, go_on: Callable[[], None]) -> None:
        """Read no more until :meth:`release_answer`, whatever the caller says; for whoever works on the answer on its
        way. ``go_on`` is called when the caller, who had the answer paused, takes it again."""
        self._go_on = go_on
        if self.connection is not None and not self.is_over:
            self.connection.hold_reading()

    def release_answer(self) -> None:
        """Go on reading, unless the caller has the answer paused."""
        self._go_on = None
        if not self.answer_is_paused:
            self.resume_answer()

    def cancel(self) -> None:
        """Leave: the connection is closed at once and the sink hears nothing more."""
        self.was_left = True
        if not self.is_over:
            self._leave()

    def fail(self, error: StagedoorError) -> None:
        """Tell the sink, once, that this exchange came to nothing."""
        if not self.is_over:
            self.is_over = True
            self.sink.fail(error)

    def _send(self, data: bytes) -> None:
        if self.connection is not None:
            self.connection.send(data)
            return
        self.held += data
        if len(self.held) > HELD_BYTES_MAX and not self.body_is_paused:
            self.body_is_paused = True
            self.sink.pause_body()

    def _give_up(self, why: str) -> None:
        self._leave()
        self.sink.fail(UpstreamBroke(internal=why))

    def _leave(self) -> None:
        self.is_over = True
        if self.connection is not None:
            self.connection.drop()
        else:
            self.pool.leave(self)
