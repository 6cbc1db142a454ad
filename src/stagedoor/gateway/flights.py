"""One request upstream for all who ask the same at the same time, and its answer for each of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd, Exchange

Header = tuple[bytes, bytes]

ANSWER_BYTES_MAX = 256 * 1024
"""A longer answer is held for nobody: it goes to whoever asked first, and the others ask for themselves."""
PIECE_BYTES = 64 * 1024
CACHE_STATUS = b"cache-status"
"""RFC 9211."""
MISSED = (CACHE_STATUS, b"stagedoor; fwd=uri-miss")
COLLAPSED = (CACHE_STATUS, b"stagedoor; fwd=uri-miss; collapsed")
STORED = (CACHE_STATUS, b"stagedoor; fwd=uri-miss; stored")


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """An answer with all of its body, and without a word about its length."""

    status: int
    headers: tuple[Header, ...]
    body: bytes

    @property
    def size(self) -> int:
        """The bytes that it takes, about."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Seat:
    """One caller's end: waits with others for an answer, is given one from memory, or asks for itself after all."""

    def __init__(self, sink: AnswerSink, flight: "Flight | None" = None) -> None:
        self.sink = sink
        self.was_left = False
        self.is_paused = False
        self._flight = flight
        self._own: CallerEnd | None = None
        self._body: bytes | None = None
        self._at = 0

    def write_body(self, data: bytes) -> None:
        """Do nothing: what is shared has no body in its request."""

    def end_body(self) -> None:
        """Do nothing."""

    def pause_answer(self) -> None:
        """Ask for no more of the answer until :meth:`resume_answer`."""
        self.is_paused = True
        if self._own is not None:
            self._own.pause_answer()

    def resume_answer(self) -> None:
        """Go on with the answer."""
        self.is_paused = False
        if self._own is not None:
            self._own.resume_answer()
        elif self._body is not None:
            self._go_on(self._body)

    def cancel(self) -> None:
        """Leave; those who wait for the same answer go on waiting."""
        self.was_left = True
        if self._own is not None:
            self._own.cancel()
        elif self._flight is not None:
            self._flight.leave(self)

    def deliver(self, answer: WholeAnswer, *extra: Header) -> None:
        """Hand over a whole answer, as fast as the caller takes it."""
        if self.was_left:
            return
        self._flight = None
        length = len(answer.body)
        headers = [*answer.headers, *extra, (b"content-length", b"%d" % length)]
        self.sink.start(answer.status, headers, length)
        self._body = answer.body
        self._go_on(answer.body)

    def take_over(self, own: CallerEnd) -> None:
        """Go on with an exchange of one's own."""
        self._flight = None
        self._own = own
        if self.is_paused:
            own.pause_answer()

    def ask_alone(self, launch: Callable[[AnswerSink], CallerEnd]) -> None:
        """Ask for oneself."""
        if self.was_left:
            return
        try:
            self.take_over(launch(self.sink))
        except StagedoorError as failure:
            self.sink.fail(failure)

    def fail(self, error: StagedoorError) -> None:
        """Tell the caller that there is no answer."""
        if not self.was_left:
            self._flight = None
            self.sink.fail(error)

    def _go_on(self, body: bytes) -> None:
        while self._at < len(body) and not self.is_paused and not self.was_left:
            piece = body[self._at : self._at + PIECE_BYTES]
            self._at += len(piece)
            self.sink.write(piece)
        if self._at == len(body) and not self.was_left:
            self._body = None
            self.sink.finish()


class Flight:
    """Takes one answer for all who wait for it.

    An answer that may not be shared goes to whoever came first, and the others ask for themselves. What goes wrong is
    told to all: had each asked for itself, each would have heard it, and the upstream would have been asked so often.
    """

    def __init__(
        self,
        *,
        launch: Callable[[AnswerSink], Exchange],
        may_share: Callable[[int, Sequence[Header], Exchange], bool],
        when_landed: Callable[["Flight", WholeAnswer | None], bool],
    ) -> None:
        self._launch = launch
        self._may_share = may_share
        self._when_landed = when_landed
        self._seats: list[Seat] = []
        self._only: Seat | None = None
        self._status = 0
        self._headers: list[Header] = []
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._exchange: Exchange | None = None

    def begin(self, sink: AnswerSink) -> Seat:
        """Ask upstream, for the first caller. Raises what launching raises."""
        self._exchange = self._launch(self)
        return self.join(sink)

    def join(self, sink: AnswerSink) -> Seat:
        """Wait for the same answer."""
        seat = Seat(sink, self)
        self._seats.append(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """Let one go; when nobody is left, upstream is not waited for either."""
        if seat not in self._seats:
            return
        self._seats.remove(seat)
        if not self._seats:
            self._when_landed(self, None)
            if self._exchange is not None:
                self._exchange.cancel()

    def start(self, status: int, headers: list[Header], content_length: int | None) -> None:
        """Take the head."""
        self._status, self._headers = status, headers
        exchange = self._exchange
        is_long = content_length is not None and content_length > ANSWER_BYTES_MAX
        if is_long or exchange is None or not self._may_share(status, headers, exchange):
            self._part(content_length)

    def write(self, data: bytes) -> None:
        """Take a piece of the body."""
        if self._only is not None:
            self._only.sink.write(data)
            return
        self._pieces.append(data)
        self._bytes += len(data)
        if self._bytes > ANSWER_BYTES_MAX:
            self._part(None)

    def finish(self) -> None:
        """End the answer, and hand it to everybody."""
        # The exchange knows us too, and two that know each other stay until the garbage collector looks for them.
        self._exchange = None
        if self._only is not None:
            self._only.sink.finish()
            return
        kept = tuple(pair for pair in self._headers if pair[0] != b"content-length")
        answer = WholeAnswer(self._status, kept, b"".join(self._pieces))
        is_stored = self._when_landed(self, answer)
        seats, self._seats = self._seats, []
        for place, seat in enumerate(seats):
            seat.deliver(answer, COLLAPSED if place else STORED if is_stored else MISSED)

    def fail(self, error: StagedoorError) -> None:
        """Say that there is no answer, or no more of it."""
        self._exchange = None
        if self._only is not None:
            self._only.sink.fail(error)
            return
        self._when_landed(self, None)
        seats, self._seats = self._seats, []
        for seat in seats:
            seat.fail(error)

    def pause_body(self) -> None:
        """Do nothing: there is no body in such a request."""

    def resume_body(self) -> None:
        """Do nothing."""

    def _part(self, content_length: int | None) -> None:
        """Let the first go on with the answer as it comes, and the others ask for themselves."""
        self._when_landed(self, None)
        first, *others = self._seats
        self._seats = []
        self._only = first
        if self._exchange is not None:
            first.take_over(self._exchange)
        first.sink.start(self._status, [*self._headers, MISSED], content_length)
        for piece in self._pieces:
            first.sink.write(piece)
        self._pieces = []
        # Not from within the parser that reads this answer.
        later = asyncio.get_running_loop().call_soon
        for seat in others:
            later(seat.ask_alone, self._launch)
