"""Processes that carry writes with an idempotency key, and a destination that counts what is sent to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from tests.factories.callers import caller, tenant_place, terms
from tests.factories.upstreams import VAULT

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Match
from stagedoor.gateway.at_most_once import SentBefore
from stagedoor.gateway.body import stream
from stagedoor.gateway.carriage import Carriage
from stagedoor.gateway.keyed_carrying import KeyedCarrying
from stagedoor.gateway.keyed_writes.models import KeyedWriteRow
from stagedoor.gateway.keyed_writes.service import KeyedWrites
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.db import Database
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import Caller, Reach, RequestHead
from stagedoor.upstream.errors import UpstreamBroke

START = datetime(2030, 1, 31, 8, 0, tzinfo=UTC)
REMOTE = tenant_place(remote_base_url="https://orchestrator.example")

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


class Destination:
    """Counts what is sent to it, and answers, or fails, as the test wants."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.sent_before: list[SentBefore] = []
        self.failure: BaseException | None = None
        self.fails_before_the_body = False
        self.status = 201
        self.pieces: tuple[bytes, ...] = (b'{"Id":', b"7}")
        self.breaks_off = False
        self.may_answer: asyncio.Event | None = None
        self.is_reached = asyncio.Event()

    async def carry(
        self, carriage: Carriage, receive: Any, start: Any, send_body: Any, sent_before: SentBefore = SentBefore.NO, /
    ) -> None:
        self.sent_before.append(sent_before)
        if self.failure is not None and self.fails_before_the_body:
            raise self.failure
        self.bodies.append(b"".join([piece async for piece in stream(receive)]))
        self.is_reached.set()
        if self.may_answer is not None:
            await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        await start(self.status, [(b"content-type", b"application/json"), (b"location", b"/odata/x(7)")])
        for piece in self.pieces:
            await send_body(piece, True)
        if self.breaks_off:
            raise UpstreamBroke
        await send_body(b"", False)


class Told:
    """What a caller was told."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.is_over = False

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status, self.headers = status, dict(headers)

    async def send_body(self, piece: bytes, more: bool) -> None:
        self.body += piece
        self.is_over = not more


class Worker:
    """One process of the house."""

    def __init__(self, database: Database, clock: HeldClock, threads: WorkerThreads) -> None:
        self.clock = clock
        self.writes = KeyedWrites(database, VAULT, clock, SystemChance())
        self.threads = threads
        self.paused: list[float] = []
        self.while_paused: Callable[[], Awaitable[None]] | None = None
        self.requests = 0
        self.asks = False

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        if self.while_paused is not None:
            await self.while_paused()

    async def carry(
        self,
        destination: Destination,
        body: bytes = b"{}",
        *,
        key: str = KEY,
        tenant: Any = REMOTE,
        who: Caller | None = None,
        operation: str = "QueueDefinitions_Post",
        query: str = "",
        leaves_in_the_middle: bool = False,
    ) -> Told:
        self.requests += 1
        headers = {"idempotency-key": key, "content-type": "application/json"}
        carriage = Carriage(
            head=RequestHead(
                method="POST",
                path="/odata/QueueDefinitions",
                query=query,
                headers=headers,
                raw_headers=(),
                client_address="192.0.2.7",
                request_id=f"{id(self)}-{self.requests}",
            ),
            query={},
            path="/odata/QueueDefinitions",
            base_url="http://stagedoor.example",
            tenant=tenant,
            caller=who or caller(terms("all")),
            match=Match(CATALOG.get_operation(operation), {}),
            folder=None,
            reach=Reach(),
        )
        messages = [
            {"type": "http.request", "body": body[:1], "more_body": True},
            {"type": "http.disconnect"}
            if leaves_in_the_middle
            else {"type": "http.request", "body": body[1:], "more_body": False},
        ]

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        carrying = KeyedCarrying(
            self.writes,
            self.threads,
            self.clock,
            can_be_asked_for=lambda _: self.asks,
            asked_body_bytes_max=1000,
            pause=self.pause,
        )
        told = Told()
        await carrying.carry(carriage, receive, told.start, told.send_body, destination.carry)
        return told

    def sends(self, destination: Destination, *args: Any, **terms: Any) -> Told:
        """Carry one request, from beginning to end."""
        return asyncio.run(self.carry(destination, *args, **terms))


def names_of(worker: Worker) -> list[str]:
    """Return the names of all keyed writes in the store."""
    with worker.writes._database.read() as session:
        return [row.name for row in session.query(KeyedWriteRow)]
