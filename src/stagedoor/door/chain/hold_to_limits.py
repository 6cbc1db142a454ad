"""Step 8b: what was allowed waits for its turn where several share what the upstream tenant allows.

Behind the verdict, so that a request that is refused takes nothing from anybody. A key's requests at the same time are
counted here too; those that wait are among them.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial

from stagedoor.access.limits.errors import TooManyAtOnce, UpstreamBudgetSpent
from stagedoor.access.limits.key_limits import Limit
from stagedoor.access.limits.moments import nanoseconds_of
from stagedoor.access.limits.upstream_budgets import LIST_OPERATIONS
from stagedoor.door.chain.identify import identify
from stagedoor.door.chain.judge import judge
from stagedoor.door.visit import Message, Receive, Visit, known
from stagedoor.gateway.leaving import CallerWatched
from stagedoor.kit.clock import Clock, stopwatch
from stagedoor.passage import Caller, CredentialKind, TenantPlace

TOO_MANY = 429
AT_ONCE_RETRY_SECONDS = 1
"""When a request under way will end nobody knows; a second is the shortest wait that can be said."""
FROM_MEMORY = b"stagedoor; hit"
KEYS = (CredentialKind.ACCESS_KEY, CredentialKind.NARROWED_KEY)
READ_AHEAD_BYTES_MAX = 64 * 1024
"""So much of a body is taken in while its request waits, to see whether the caller is still there."""


def hold_to_limits(visit: Visit) -> Awaitable[None] | None:
    """Let the request go, at once or after a wait.

    Raises :class:`~stagedoor.access.limits.errors.TooManyAtOnce` and
    :class:`~stagedoor.access.limits.errors.UpstreamBudgetSpent`.
    """
    caller = known(visit.caller)
    if caller.limits is not None and (concurrency := caller.limits.concurrency) is not None:
        house = visit.house
        entering = house.key_accounts.enter(caller.credential_id, concurrency, nanoseconds_of(visit.now))
        if not isinstance(entering, bool):
            return _enter_and_share(visit, caller, entering)
        _note_entry(visit, caller, has_entered=entering)
    return _share(visit, caller)


async def _enter_and_share(visit: Visit, caller: Caller, entering: Awaitable[bool]) -> None:
    _note_entry(visit, caller, has_entered=await entering)
    if (sharing := _share(visit, caller)) is not None:
        await sharing


def _note_entry(visit: Visit, caller: Caller, *, has_entered: bool) -> None:
    accounts, key_id = visit.house.key_accounts, caller.credential_id
    if not has_entered:
        visit.house.metrics.note_refused_by(Limit.CONCURRENCY)
        raise TooManyAtOnce(AT_ONCE_RETRY_SECONDS)
    visit.at_end = lambda: accounts.leave(key_id)


def _share(visit: Visit, caller: Caller) -> Awaitable[None] | None:
    if known(visit.match).operation.id not in LIST_OPERATIONS:
        return None
    house, tenant = visit.house, known(visit.tenant)
    settings = house.settings
    is_far = tenant.remote_base_url is not None
    budget = settings.upstream_lists_per_minute if is_far else settings.embedded_lists_per_minute
    if not budget:
        return None
    upstream = upstream_of(tenant)
    sharer = _sharer_of(caller)
    if is_far:
        visit.on_head = partial(_learn, upstream, sharer)
    weight = 1 if caller.limits is None else caller.limits.weight
    try:
        turn = house.fair_shares.ask(upstream, sharer, weight, house.machines.part_of(budget))
    except UpstreamBudgetSpent:
        house.metrics.note_refused_by(Limit.FAIR_SHARE)
        raise
    return None if turn is None else _wait(visit, turn)


async def _wait(visit: Visit, turn: "asyncio.Future[None]") -> None:
    metrics, started = visit.house.metrics, stopwatch()
    try:
        await _take_turn(visit, turn)
    except UpstreamBudgetSpent:
        metrics.note_refused_by(Limit.FAIR_SHARE)
        raise
    finally:
        seconds = stopwatch() - started
        metrics.note_waited_for(Limit.FAIR_SHARE, seconds)
        visit.answer_headers.append((b"x-stagedoor-waited", b"%d; reason=fair-share" % round(seconds * 1000)))
    # Whoever was let in and waited may have been shut out since.
    visit.now = visit.house.clock.now()
    identify(visit)
    judge(visit)


async def _take_turn(visit: Visit, turn: "asyncio.Future[None]") -> None:
    """Wait for the turn, or until the caller leaves."""
    ahead = _ReadAhead(visit.receive)
    visit.receive = ahead.receive_again
    whole_body = asyncio.Event()
    whole_body.set()
    try:
        async with CallerWatched(ahead.receive, whole_body):
            await turn
    finally:
        turn.cancel()


class _ReadAhead:
    """What came from the caller while its request waited, kept for whoever reads it afterwards."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: list[Message] = []
        self._bytes_kept = 0

    async def receive(self) -> Message:
        if self._bytes_kept > READ_AHEAD_BYTES_MAX:
            # The rest stays where it is; that its caller leaves is noticed when it is read.
            await asyncio.Event().wait()
        message = await self._receive()
        self._kept.append(message)
        self._bytes_kept += len(message.get("body", b""))
        return message

    async def receive_again(self) -> Message:
        return self._kept.pop(0) if self._kept else await self._receive()


def upstream_of(tenant: TenantPlace) -> str:
    """Return the name of what has one budget: tenants of ours that lead to the same upstream tenant share it."""
    return tenant.tenant_id if tenant.remote_base_url is None else tenant.remote_base_url.rstrip("/").lower()


def _sharer_of(caller: Caller) -> str:
    # Each key for itself, with whatever was narrowed from it; a person or an application is one, however many tokens
    # it has.
    return caller.credential_id if caller.credential_kind in KEYS else caller.id


def _learn(upstream: str, sharer: str, visit: Visit, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    shares = visit.house.fair_shares
    for place, (name, value) in enumerate(headers):
        if name == b"cache-status" and (value.startswith(FROM_MEMORY) or b"collapsed" in value):
            # The upstream was not asked for this one.
            shares.give_back(upstream, sharer)
        elif name == b"retry-after" and status == TOO_MANY and visit.reason is None:
            seconds = _seconds_in(value, visit.house.clock)
            if seconds is not None:
                # Many clients read a number and nothing else.
                headers[place] = (name, b"%d" % seconds)
                shares.learn(upstream, seconds)


def _seconds_in(retry_after: bytes, clock: Clock) -> int | None:
    """Return the seconds that Retry-After asks for, as a number or a date (RFC 9110 section 10.2.3)."""
    said = retry_after.decode("latin-1").strip()
    if said.isdecimal() and len(said) < 10:
        return int(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(1, -int((clock.now() - aware).total_seconds() // 1))
