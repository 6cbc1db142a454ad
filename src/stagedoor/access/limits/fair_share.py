"""Fair share of what one upstream tenant allows in a minute, decided over the requests of the last minute."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """One request that a key sent upstream, at a time in nanoseconds."""

    at: int
    key_id: str


def find_wait(
    key_id: str, spent: Sequence[Spent], weights: Mapping[str, int], waiting: frozenset[str], *, budget: int, now: int
) -> int | None:
    """Return ``None`` where the key may send now, else after how many nanoseconds asking again is of use.

    ``spent`` is oldest first. ``weights`` names the keys that have one above one. ``waiting`` are the keys that ask
    as well. What nobody else waits for may be used by whoever comes, so that no budget lies idle; while a key
    below its share waits, a key that has had its own does not pass.
    """
    recent = [one for one in spent if one.at > now - MINUTE]
    if len(recent) >= budget:
        # Enough of the oldest must leave the minute that one more fits; a budget of nothing never fits.
        oldest = recent[len(recent) - budget].at if budget > 0 else now
        return oldest + MINUTE - now
    had = Counter(one.key_id for one in recent)
    active = set(had) | waiting | {key_id}
    whole = sum(weights.get(key, 1) for key in active)

    def is_below_share(key: str) -> bool:
        return had[key] * whole < budget * weights.get(key, 1)

    if is_below_share(key_id) or not any(is_below_share(key) for key in waiting - {key_id}):
        return None
    own = next(one.at for one in recent if one.key_id == key_id)
    return own + MINUTE - now
