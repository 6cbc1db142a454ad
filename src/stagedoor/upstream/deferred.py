"""The forwarder, made when it is first needed: a server that starts does not wait for it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from stagedoor.upstream.onward import Onward, SendChunk, StartAnswer

if TYPE_CHECKING:
    from stagedoor.upstream.forward import Forwarder


class DeferredForwarder:
    """Stands for a :class:`~stagedoor.upstream.forward.Forwarder`, whose HTTP client takes a tenth of a second to load.

    :meth:`prepare` may be called from a worker thread once the server answers; a request that comes sooner waits for
    it.
    """

    def __init__(self) -> None:
        self._made: Forwarder | None = None
        self._making = threading.Lock()

    def prepare(self) -> "Forwarder":
        """Make the forwarder, once, and return it."""
        with self._making:
            if self._made is None:
                from stagedoor.upstream.forward import Forwarder

                self._made = Forwarder()
            return self._made

    async def forward(
        self, onward: Onward, body: AsyncIterator[bytes], start_answer: StartAnswer, send_chunk: SendChunk
    ) -> int:
        """Carry a request; see :meth:`stagedoor.upstream.forward.Forwarder.forward`."""
        forwarder = self._made
        if forwarder is None:
            forwarder = await asyncio.to_thread(self.prepare)
        return await forwarder.forward(onward, body, start_answer, send_chunk)

    async def close(self) -> None:
        """Close every pooled connection."""
        if self._made is not None:
            await self._made.close()
