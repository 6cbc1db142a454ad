"""Carry an allowed request to its destination: the embedded Orchestrator or a remote one."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from stagedoor.catalog.operations import Match
from stagedoor.gateway import at_most_once
from stagedoor.gateway.addresses import RewritingSink, addresses_of
from stagedoor.gateway.answer_cache import AnswerCache
from stagedoor.gateway.at_most_once import AtMostOnce, SentBefore
from stagedoor.gateway.body import Receive, declared_length, read_whole, stream
from stagedoor.gateway.carriage import Carriage, destination_of, onward_of
from stagedoor.gateway.embedded import EmbeddedDestination, SendAnswerBody, SendAnswerStart
from stagedoor.gateway.keyed_carrying import KeyedCarrying, holder_of, is_keyed
from stagedoor.gateway.keyed_writes.service import KeyedWrites
from stagedoor.gateway.leaving import CallerWatched
from stagedoor.gateway.unsettled import UnsettledOrders
from stagedoor.kit.clock import Clock
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import Destination, RequestHead
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd, Exchange


class Gateway:
    """Send each allowed request where its tenant lives."""

    def __init__(
        self,
        embedded: EmbeddedDestination,
        forwarder: Forwarder,
        unsettled: UnsettledOrders,
        keyed_writes: KeyedWrites,
        *,
        threads: WorkerThreads,
        clock: Clock,
        json_body_bytes_max: int,
        cache: AnswerCache | None = None,
    ) -> None:
        self._embedded = embedded
        self._forwarder = forwarder
        self._at_most_once = AtMostOnce(forwarder, unsettled)
        self._keyed = KeyedCarrying(
            keyed_writes,
            threads,
            clock,
            can_be_asked_for=_can_be_asked_for,
            asked_body_bytes_max=json_body_bytes_max,
        )
        self._cache = cache
        self._json_body_bytes_max = json_body_bytes_max

    async def carry(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        """Carry the request out and send its answer."""
        if is_keyed(carriage.head):
            await self._keyed.carry(carriage, receive, start, send_body, self._carry_on)
        else:
            await self._carry_on(carriage, receive, start, send_body)

    def begin(self, carriage: Carriage, onward: Onward, sink: AnswerSink) -> CallerEnd:
        """Begin to carry a request to a remote Orchestrator, for whoever takes the answer without awaiting it.

        ``onward`` is the carriage's own, made now or when the same request was carried before. Raises what
        :meth:`~stagedoor.upstream.wire.upstream_wire.UpstreamWire.begin` raises.
        """
        if self._cache is None:
            return self._launch(carriage, onward, sink)
        return self._cache.begin(carriage, onward, sink, partial(self._launch, carriage))

    def _launch(self, carriage: Carriage, onward: Onward, sink: AnswerSink) -> Exchange:
        addresses = addresses_of(onward.base_url, carriage.base_url)
        rewriting = RewritingSink(sink, addresses, is_head=onward.method == "HEAD")
        exchange = rewriting.exchange = self._forwarder.wire.begin(onward, rewriting)
        return exchange

    def prepare(self) -> None:
        """Load what only requests to a remote Orchestrator need; for a worker thread."""
        self._forwarder.prepare()

    async def close(self) -> None:
        """Give every upstream connection back."""
        await self._forwarder.close()

    async def _carry_on(
        self,
        carriage: Carriage,
        receive: Receive,
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        sent_before: SentBefore = SentBefore.NO,
        /,
    ) -> None:
        if destination_of(carriage.tenant) is Destination.EMBEDDED:
            await self._embedded.carry(carriage, receive, start, send_body)
        elif _can_be_asked_for(carriage):
            await self._carry_once(carriage, receive, start, send_body, sent_before)
        else:
            await self._carry_remote(carriage, receive, start, send_body)

    async def _carry_remote(
        self, carriage: Carriage, receive: Receive, start: SendAnswerStart, send_body: SendAnswerBody
    ) -> None:
        onward = onward_of(carriage)
        body_is_read = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            async for piece in stream(receive):
                yield piece
            body_is_read.set()

        async def send_chunk(chunk: bytes) -> None:
            await send_body(chunk, True)

        if not onward.has_body:
            await read_whole(receive, bytes_max=0)
            body_is_read.set()
        async with CallerWatched(receive, body_is_read):
            await self._forwarder.forward(onward, body(), start, send_chunk, begin=partial(self.begin, carriage))
        await send_body(b"", False)

    async def _carry_once(
        self,
        carriage: Carriage,
        receive: Receive,
        start: SendAnswerStart,
        send_body: SendAnswerBody,
        sent_before: SentBefore,
    ) -> None:
        head = carriage.head
        body = await read_whole(
            receive,
            bytes_max=self._json_body_bytes_max,
            declared=declared_length(head.headers.get("content-length")),
        )

        async def send_chunk(chunk: bytes) -> None:
            await send_body(chunk, True)

        async def until_left() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        # A caller who leaves ends nothing here: what was begun is brought to its end, so that its outcome is known.
        await self._at_most_once.forward(
            carriage.match.operation.id,
            onward_of(carriage),
            body,
            request_id=head.request_id,
            caller_id=carriage.caller.id,
            key_holder=holder_of(carriage.caller),
            idempotency_key=head.headers.get(at_most_once.IDEMPOTENCY_HEADER),
            begin=partial(self.begin, carriage),
            start_answer=start,
            send_chunk=send_chunk,
            until_left=until_left,
            sent_before=sent_before,
        )
        await send_body(b"", False)


def carries_at_once(match: Match, head: RequestHead) -> bool:
    """Tell whether a request goes upstream piece by piece.

    The others are held until their outcome is known, or have to be remembered before they are sent.
    """
    return match.operation.id not in at_most_once.OPERATIONS and not is_keyed(head)


def _can_be_asked_for(carriage: Carriage) -> bool:
    """Tell whether the destination can be asked if the request was carried out."""
    is_remote = destination_of(carriage.tenant) is Destination.REMOTE
    return is_remote and carriage.match.operation.id in at_most_once.OPERATIONS and not _is_encoded(carriage.head)


def _is_encoded(head: RequestHead) -> bool:
    return head.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
