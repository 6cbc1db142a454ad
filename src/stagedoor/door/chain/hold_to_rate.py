"""Step 4b: a key sends no more than its rate and its quota of the day allow.

Before anything is looked up or judged: what will be refused counts as well, so that nobody finds out by trying what a
key may do, and which tenants and folders there are, faster than the key may ask at all.
"""

from collections.abc import Awaitable
from functools import lru_cache

from stagedoor.access.limits.errors import DailyQuotaSpent, LimitReached, TooManyRequests
from stagedoor.access.limits.key_limits import DAY, Claim, Limit, left_of, whole_seconds
from stagedoor.access.limits.moments import nanoseconds_of
from stagedoor.door.visit import Visit
from stagedoor.passage import KeyLimits

REFUSALS: dict[Limit | None, type[LimitReached]] = {Limit.DAILY_QUOTA: DailyQuotaSpent}


def hold_to_rate(visit: Visit) -> Awaitable[None] | None:
    """Count the request against its key, from memory alone where one machine serves.

    Raises :class:`~stagedoor.access.limits.errors.TooManyRequests` and
    :class:`~stagedoor.access.limits.errors.DailyQuotaSpent`.
    """
    caller = visit.caller
    if caller is None or (limits := caller.limits) is None:
        return None
    if limits.rate_requests is None and limits.daily_quota is None:
        return None
    now = nanoseconds_of(visit.now)
    answer = visit.house.key_accounts.claim(caller.credential_id, limits, now)
    if isinstance(answer, Claim):
        _settle(visit, limits, answer, now)
        return None
    return _settle_later(visit, limits, answer, now)


async def _settle_later(visit: Visit, limits: KeyLimits, answer: Awaitable[Claim], now: int) -> None:
    _settle(visit, limits, await answer, now)


def _settle(visit: Visit, limits: KeyLimits, answer: Claim, now: int) -> None:
    visit.answer_headers += ((b"ratelimit-policy", policy_of(limits)), (b"ratelimit", _left(limits, answer, now)))
    if answer.granted:
        return
    visit.house.metrics.note_refused_by(answer.limit or Limit.RATE)
    raise REFUSALS.get(answer.limit, TooManyRequests)(answer.retry_after)


@lru_cache(1024)
def policy_of(limits: KeyLimits) -> bytes:
    """Return the value of ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers-10, section 3)."""
    policies = []
    if limits.rate_requests is not None:
        policies.append(f'"rate";q={limits.rate_requests};w={limits.rate_seconds}')
    if limits.daily_quota is not None:
        policies.append(f'"day";q={limits.daily_quota};w=86400')
    return ", ".join(policies).encode()


def _left(limits: KeyLimits, answer: Claim, now: int) -> bytes:
    """Return the value of ``RateLimit`` (the same draft, section 4): what is left, and when all of it is back."""
    said = ""
    if limits.rate_requests is not None:
        left, seconds = left_of(limits, answer.use, now)
        said = f'"rate";r={left};t={seconds}'
    if limits.daily_quota is not None:
        left = max(0, limits.daily_quota - answer.use.used_today) if answer.use.day >= now // DAY else 0
        said += f'{", " if said else ""}"day";r={left};t={whole_seconds(DAY - now % DAY)}'
    return said.encode()
