"""Turns for visits that want something of an upstream tenant's budget: at once, after a wait, or not now.

Whoever waits holds no thread: it is one of a bounded number of futures, looked at by one timer a tenant.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from stagedoor.access.limits.errors import UpstreamBudgetSpent
from stagedoor.access.limits.key_limits import SECOND, whole_seconds
from stagedoor.access.limits.shared_budget import SharedBudget

PATIENCE = 5 * SECOND
"""How long a visit waits at most."""
WAITING_MAX = 200
"""How many visits of one process wait at the same time; whoever comes on top is told to come again."""
WAITING_EACH_MAX = 50
"""How many of those may be of one key, so that one that hammers leaves room for others to wait."""
LOOK_AGAIN_SECONDS = 0.1
"""What other processes spend and free is seen no later than after this."""
LOOK_AGAIN_SECONDS_MIN = 0.005


@dataclass(eq=False, slots=True)
class _Waiting:
    turn: "asyncio.Future[None]"
    weight: int
    until: int


@dataclass(eq=False, slots=True)
class _Line:
    """Those who wait for one upstream tenant, by key and in the order in which they came."""

    shared: SharedBudget
    budget: int = 0
    queues: dict[int, deque[_Waiting]] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None


class FairShares:
    """The budgets of all upstream tenants, as one process takes part in them. For the event loop's thread."""

    def __init__(self, directory: Path, now: Callable[[], int]) -> None:
        self._directory = directory
        self._now = now
        self._lines: dict[str, _Line] = {}
        self._waiting = 0

    def ask(self, upstream: str, key_id: str, weight: int, budget: int) -> "asyncio.Future[None] | None":
        """Return ``None`` where a request may go now, which is counted, else a future that is done when it may.

        The future raises :class:`UpstreamBudgetSpent` when the wait gets too long; cancel it to leave. ``upstream``
        names the tenant whose ``budget`` of requests a minute it is. Raises :class:`UpstreamBudgetSpent` at once where
        waiting is of no use.
        """
        line = self._lines.get(upstream) or self._open(upstream)
        line.budget = budget
        now = self._now()
        key = _number_of(key_id)
        queue = line.queues.get(key)
        wait_seconds = LOOK_AGAIN_SECONDS
        if not queue:
            wait = line.shared.ask(key, weight, budget=budget, now=now, patience=PATIENCE)
            if wait is None:
                return None
            if wait.is_certain and wait.nanoseconds > PATIENCE:
                raise UpstreamBudgetSpent(whole_seconds(wait.nanoseconds))
            wait_seconds = wait.nanoseconds / SECOND
        if self._waiting >= WAITING_MAX or (queue and len(queue) >= WAITING_EACH_MAX):
            raise UpstreamBudgetSpent(whole_seconds(PATIENCE))
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.queues.setdefault(key, deque()).append(_Waiting(turn, weight, now + PATIENCE))
        self._waiting += 1
        self._look_again(line, wait_seconds)
        return turn

    def give_back(self, upstream: str, key_id: str) -> None:
        """Count one request of a key less: the upstream was not asked after all."""
        line = self._lines.get(upstream) or self._open(upstream)
        line.shared.give_back(_number_of(key_id), self._now())

    def learn(self, upstream: str, retry_after_seconds: int) -> None:
        """Take a tenant's budget as spent for so long, because the upstream has refused a request."""
        line = self._lines.get(upstream) or self._open(upstream)
        now = self._now()
        line.shared.close_until(now + retry_after_seconds * SECOND, now)

    def close(self) -> None:
        """Take part no longer."""
        for line in self._lines.values():
            if line.timer is not None:
                line.timer.cancel()
            line.shared.close()
        self._lines.clear()

    def _open(self, upstream: str) -> _Line:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        name = blake2b(upstream.encode(), digest_size=12).hexdigest()
        line = self._lines[upstream] = _Line(SharedBudget(self._directory / f"upstream-1-{name}"))
        return line

    def _look_again(self, line: _Line, seconds: float) -> None:
        if line.timer is None:
            delay = min(max(seconds, LOOK_AGAIN_SECONDS_MIN), LOOK_AGAIN_SECONDS)
            line.timer = asyncio.get_running_loop().call_later(delay, self._look, line)

    def _look(self, line: _Line) -> None:
        line.timer = None
        now = self._now()
        soonest = LOOK_AGAIN_SECONDS
        for key in list(line.queues):
            try:
                soonest = min(soonest, self._serve(line, key, now))
            except Exception as failure:  # noqa: BLE001  # raised where each of them waits
                self._fail(line, key, failure)
        if line.queues:
            self._look_again(line, soonest)

    def _serve(self, line: _Line, key: int, now: int) -> float:
        """Let one visit of a key go if it may, and return after how many seconds to look again."""
        queue = line.queues.pop(key)
        while queue and queue[0].turn.done():
            # It left.
            queue.popleft()
            self._waiting -= 1
        if not queue:
            line.shared.forget(key, now)
            return LOOK_AGAIN_SECONDS
        first = queue[0]
        # At the end of the line: the next time the others are asked before it.
        line.queues[key] = queue
        patience = first.until - now
        wait = line.shared.ask(
            key, first.weight, budget=line.budget, now=now, patience=patience, wants_more=len(queue) > 1
        )
        if wait is not None and patience > 0 and not (wait.is_certain and wait.nanoseconds > patience):
            return wait.nanoseconds / SECOND if wait.is_certain else LOOK_AGAIN_SECONDS
        queue.popleft()
        self._waiting -= 1
        if not queue:
            del line.queues[key]
        if wait is None:
            first.turn.set_result(None)
        else:
            first.turn.set_exception(UpstreamBudgetSpent(whole_seconds(wait.nanoseconds)))
        return LOOK_AGAIN_SECONDS_MIN

    def _fail(self, line: _Line, key: int, failure: Exception) -> None:
        for one in line.queues.pop(key, ()):
            self._waiting -= 1
            if not one.turn.done():
                one.turn.set_exception(failure)


def _number_of(key_id: str) -> int:
    return int.from_bytes(blake2b(key_id.encode(), digest_size=8).digest(), "big")
