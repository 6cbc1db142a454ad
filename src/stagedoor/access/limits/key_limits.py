"""Rate, burst and daily quota of one key, decided on whole nanoseconds so that nothing is gained by rounding."""

from enum import StrEnum
from typing import NamedTuple

from stagedoor.passage import KeyLimits

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


class Limit(StrEnum):
    """What can stand in the way."""

    RATE = "rate"
    DAILY_QUOTA = "daily_quota"
    CONCURRENCY = "concurrency"
    FAIR_SHARE = "fair_share"


class KeyUse(NamedTuple):
    """What a key has used: its theoretical arrival time in nanoseconds (GCRA), and its requests of one UTC day.

    A tuple, as :class:`Claim` is, since one is made for each request and a frozen class takes longer to fill.
    """

    arrival: int = 0
    day: int = 0
    used_today: int = 0


class Claim(NamedTuple):
    """The answer to a claim: ``granted`` requests and the use that follows.

    Where nothing was granted, ``limit`` names what stood in the way, and ``wait`` is the time in nanoseconds after
    which a request may pass.
    """

    use: KeyUse
    granted: int
    limit: Limit | None = None
    wait: int = 0

    @property
    def retry_after(self) -> int:
        """The wait in whole seconds, at least one."""
        return whole_seconds(self.wait)


def claim(limits: KeyLimits, use: KeyUse, wanted: int, now: int) -> Claim:
    """Claim up to ``wanted`` requests, at least one, at ``now`` (nanoseconds since the epoch).

    A clock that steps back gains nothing and stops nobody for long: no key waits longer than for its whole burst, and
    a day that has begun goes on counting. A day further ahead than tomorrow comes from a clock that was wrong, and
    counts as today.
    """
    day, used = use.day, use.used_today
    granted = wanted
    if limits.daily_quota is not None:
        today = now // DAY
        if day < today:
            day, used = today, 0
        elif day > today + 1:
            day = today
        granted = min(granted, limits.daily_quota - used)
        if granted < 1:
            return Claim(use, 0, Limit.DAILY_QUOTA, (day + 1) * DAY - now)
        used += granted
    arrival = use.arrival
    if limits.rate_requests is not None:
        interval = interval_of(limits)
        whole = (limits.burst or burst_of(limits)) * interval
        arrival = min(max(arrival, now), now + whole)
        room = now + whole - arrival
        beyond = granted - room // interval
        if beyond > 0:
            granted -= beyond
            if granted < 1:
                return Claim(use, 0, Limit.RATE, interval - room)
            if limits.daily_quota is not None:
                used -= beyond
        arrival += granted * interval
    return Claim(KeyUse(arrival, day, used), granted)


def give_back(limits: KeyLimits, use: KeyUse, count: int, *, day: int) -> KeyUse:
    """Return the use as if ``count`` requests that were claimed on that day had not been."""
    arrival = use.arrival
    if limits.rate_requests is not None:
        arrival -= count * interval_of(limits)
    return KeyUse(arrival, use.day, max(0, use.used_today - count) if use.day == day else use.used_today)


def left_of(limits: KeyLimits, use: KeyUse, now: int) -> tuple[int, int]:
    """Return how many requests of a rate may come now, and after how many whole seconds all of the burst may again."""
    interval, burst = interval_of(limits), limits.burst or burst_of(limits)
    ahead = min(max(0, use.arrival - now), burst * interval)
    return burst - -(-ahead // interval), -(-ahead // SECOND)


def interval_of(limits: KeyLimits) -> int:
    """Return the nanoseconds between two requests of a rate, rounded up: a key gets a little less, never more."""
    return -(-limits.rate_seconds * SECOND // (limits.rate_requests or 1))


def burst_of(limits: KeyLimits) -> int:
    """Return how many requests of a rate may come at once: what a second of it holds, where nothing else is said."""
    return limits.burst or max(1, -(-(limits.rate_requests or 1) // limits.rate_seconds))


def whole_seconds(nanoseconds: int) -> int:
    """Return the whole seconds that hold the time, at least one, for ``Retry-After``."""
    return max(1, -(-nanoseconds // SECOND))
