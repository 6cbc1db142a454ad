"""The wire to an upstream that answers by script."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.factories.scripted_upstream import (
    Listener,
    Script,
    ScriptedUpstream,
    Visit,
    onward,
    scripted_upstream,
)

from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def run(
    script: Script,
    talk: Callable[[UpstreamWire, ScriptedUpstream], Awaitable[None]],
    limits: PoolLimits | None = None,
) -> None:
    async def main() -> None:
        async with scripted_upstream(script) as upstream:
            wire = UpstreamWire(limits)
            try:
                await talk(wire, upstream)
            finally:
                await wire.close()

    asyncio.run(main())


async def ask(wire: UpstreamWire, base_url: str, **changes: object) -> Listener:
    listener = Listener()
    wire.begin(onward(base_url, **changes), listener)
    await listener.end()
    return listener


class Leaver(Listener):
    """Does something rash when the head arrives."""

    def __init__(self, rash: Callable[[], None]) -> None:
        super().__init__()
        self._rash = rash

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        super().start(status, headers, content_length)
        self._rash()


async def hello(visit: Visit) -> None:
    while True:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
