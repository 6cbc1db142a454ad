"""One worker among several: what another has changed is known before a request is judged."""

import asyncio
from typing import TYPE_CHECKING

from stagedoor.door.change_marks import ChangeMarks
from stagedoor.kit.logs import get_logger

if TYPE_CHECKING:
    from stagedoor.door.house import House
    from stagedoor.door.visit import Receive, Scope, Send

_log = get_logger("stagedoor.door")


class Abreast:
    """The house's application, kept abreast of the other workers on this machine.

    A change that was acknowledged by one worker holds at all of them for every request that begins afterwards: a new
    key works, a revoked one is refused. Other processes, such as the command line with ``--data-dir``, are heard of
    within a second, as ever.
    """

    def __init__(self, house: "House", marks: ChangeMarks) -> None:
        self.door = house.app
        self._threads = house.threads
        self._feed = house.changes
        self._marks = marks
        # Nothing is known of what came before: the first request looks.
        self._seen = b""
        self._hearing: asyncio.Task[None] | None = None
        house.changes.on_news(marks.put_up)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if self.is_behind():
            await self._hear()
        await self.door(scope, receive, send)

    def is_behind(self) -> bool:
        """Tell whether another worker has changed something that this one has not read yet."""
        return self._marks.of_others() != self._seen

    async def _hear(self) -> None:
        # A hearing that was under way may have looked before the change that we came for; the next one has not.
        for _ in range(2):
            if not self.is_behind():
                return
            if self._hearing is None:
                self._hearing = asyncio.create_task(self._catch_up())
            await asyncio.shield(self._hearing)

    async def _catch_up(self) -> None:
        seen = self._marks.of_others()
        try:
            await self._threads.run(self._feed.catch_up)
            self._seen = seen
        except Exception as failure:  # noqa: BLE001  # as in the upkeep, which tries again several times a second
            _log.warning("news_delayed", failure=type(failure).__name__)
        finally:
            self._hearing = None
