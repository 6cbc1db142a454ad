"""Worker threads for what blocks: the store, password hashing, signing."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class WorkerThreads:
    """A bounded pool. More work than threads waits in line; nothing is dropped."""

    def __init__(self, count: int = 8) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="stagedoor")

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call ``function`` in a worker thread, with the caller's context variables, and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(copy_context().run, partial(function, *args, **kwargs)))

    def close(self) -> None:
        """Let running work end and take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
