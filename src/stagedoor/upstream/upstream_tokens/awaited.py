"""Tokens that requests wait for: the first one of a connection, or one after the last has ended."""

import asyncio
from functools import partial

from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens


class AwaitedTokens:
    """Wait for a connection's token where there is none that is good; for the event loop alone.

    However many wait for one connection, they take one thread together, so that a slow identity server keeps nobody
    else's from being asked.
    """

    def __init__(self, tokens: UpstreamTokens, threads: WorkerThreads) -> None:
        self._tokens = tokens
        self._threads = threads
        self._under_way: dict[str, asyncio.Task[Secret]] = {}

    async def token_for(self, connection_id: str) -> Secret:
        """Return a token that is good, as soon as there is one.

        Raises :class:`~stagedoor.upstream.upstream_tokens.errors.UpstreamSignInFailed`, at once while nobody asks
        again after a failure.
        """
        asking = self._under_way.get(connection_id)
        if asking is None:
            asking = asyncio.get_running_loop().create_task(self._threads.run(self._tokens.current, connection_id))
            self._under_way[connection_id] = asking
            asking.add_done_callback(partial(self._forget, connection_id))
        # Whoever leaves does not take the others' answer along.
        return await asyncio.shield(asking)

    def _forget(self, connection_id: str, ended: "asyncio.Task[Secret]") -> None:
        del self._under_way[connection_id]
        if not ended.cancelled():
            # Where everybody left, nobody heard of the failure; the connection has it.
            ended.exception()
