"""Noticing that a caller left while its answer is still to come."""

import asyncio
from contextlib import suppress
from types import TracebackType

from stagedoor.gateway.body import Receive
from stagedoor.gateway.errors import CallerLeft

WATCHED_AFTER_SECONDS = 0.02
"""Most answers are there sooner, and then nothing has to be started and ended for them. Whoever left before is noticed
as soon as the watch begins."""


class CallerWatched:
    """End a block with :class:`CallerLeft` when the caller closes the connection while it runs.

    ``body_is_read`` is set once the request's body was taken in whole: until then its own reader is the one to notice.
    """

    def __init__(self, receive: Receive, body_is_read: asyncio.Event) -> None:
        self._receive = receive
        self._body_is_read = body_is_read
        self._watch: asyncio.Task[None] | None = None
        self._block_is_over = False
        self._caller_left = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a caller is watched inside a task")
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(WATCHED_AFTER_SECONDS, self._begin)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block_is_over = True
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
            # What the watch found out was told through the callback; here it is only waited for.
            with suppress(asyncio.CancelledError, Exception):
                await self._watch
        if self._caller_left and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise CallerLeft from error

    def _begin(self) -> None:
        self._watch = asyncio.create_task(self._wait_for_leave())
        self._watch.add_done_callback(self._end_block)

    async def _wait_for_leave(self) -> None:
        await self._body_is_read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _end_block(self, watch: "asyncio.Task[None]") -> None:
        # A watch that failed knows nothing of the caller; its failure is not the request's.
        if self._block_is_over or watch.cancelled() or watch.exception() is not None:
            return
        self._caller_left = True
        self._task.cancel()
