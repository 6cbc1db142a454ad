"""What one upstream tenant was sent in the last minute and by whom, in memory that one machine's processes share."""

import struct
from dataclasses import dataclass
from pathlib import Path

from stagedoor.access.limits.fair_share import MINUTE, Spent, Wait, find_wait
from stagedoor.access.limits.key_limits import SECOND
from stagedoor.access.limits.shared_file import SharedFile

HEAD = struct.Struct("=qII")
"""Until when the upstream itself takes no more, how many requests follow, and how many keys that want to send."""
SPENT = struct.Struct("=qQQ")
"""When, who, and what they count."""
WANT = struct.Struct("=QQq")
"""Who, what they count, and until when they are taken to want."""
BUDGET_MAX = 4_000
WANTS_MAX = 512
WANTS_AT = HEAD.size + BUDGET_MAX * SPENT.size
SIZE = WANTS_AT + WANTS_MAX * WANT.size
WAITING = SECOND
"""A key whose request waits says so again and again; for so long that is believed, should its process be killed."""
COMING_BACK = 2 * SECOND
"""So much longer than it was told to stay away, a key that was refused is taken to want still. Its share is kept for it
until then, or whoever never goes away would always have what falls free."""
UPSTREAM_REFUSAL_MAX = 3600 * SECOND


@dataclass(slots=True)
class _State:
    closed_until: int
    spent: list[tuple[int, int, int]]
    wants: dict[int, tuple[int, int]]


class SharedBudget:
    """The requests of one upstream tenant, in a file of its own. For one thread.

    Times are nanoseconds since the epoch. What lies ahead of now was written by a clock that has been set back since,
    and counts as from now.
    """

    def __init__(self, path: Path) -> None:
        self._file = SharedFile(path, SIZE)

    def ask(self, key: int, weight: int, *, budget: int, now: int, patience: int) -> Wait | None:
        """Spend one request, or return how long the key has to wait.

        While it does, its share is kept for it: for as long as it waits, and where nothing comes of waiting for
        ``patience``, until it was told to come back.
        """
        budget = min(budget, BUDGET_MAX)
        with self._file:
            state = self._read(now)
            wait = self._find_wait(state, key, weight, budget, now)
            if wait is None:
                state.spent.append((now, key, weight))
                state.wants.pop(key, None)
            else:
                is_hopeless = wait.nanoseconds > patience and (wait.is_certain or patience <= 0)
                kept = now + (wait.nanoseconds + COMING_BACK if is_hopeless else WAITING)
                state.wants[key] = (weight, max(kept, state.wants.get(key, (0, 0))[1]))
            self._write(state)
        return wait

    def forget(self, key: int, now: int) -> None:
        """Keep nothing for a key any longer: it wants no more."""
        with self._file:
            state = self._read(now)
            state.wants.pop(key, None)
            self._write(state)

    def close_until(self, until: int, now: int) -> None:
        """Take the budget as spent until then, because the upstream has said so."""
        with self._file:
            state = self._read(now)
            state.closed_until = max(state.closed_until, min(until, now + UPSTREAM_REFUSAL_MAX))
            self._write(state)

    def close(self) -> None:
        """Take part no longer."""
        self._file.close()

    @staticmethod
    def _find_wait(state: _State, key: int, weight: int, budget: int, now: int) -> Wait | None:
        if state.closed_until > now:
            return Wait(state.closed_until - now, is_certain=True)
        weights = {who: counts for _, who, counts in state.spent}
        weights |= {who: counts for who, (counts, _) in state.wants.items()}
        weights[key] = weight
        spent = [Spent(at, who) for at, who, _ in state.spent]
        return find_wait(key, spent, weights, state.wants.keys(), budget=budget, now=now)

    def _read(self, now: int) -> _State:
        memory = self._file.memory
        closed_until, spent_count, wants_count = HEAD.unpack_from(memory)
        spent = [
            (min(at, now), who, weight)
            for at, who, weight in SPENT.iter_unpack(memory[HEAD.size : HEAD.size + spent_count * SPENT.size])
            if at > now - MINUTE
        ]
        wants = {
            who: (weight, min(until, now + MINUTE + COMING_BACK))
            for who, weight, until in WANT.iter_unpack(memory[WANTS_AT : WANTS_AT + wants_count * WANT.size])
            if until > now
        }
        return _State(min(closed_until, now + UPSTREAM_REFUSAL_MAX), spent, wants)

    def _write(self, state: _State) -> None:
        # A budget that was lowered, or a clock that was set: the newest count.
        spent = state.spent[-BUDGET_MAX:]
        wants = list(state.wants.items())[-WANTS_MAX:]
        memory = self._file.memory
        pieces = b"".join(SPENT.pack(*one) for one in spent)
        memory[HEAD.size : HEAD.size + len(pieces)] = pieces
        pieces = b"".join(WANT.pack(who, weight, until) for who, (weight, until) in wants)
        memory[WANTS_AT : WANTS_AT + len(pieces)] = pieces
        # Last, so that a process that is killed in the middle leaves what was there before, or almost.
        HEAD.pack_into(memory, 0, state.closed_until, len(spent), len(wants))
