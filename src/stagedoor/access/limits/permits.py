"""How many requests of one key may be under way at once, over all workers."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """The permits that one worker holds for a key until a time in nanoseconds, unless it renews them."""

    worker_id: str
    count: int
    until: int


def hold(
    held: Sequence[Held], worker_id: str, wanted: int, *, concurrency: int, now: int, lease: int
) -> tuple[Held, ...]:
    """Return who holds what once ``worker_id`` asked to hold ``wanted`` permits in all: as many as are free.

    Asking again renews the lease, asking for none gives everything back. What a killed worker held falls free when
    its lease ends.
    """
    others = tuple(one for one in held if one.worker_id != worker_id and one.until > now)
    count = min(wanted, concurrency - sum(one.count for one in others))
    return others if count < 1 else (*others, Held(worker_id, count, now + lease))
