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
OUTLIVED_MAX = 64
"""So many requests of before the last minute lie in front of it at least before they are cleared away."""
WAITING = SECOND
"""A key whose request waits says so again and again; for so long that is believed, should its process be killed."""
COMING_BACK = 2 * SECOND
"""So much longer than it was told to stay away, a key that was refused is taken to want still. Its share is kept for it
until then, or whoever never goes away would always have what falls free."""
UPSTREAM_REFUSAL_MAX = 3600 * SECOND


_Wants = dict[int, tuple[int, int]]
"""By key what it counts, and until when it is taken to want."""


@dataclass(slots=True)
class _State:
    closed_until: int
    count: int
    """How many requests are written, those of before the last minute too."""
    spent: list[Spent]
    wants: _Wants


class SharedBudget:
    """The requests of one upstream tenant, in a file of its own. For one thread.

    Times are nanoseconds since the epoch. What lies ahead of now was written by a clock that has been set back since,
    and counts as from now.
    """

    def __init__(self, path: Path) -> None:
        self._file = SharedFile(path, SIZE)

    def ask(
        self, key: int, weight: int, *, budget: int, now: int, patience: int, wants_more: bool = False
    ) -> Wait | None:
        """Spend one request, or return how long the key has to wait.

        While it does, its share is kept for it: for as long as it waits, and where nothing comes of waiting for
        ``patience``, until it was told to come back. ``wants_more`` where others of the same key wait behind this one.
        """
        budget = min(budget, BUDGET_MAX)
        with self._file:
            wait = self._find_certain_wait(budget, now)
            if wait is not None:
                # However much somebody hammers on a full minute, the minute itself is not looked through for it.
                wants = self._read_wants(now)
                self._want(wants, key, weight, wait, now, patience)
                self._write_wants(wants)
                return wait
            state = self._read(now)
            wait = self._find_wait(state, key, weight, budget, now)
            if wait is None:
                self._spend(state, Spent(now, key, weight))
                if wants_more:
                    state.wants[key] = (weight, now + WAITING)
                elif key in state.wants:
                    # Not taken out at once: at another worker more of the same key may wait.
                    state.wants[key] = (weight, min(state.wants[key][1], now + WAITING))
            else:
                self._want(state.wants, key, weight, wait, now, patience)
            self._write_wants(state.wants)
        return wait

    def give_back(self, key: int, now: int) -> None:
        """Count the last request of a key not at all."""
        with self._file:
            state = self._read(now)
            last = next((place for place in reversed(range(len(state.spent))) if state.spent[place].key == key), None)
            if last is not None:
                del state.spent[last]
                self._rewrite(state)
                self._write_wants(state.wants)

    def forget(self, key: int, now: int) -> None:
        """Keep nothing for a key any longer: it wants no more."""
        with self._file:
            wants = self._read_wants(now)
            wants.pop(key, None)
            self._write_wants(wants)

    def close_until(self, until: int, now: int) -> None:
        """Take the budget as spent until then, because the upstream has said so."""
        with self._file:
            closed_until, spent_count, wants_count = HEAD.unpack_from(self._file.memory)
            closed_until = min(max(closed_until, until), now + UPSTREAM_REFUSAL_MAX)
            HEAD.pack_into(self._file.memory, 0, closed_until, spent_count, wants_count)

    def close(self) -> None:
        """Take part no longer."""
        self._file.close()

    def _find_certain_wait(self, budget: int, now: int) -> Wait | None:
        closed_until, count, _ = HEAD.unpack_from(self._file.memory)
        closed_for = min(closed_until - now, UPSTREAM_REFUSAL_MAX)
        if closed_for > 0:
            return Wait(closed_for, is_certain=True)
        if not 0 < budget <= count:
            return None
        # The last one that must leave the minute before another fits; what lies ahead of now is set right elsewhere.
        at, _, _ = SPENT.unpack_from(self._file.memory, HEAD.size + (count - budget) * SPENT.size)
        return Wait(at + MINUTE - now, is_certain=True) if now - MINUTE < at <= now else None

    @staticmethod
    def _want(wants: _Wants, key: int, weight: int, wait: Wait, now: int, patience: int) -> None:
        is_hopeless = wait.nanoseconds > patience and (wait.is_certain or patience <= 0)
        kept = now + (wait.nanoseconds + COMING_BACK if is_hopeless else WAITING)
        wants[key] = (weight, max(kept, wants.get(key, (0, 0))[1]))

    @staticmethod
    def _find_wait(state: _State, key: int, weight: int, budget: int, now: int) -> Wait | None:
        weights = {who: counts for _, who, counts in state.spent}
        weights |= {who: counts for who, (counts, _) in state.wants.items()}
        weights[key] = weight
        return find_wait(key, state.spent, weights, state.wants.keys(), budget=budget, now=now)

    def _read(self, now: int) -> _State:
        memory = self._file.memory
        closed_until, count, _ = HEAD.unpack_from(memory)
        written = memory[HEAD.size : HEAD.size + count * SPENT.size]
        spent = [Spent(*one) for one in SPENT.iter_unpack(written) if one[0] > now - MINUTE]
        state = _State(closed_until, count, spent, self._read_wants(now))
        if spent and max(spent).at > now:
            state.spent = [Spent(min(one.at, now), one.key, one.weight) for one in spent]
            self._rewrite(state)
        return state

    def _spend(self, state: _State, one: Spent) -> None:
        state.spent.append(one)
        if state.count >= min(BUDGET_MAX, 2 * len(state.spent) + OUTLIVED_MAX):
            self._rewrite(state)
            return
        SPENT.pack_into(self._file.memory, HEAD.size + state.count * SPENT.size, *one)
        HEAD.pack_into(self._file.memory, 0, state.closed_until, state.count + 1, 0)

    def _rewrite(self, state: _State) -> None:
        """Write the last minute alone."""
        kept = state.spent[-BUDGET_MAX:]
        state.count = len(kept)
        pieces = b"".join(SPENT.pack(*each) for each in kept)
        self._file.memory[HEAD.size : HEAD.size + len(pieces)] = pieces
        # The count last, so that a process that is killed in the middle leaves what was there before, or almost.
        HEAD.pack_into(self._file.memory, 0, state.closed_until, state.count, 0)

    def _read_wants(self, now: int) -> _Wants:
        memory = self._file.memory
        count = HEAD.unpack_from(memory)[2]
        return {
            who: (weight, min(until, now + UPSTREAM_REFUSAL_MAX + COMING_BACK))
            for who, weight, until in WANT.iter_unpack(memory[WANTS_AT : WANTS_AT + count * WANT.size])
            if until > now
        }

    def _write_wants(self, wants: _Wants) -> None:
        memory = self._file.memory
        kept = list(wants.items())[-WANTS_MAX:]
        pieces = b"".join(WANT.pack(who, weight, until) for who, (weight, until) in kept)
        memory[WANTS_AT : WANTS_AT + len(pieces)] = pieces
        closed_until, count, _ = HEAD.unpack_from(memory)
        HEAD.pack_into(memory, 0, closed_until, count, len(kept))
