"""What a serving house does beside answering: hear of changes made elsewhere, write notes, throw away the outlived."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from stagedoor.door.visit import Receive, Send
from stagedoor.kit.collector import keep_what_was_loaded
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.logs import get_logger
from stagedoor.kit.threads import WorkerThreads

if TYPE_CHECKING:
    from stagedoor.door.house import House

PREPARE_AFTER_SECONDS = 0.05
"""What takes long to load begins when the server has said that it answers, which it would hold up."""
CHANGES_EVERY_SECONDS = 0.25
"""Well inside the second that is promised for a revocation in another process."""
GIVE_WAY_EVERY_SECONDS = 0.2
"""Well inside the half second for which another process waits."""
UPSTREAM_TOKENS_EVERY_SECONDS = 3.0
DUTIES_EVERY_SECONDS = 1.0
NOTES_EVERY_TICKS = 20
CLEAN_UP_EVERY_TICKS = 1200

_log = get_logger("stagedoor.door")


class Upkeep:
    """The background of a serving house, from the lifespan's start to its end."""

    def __init__(self, house: "House") -> None:
        self._house = house

    async def live(self, receive: Receive, send: Send) -> None:
        """Speak ASGI's lifespan protocol and keep the house up in between."""
        await receive()
        # Apart from the other duties: a remote server that answers slowly must not keep a revocation from being heard.
        tasks = [
            asyncio.create_task(duty)
            for duty in (self._keep_up(), self._keep_upstream_tokens(), self._keep_duties(), self._give_way())
        ]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._house.gateway.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _keep_up(self) -> None:
        await asyncio.sleep(PREPARE_AFTER_SECONDS)
        house = self._house
        for prepare in (house.gateway.prepare, house.embedded.get, house.management.prepare, house.console.prepare):
            await self._attend_to(prepare)
        keep_what_was_loaded()
        tick = 0
        while True:
            await asyncio.sleep(CHANGES_EVERY_SECONDS)
            tick += 1
            await self._attend_to(self._house.changes.catch_up, self.keep_clock, self.keep_limits)
            if tick % NOTES_EVERY_TICKS == 0:
                await self._attend_to(self.write_notes)
            if tick % CLEAN_UP_EVERY_TICKS == 0:
                await self._attend_to(self._house.oauth.clean_up)
                await self._attend_to(self._house.changes.clean_up)
                await self._attend_to(self._house.keyed_writes.clean_up)

    async def _keep_upstream_tokens(self) -> None:
        while True:
            await self._attend_to(self._house.upstream_tokens.renew_due, threads=self._house.upstream_threads)
            await asyncio.sleep(UPSTREAM_TOKENS_EVERY_SECONDS)

    async def _keep_duties(self) -> None:
        await asyncio.sleep(PREPARE_AFTER_SECONDS)
        while True:
            await self._attend_to(self.carry_out_duties)
            await asyncio.sleep(DUTIES_EVERY_SECONDS)

    async def _give_way(self) -> None:
        # On the loop, where the accounts are used, and whatever else is slow: somebody waits for it meanwhile.
        while True:
            await asyncio.sleep(GIVE_WAY_EVERY_SECONDS)
            self._house.key_accounts.give_way()

    async def _attend_to(self, *duties: Callable[[], object], threads: WorkerThreads | None = None) -> None:
        """Carry duties out in one go on a worker thread; one that fails keeps none of the others waiting."""
        try:
            await (threads or self._house.threads).run(_carry_out, duties)
        except Exception as failure:  # noqa: BLE001  # such as no thread to be had: the task must not end with it
            _log.exception("upkeep_failed", failure=type(failure).__name__)

    def carry_out_duties(self) -> None:
        """Carry out what the embedded Orchestrator does by itself, as far as it is due."""
        # Asked for here, on the worker thread, because whoever asks first waits until it is built.
        self._house.orchestrator.attend_to_duties()

    def keep_clock(self) -> None:
        """Look at the clock, and tell the store how late it is."""
        if self._house.clock_mark is not None:
            self._house.clock_mark.keep_up()

    def keep_limits(self) -> None:
        """Give back and renew what is leased of keys' limits, and say that this machine serves."""
        house = self._house
        now = house.nanoseconds()
        house.key_accounts.keep_up(now)
        house.machines.keep_up(now)

    def write_notes(self) -> None:
        """Write who used what last, and how often the old login was used."""
        house = self._house
        house.key_ring.flush_last_used()
        house.token_ring.flush_last_used()
        house.legacy_uses.flush()
        house.metrics.access_keys.set(len(house.key_ring))
        house.metrics.audit_rows_waiting.set(house.audit.rows_waiting())


def _carry_out(duties: Iterable[Callable[[], object]]) -> None:
    for duty in duties:
        try:
            duty()
        except StoreUnavailable as failure:
            # Everything is kept and tried again at a later tick; the audit says by itself when it is not written.
            _log.warning("upkeep_delayed", internal=failure.internal)
        except Exception as failure:  # noqa: BLE001  # the duties behind it are carried out all the same
            _log.exception("upkeep_failed", failure=type(failure).__name__)
