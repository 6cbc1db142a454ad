"""A stand-in for the network: answers by script, and remembers what was sent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2

from stagedoor.kit.chance import SeededChance

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

Reply = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class Wire:
    """Give these replies one after the other; the last one is given again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.sent: list[httpx2.Request] = []
        self.pauses: list[float] = []
        self._replies: Iterator[Reply] = iter(replies)
        self._last: Reply = httpx2.Response(500)
        self.transport = httpx2.MockTransport(self.answer)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        self._last = next(self._replies, self._last)
        reply = self._last
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx2.Response):
            return httpx2.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    def options(self) -> dict[str, Any]:
        """Arguments for a client that uses this wire and never waits."""
        return {"transport": self.transport, "sleep": self.pauses.append, "chance": SeededChance(1)}

    def async_options(self) -> dict[str, Any]:
        """The same for the asynchronous client."""

        async def note(seconds: float) -> None:
            self.pauses.append(seconds)

        return self.options() | {"sleep": note}


def ok(body: object = None, status: int = 200, **headers: str) -> httpx2.Response:
    """Return a JSON answer."""
    return httpx2.Response(status, json=body, headers=headers)
