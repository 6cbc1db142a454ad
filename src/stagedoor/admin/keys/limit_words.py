"""How much a key may be used: read from an order, and said in sentences."""

from stagedoor.admin.keys.schemas import KeyOrder
from stagedoor.admin.rates import rate_in_words, read_rate
from stagedoor.passage import KeyLimits


def limits_of(order: KeyOrder) -> KeyLimits:
    """Return the limits that an order asks for."""
    requests, seconds = (None, 1) if order.rate is None else read_rate(order.rate)
    return KeyLimits(requests, seconds, order.burst, order.daily_quota, order.concurrency, order.weight)


def limits_in_words(limits: KeyLimits) -> list[str]:
    """Return a sentence for each limit; nothing for a key that has none."""
    words = []
    if limits.rate_requests is not None:
        at_once = "" if limits.burst is None else f", {limits.burst} of them at once"
        words.append(f"At most {rate_in_words(limits.rate_requests, limits.rate_seconds)}{at_once}.")
    if limits.daily_quota is not None:
        words.append(f"At most {limits.daily_quota} in a day (UTC).")
    if limits.concurrency is not None:
        words.append(f"At most {limits.concurrency} at the same time.")
    if limits.weight != 1:
        words.append(f"Counts {limits.weight} times where keys share what an upstream tenant allows.")
    return words
