"""Fair share of what one upstream tenant allows in a minute, decided over the requests of the last minute."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MINUTE = 60_000_000_000


class Spent(NamedTuple):
    """One request that a key sent upstream, at a time in nanoseconds. Keys are numbers here.

    ``weight`` is what the key counted then.
    """

    at: int
    key: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a key has to wait, in nanoseconds.

    ``is_certain`` where nothing can make it shorter: the minute is full. Else the key has had its share and somebody
    else wants theirs; it may pass as soon as they have it, or want it no more.
    """

    nanoseconds: int
    is_certain: bool


def find_wait(
    key: int,
    spent: Sequence[Spent],
    weights: Mapping[int, int],
    wanting: Collection[int],
    *,
    budget: int,
    now: int,
) -> Wait | None:
    """Return ``None`` where the key may send now.

    ``spent`` is oldest first. ``weights`` names the keys that have one above one. ``wanting`` are the keys that want to
    send as well. What nobody else wants may be used by whoever comes, so that no budget lies idle. A key that has had
    the whole requests of its share does not pass while one that is below its share, and further behind, wants.
    """
    recent = [one for one in spent if one.at > now - MINUTE]
    if len(recent) >= budget:
        # Enough of the oldest must leave the minute that one more fits; a budget of nothing never fits.
        oldest = recent[len(recent) - budget].at if budget > 0 else now
        return Wait(oldest + MINUTE - now, is_certain=True)
    had = Counter(one.key for one in recent)
    whole = sum(weights.get(each, 1) for each in {key, *had, *wanting})
    own, weight = had[key] + 1, weights.get(key, 1)
    if own * whole <= budget * weight:
        return None
    for other in wanting:
        its = weights.get(other, 1)
        # Compared by what each would have had for its weight, so that fractions of shares go where they are largest.
        if had[other] * whole < budget * its and (had[other] + 1) * weight < own * its:
            oldest = next((one.at for one in recent if one.key == key), now)
            return Wait(oldest + MINUTE - now, is_certain=False)
    return None
