"""Carry a request to a remote Orchestrator and its answer back, for callers that await."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.onward import Onward, SendChunk, StartAnswer
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

Begin = Callable[[Onward, AnswerSink], CallerEnd]
"""How a request is begun: as :meth:`UpstreamWire.begin` does, or with something in between."""

HELD_BYTES_MAX = 64 * 1024
"""So much of an answer waits for its caller before upstream has to wait too."""


class Forwarder:
    """Carries requests over an :class:`UpstreamWire`, streaming both ways; a body is never held whole."""

    def __init__(self, wire: UpstreamWire | None = None) -> None:
        self.wire = wire or UpstreamWire()

    def prepare(self) -> None:
        """Load what the first request would wait for; for a worker thread."""
        self.wire.prepare()

    async def forward(
        self,
        onward: Onward,
        body: AsyncIterator[bytes],
        start_answer: StartAnswer,
        send_chunk: SendChunk,
        *,
        begin: Begin | None = None,
    ) -> int:
        """Send the request, stream the answer through the two callbacks and return its status.

        ``begin`` stands in for the wire's own, for something between the wire and the answer that it hands over.
        Raises :class:`UpstreamUnreachable`, :class:`UpstreamBroke`, :class:`UpstreamTimedOut` or, for an onward that
        owns its credential, :class:`UpstreamRefusedCredential` and what its renewal raises; the first three after
        ``start_answer`` was called too; and whatever ``body`` or a callback raises.
        """
        relay = _Relay()
        exchange = relay.exchange = (begin or self.wire.begin)(onward, relay)
        sending: asyncio.Task[None] | None = None
        if onward.has_body:
            sending = asyncio.create_task(relay.send_body(exchange, body))
        try:
            return await relay.deliver(exchange, start_answer, send_chunk)
        finally:
            exchange.cancel()
            if sending is not None:
                sending.cancel()
                with suppress(asyncio.CancelledError):
                    await sending

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.wire.close()


class _Relay:
    """An answer between the wire, which calls, and a task, which awaits."""

    def __init__(self) -> None:
        self.exchange: CallerEnd | None = None
        self._is_held_up = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._pieces: deque[bytes] = deque()
        self._bytes_held = 0
        self._is_over = False
        self._error: Exception | None = None
        self._news = asyncio.Event()
        self._body_may_go = asyncio.Event()
        self._body_may_go.set()

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        self._status, self._headers = status, headers
        self._news.set()

    def write(self, data: bytes) -> None:
        self._pieces.append(data)
        self._bytes_held += len(data)
        if self._bytes_held > HELD_BYTES_MAX and not self._is_held_up and self.exchange is not None:
            self._is_held_up = True
            self.exchange.pause_answer()
        self._news.set()

    def finish(self) -> None:
        self._is_over = True
        self._news.set()

    def fail(self, error: StagedoorError) -> None:
        self._end_with(error)

    def pause_body(self) -> None:
        self._body_may_go.clear()

    def resume_body(self) -> None:
        self._body_may_go.set()

    async def send_body(self, exchange: CallerEnd, body: AsyncIterator[bytes]) -> None:
        try:
            async for piece in body:
                exchange.write_body(piece)
                await self._body_may_go.wait()
            exchange.end_body()
        except Exception as failure:  # noqa: BLE001  # It is raised where the answer is awaited.
            exchange.cancel()
            self._end_with(failure)

    async def deliver(self, exchange: CallerEnd, start_answer: StartAnswer, send_chunk: SendChunk) -> int:
        while not self._status:
            await self._hear_news()
        await start_answer(self._status, self._headers)
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._bytes_held -= len(piece)
                await send_chunk(piece)
            if self._is_held_up:
                self._is_held_up = False
                exchange.resume_answer()
            if self._is_over:
                return self._status
            await self._hear_news()

    async def _hear_news(self) -> None:
        if not self._news.is_set() and self._error is not None:
            raise self._error
        await self._news.wait()
        self._news.clear()

    def _end_with(self, error: Exception) -> None:
        self._error = error
        self._news.set()
