"""Carry a synchronous client's requests to an ASGI application in this process, without a socket."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any

import httpx2
from anyio.from_thread import start_blocking_portal

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class AppTransport(httpx2.BaseTransport):
    """Run an ASGI application on an event loop of its own thread and hand it requests, one after the other.

    The loop stays up between requests, so that tasks which the application starts go on running. Close it to end
    the thread; leaving the client's ``with`` block does.
    """

    def __init__(self, app: App) -> None:
        self._inner = httpx2.ASGITransport(app)
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        return self._portal.call(self._answer, request)

    def close(self) -> None:
        self._stack.close()

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        # A new response, because the first one's stream belongs to the other thread's loop. The body is decoded
        # already, so the headers that described its encoding and length must not be applied to it again.
        headers = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() not in (b"content-encoding", b"content-length", b"transfer-encoding")
        ]
        return httpx2.Response(response.status_code, headers=headers, content=body, request=request)
