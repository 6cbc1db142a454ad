"""What limited keys have used where several machines serve one store: each process spends what it leased there.

Requests are drawn from the store in lots, which hold for a second: in any span of T seconds a key gets at most its
burst and what its rate holds in T + 1 seconds, and what it holds in as much as the machines' clocks differ. A daily
quota is never exceeded. Permits for requests at the same time are leased one by one and never exceeded; those of a
process that was killed come back when its lease ends.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from stagedoor.access.limits import store
from stagedoor.access.limits.key_limits import DAY, SECOND, Claim, KeyUse, Limit, claim, give_back
from stagedoor.access.limits.permits import hold
from stagedoor.kit.db import Database
from stagedoor.kit.threads import WorkerThreads
from stagedoor.passage import KeyLimits

LOT_LIFE = SECOND
LOT_MAX = 256
"""A lot is one request at first, twice the last one while those are used up in time, half of it when not."""
KEPT = 60 * SECOND
"""How long a key is remembered that sends nothing."""
DRAWS_MAX = 3
"""How often a request tries for a place in a lot, which others that wait may have used up before it."""
LEASE = 15 * SECOND
RENEWED_BEFORE = 10 * SECOND
TRUSTED_BEFORE = SECOND
"""A lease that ends sooner than this is renewed before anything more begins under it."""


@dataclass(slots=True)
class _Lot:
    left: int = 0
    until: int = 0
    day: int = 0
    size: int = 1
    was_used_up: bool = False
    use: KeyUse = field(default_factory=KeyUse)
    limits: KeyLimits = field(default_factory=KeyLimits)
    limit: Limit | None = None
    refused_until: int = 0
    asked_at: int = 0
    waiting: int = 0
    drawing: "asyncio.Task[None] | None" = None

    def is_outlived(self, now: int) -> bool:
        """Tell whether nothing is lost when it is forgotten."""
        is_idle = not (self.left or self.waiting or self.drawing)
        return is_idle and max(self.asked_at + KEPT, self.refused_until) < now


@dataclass(slots=True)
class _Permits:
    concurrency: int
    under_way: int = 0
    asking: int = 0
    held: int = 0
    until: int = 0


class LeasedAccounts:
    """One process's part of the accounts of all keys. ``worker_id`` is nobody else's."""

    def __init__(self, database: Database, threads: WorkerThreads, worker_id: str, now: Callable[[], int]) -> None:
        self._database = database
        self._threads = threads
        self._worker_id = worker_id
        self._now = now
        self._lots: dict[str, _Lot] = {}
        self._permits: dict[str, _Permits] = {}
        # Between the event loop and the thread that keeps up.
        self._lock = threading.Lock()
        # What is written of permits must be written in the order in which it was counted.
        self._holding = threading.Lock()

    def claim(self, key_id: str, limits: KeyLimits, now: int) -> Claim | Awaitable[Claim]:
        """Claim one request of a key; awaited where a lot has to be drawn first."""
        with self._lock:
            lot = self._lots.get(key_id)
            if lot is None:
                lot = self._lots[key_id] = _Lot()
            lot.limits, lot.asked_at = limits, now
        return self._take(lot, now) or self._draw_and_take(key_id, lot)

    def enter(self, key_id: str, concurrency: int, now: int) -> bool | Awaitable[bool]:
        """Count one more request of a key as under way; awaited where no permit is at hand."""
        with self._lock:
            permits = self._permits.get(key_id)
            if permits is None:
                permits = self._permits[key_id] = _Permits(concurrency)
            if permits.under_way + permits.asking < permits.held and permits.until > now + TRUSTED_BEFORE:
                permits.under_way += 1
                return True
            permits.asking += 1
        return self._hold_and_enter(key_id, permits)

    def leave(self, key_id: str) -> None:
        """Count one request of a key less as under way; its permit goes back within the next second."""
        with self._lock:
            self._permits[key_id].under_way -= 1

    def keep_up(self, now: int) -> None:
        """Give back what is not used and renew what is, as far as it is due; for a worker thread."""
        with self._lock:
            ended = [key_id for key_id, lot in self._lots.items() if lot.left and lot.until <= now]
            due = [
                key_id
                for key_id, permits in self._permits.items()
                if permits.held > permits.under_way + permits.asking
                or (permits.held and permits.until < now + RENEWED_BEFORE)
            ]
        for key_id in ended:
            self._draw(key_id, self._lots[key_id], 0)
        with self._lock:
            for key_id in [key_id for key_id, lot in self._lots.items() if lot.is_outlived(now)]:
                del self._lots[key_id]
        for key_id in due:
            self._hold(key_id, self._permits[key_id])
        with self._lock:
            for key_id in due:
                permits = self._permits[key_id]
                if not (permits.held or permits.under_way or permits.asking):
                    del self._permits[key_id]

    def give_way(self) -> None:
        """Do nothing: nobody waits for one process here."""

    def close(self) -> None:
        """Give everything back."""
        self.keep_up(self._now() + LOT_LIFE)

    def _take(self, lot: _Lot, now: int) -> Claim | None:
        with self._lock:
            if lot.left and lot.until > now:
                lot.left -= 1
                lot.was_used_up = not lot.left
                return Claim(lot.use, 1)
        if lot.refused_until > now:
            return Claim(lot.use, 0, lot.limit, lot.refused_until - now)
        return None

    async def _draw_and_take(self, key_id: str, lot: _Lot) -> Claim:
        lot.waiting += 1
        try:
            for _ in range(DRAWS_MAX):
                if lot.drawing is None:
                    lot.drawing = asyncio.create_task(self._draw_once(key_id, lot))
                await asyncio.shield(lot.drawing)
                taken = self._take(lot, self._now())
                if taken is not None:
                    return taken
        finally:
            lot.waiting -= 1
        return Claim(lot.use, 0, Limit.RATE, SECOND)

    async def _draw_once(self, key_id: str, lot: _Lot) -> None:
        try:
            lot.size = min(lot.size * 2, LOT_MAX) if lot.was_used_up else max(1, lot.size // 2)
            await self._threads.run(self._draw, key_id, lot, max(lot.size, lot.waiting))
        finally:
            lot.drawing = None

    def _draw(self, key_id: str, lot: _Lot, wanted: int) -> None:
        """Give back what is left of the last lot and draw another one of ``wanted``, or none where that is nothing."""
        with self._lock:
            unspent, lot.left = lot.left, 0
        try:
            with self._database.write() as session:
                use = store.lock_use(session, key_id)
                now = self._now()
                answer = Claim(give_back(lot.limits, use, unspent, day=lot.day), 0)
                if wanted:
                    answer = claim(lot.limits, answer.use, wanted, now)
                store.write_use(session, key_id, answer.use)
        except BaseException:
            with self._lock:
                lot.left = unspent
            raise
        with self._lock:
            lot.use = answer.use
            if answer.granted:
                lot.left, lot.day, lot.was_used_up = answer.granted, now // DAY, False
                # What was drawn for one day must not be spent on the next.
                lot.until = min(now + LOT_LIFE, (lot.day + 1) * DAY)
            elif wanted:
                lot.limit, lot.refused_until = answer.limit, now + answer.wait

    async def _hold_and_enter(self, key_id: str, permits: _Permits) -> bool:
        is_asked = False
        try:
            await self._threads.run(self._hold, key_id, permits)
            is_asked = True
        finally:
            with self._lock:
                permits.asking -= 1
                has_entered = is_asked and permits.under_way < permits.held and permits.until > self._now()
                if has_entered:
                    permits.under_way += 1
        return has_entered

    def _hold(self, key_id: str, permits: _Permits) -> None:
        with self._holding:
            with self._lock:
                wanted = permits.under_way + permits.asking
            with self._database.write() as session:
                store.lock_use(session, key_id)
                now = self._now()
                held = hold(
                    store.list_permits(session, key_id),
                    self._worker_id,
                    wanted,
                    concurrency=permits.concurrency,
                    now=now,
                    lease=LEASE,
                )
                store.write_permits(session, key_id, held)
            own = next((one for one in held if one.worker_id == self._worker_id), None)
            with self._lock:
                permits.held, permits.until = (own.count, own.until) if own else (0, 0)
