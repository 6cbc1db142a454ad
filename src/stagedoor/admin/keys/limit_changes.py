"""A change of what a key may use: what it comes to, and whether it opens anything."""

from stagedoor.access.limits.key_limits import burst_of
from stagedoor.admin.keys.schemas import LimitChange
from stagedoor.admin.rates import read_rate
from stagedoor.passage import KeyLimits


def changed_limits(limits: KeyLimits, change: LimitChange) -> KeyLimits:
    """Return the limits after the change; what it does not name stays. A rate that ends takes its burst along."""
    named = change.model_fields_set
    requests, seconds, burst = limits.rate_requests, limits.rate_seconds, limits.burst
    if "rate" in named:
        requests, seconds = (None, 1) if change.rate is None else read_rate(change.rate)
        burst = None if requests is None else burst
    if "burst" in named:
        burst = change.burst
    return KeyLimits(
        requests,
        seconds,
        burst,
        change.daily_quota if "daily_quota" in named else limits.daily_quota,
        change.concurrency if "concurrency" in named else limits.concurrency,
        (change.weight or 1) if "weight" in named else limits.weight,
    )


def is_looser(limits: KeyLimits, than: KeyLimits) -> bool:
    """Tell whether anything is allowed by the first that the second does not allow."""
    pairs = ((limits.daily_quota, than.daily_quota), (limits.concurrency, than.concurrency))
    if limits.weight > than.weight or any(_is_more(one, other) for one, other in pairs):
        return True
    if than.rate_requests is None:
        return False
    if limits.rate_requests is None:
        return True
    is_faster = limits.rate_requests * than.rate_seconds > than.rate_requests * limits.rate_seconds
    return is_faster or burst_of(limits) > burst_of(than)


def _is_more(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)
