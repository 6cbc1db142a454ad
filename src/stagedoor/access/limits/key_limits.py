"""Rate, burst and daily quota of one key, decided on whole nanoseconds so that nothing is gained by rounding."""

from dataclasses import dataclass

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """What a key may use; ``None`` stands for no limit. Raises ``ValueError`` for a limit that is none.

    ``burst`` is how many requests may come at once, one where a rate is set without it.
    """

    rate_per_second: float | None = None
    burst: int | None = None
    daily_quota: int | None = None

    def __post_init__(self) -> None:
        if self.rate_per_second is not None and not 0 < self.rate_per_second <= SECOND:
            raise ValueError("a rate lies above zero and at most at a thousand million a second")
        if self.burst is not None and (self.burst < 1 or self.rate_per_second is None):
            raise ValueError("a burst is at least one and needs a rate")
        if self.daily_quota is not None and self.daily_quota < 0:
            raise ValueError("a daily quota is not negative")


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What a key has used: its theoretical arrival time in nanoseconds (GCRA), and its requests of one UTC day."""

    arrival: int = 0
    day: int = 0
    used_today: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim: ``granted`` requests and the use that follows.

    Where nothing was granted, ``limit`` names what stood in the way, and ``retry_after`` says after how many whole
    seconds, at least one, a request may pass.
    """

    use: KeyUse
    granted: int
    limit: str = ""
    retry_after: int = 0


def claim(limits: KeyLimits, use: KeyUse, wanted: int, now: int) -> Claim:
    """Claim up to ``wanted`` requests, at least one, at ``now`` (nanoseconds since the epoch).

    A clock that steps back gains nothing: the day counter only moves forward.
    """
    day = max(use.day, now // DAY)
    used = use.used_today if day == use.day else 0
    granted = wanted
    if limits.daily_quota is not None:
        granted = min(granted, limits.daily_quota - used)
        if granted < 1:
            return Claim(use, 0, "daily_quota", _whole_seconds((day + 1) * DAY - now))
    arrival = use.arrival
    if limits.rate_per_second is not None:
        interval = _interval(limits.rate_per_second)
        arrival = max(arrival, now)
        room = now + (limits.burst or 1) * interval - arrival
        granted = min(granted, room // interval)
        if granted < 1:
            return Claim(use, 0, "rate", _whole_seconds(interval - room))
        arrival += granted * interval
    return Claim(KeyUse(arrival, day, used + granted), granted)


def _interval(rate_per_second: float) -> int:
    # Rounded up: a key gets a little less than its rate, never more.
    return -int(-SECOND // rate_per_second)


def _whole_seconds(nanoseconds: int) -> int:
    return max(1, -(-nanoseconds // SECOND))
