"""Answers to identical reads: asked for once at a time, and kept for a moment, where an administrator wants that.

What makes two reads identical is everything that goes upstream and everything that the verdict rests on. A header that
is not part of that comparison is not sent, so it cannot change the answer that others get; and the verdict has been
given before anything here is asked, so that nothing is served from memory to whom it would be refused.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from stagedoor.gateway.cache_control import NOT_KEPT, age_of, directives, lifetime_of, seconds_of
from stagedoor.gateway.cache_rules import CacheRule, CacheRules
from stagedoor.gateway.carriage import Carriage
from stagedoor.gateway.flights import CACHE_STATUS, Flight, Header, Seat, WholeAnswer
from stagedoor.kit.clock import stopwatch
from stagedoor.kit.errors import StagedoorError
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import AnswerSink, CallerEnd, Exchange
from stagedoor.upstream.wire.head import NAMES_NOTHING, NOT_ONWARD

Launch = Callable[[Onward, AnswerSink], Exchange]

ENTRIES_MAX = 1024
BYTES_MAX = 16 * 1024 * 1024
QUESTION_BYTES_MAX = 4096
"""A longer one is not compared with others, for each that is remembered takes its place in memory."""
BODILESS = frozenset({204, 304})
ALONE_SECONDS = 10.0
"""So long a question whose answer might not be shared is asked by each for itself, rather than waited for in vain."""
# About the caller and its way here, never about what is asked for. They do not go upstream with what may be shared.
LEFT_OUT = NOT_ONWARD | {
    b"baggage",
    b"cache-control",
    b"correlation-context",
    b"dnt",
    b"from",
    b"origin",
    b"pragma",
    b"priority",
    b"referer",
    b"request-id",
    b"traceparent",
    b"tracestate",
    b"user-agent",
    b"x-correlation-id",
    b"x-request-id",
}
# A question about a part of an answer, or about what has changed in it, is between its caller and the upstream.
CONDITIONS = frozenset(
    {b"if-match", b"if-modified-since", b"if-none-match", b"if-range", b"if-unmodified-since", b"range"}
)


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: WholeAnswer
    age: int
    since: float
    until: float


class AnswerCache:
    """Answer from memory, join a question that is under way, or ask. For the event loop alone, and for one process.

    Bounded in entries and bytes; what was used longest ago goes first.
    """

    def __init__(
        self,
        rules: CacheRules,
        *,
        now: Callable[[], float] = stopwatch,
        entries_max: int = ENTRIES_MAX,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._rules = rules
        self._now = now
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._bytes = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._alone: OrderedDict[Hashable, float] = OrderedDict()
        self._flights: dict[Hashable, Flight] = {}
        self._generations: dict[str, int] = {}

    @property
    def bytes_kept(self) -> int:
        """How many bytes are kept, about."""
        return self._bytes

    def begin(self, carriage: Carriage, onward: Onward, sink: AnswerSink, launch: Launch) -> CallerEnd:
        """Begin to answer an allowed request; ``launch`` asks upstream. Raises what that raises."""
        operation = carriage.match.operation
        if not operation.reads:
            return launch(onward, _Forgetting(self, carriage.tenant.tenant_id, sink))
        rule = self._rules.find_rule(operation.id, carriage.tenant)
        if rule is None or not _may_be_shared(onward):
            return launch(onward, sink)
        return self._begin(carriage, onward, rule, sink, launch)

    def forget(self, tenant_id: str) -> None:
        """Serve nothing any more of what was asked for so far: something in the tenant may have changed."""
        # What is under way may have been answered before the change; it is found under the old number by nobody.
        self._generations[tenant_id] = self._generations.get(tenant_id, 0) + 1

    def _begin(
        self, carriage: Carriage, onward: Onward, rule: CacheRule, sink: AnswerSink, launch: Launch
    ) -> CallerEnd:
        said = directives(onward.headers)
        shared = replace(onward, headers=_sent(onward))
        if not NOT_KEPT.isdisjoint(said) or (b"pragma", b"no-cache") in onward.headers:
            return launch(shared, _Marked(sink, b"stagedoor; fwd=request"))
        if len(shared.path) + len(shared.query) + sum(map(_length, shared.headers)) > QUESTION_BYTES_MAX:
            return launch(shared, _Marked(sink, b"stagedoor; fwd=bypass"))
        key = _key_of(carriage, shared, self._generations.get(carriage.tenant.tenant_id, 0))
        now = self._now()
        if (kept := self._find(key, now)) is not None:
            age = now - kept.since + kept.age
            max_age = seconds_of(said.get("max-age"))
            if max_age is None or age <= max_age:
                return self._serve(key, kept, age, now, sink)
        if (flight := self._flights.get(key)) is not None:
            return flight.join(sink)
        if self._alone.get(key, now) > now:
            return launch(shared, _Marked(sink, b"stagedoor; fwd=bypass"))
        flight = Flight(
            launch=partial(launch, shared),
            may_share=partial(self._may_share, key, rule),
            when_landed=partial(self._land, key, rule),
        )
        seat = flight.begin(sink)
        self._flights[key] = flight
        return seat

    def _serve(self, key: Hashable, kept: _Kept, age: float, now: float, sink: AnswerSink) -> Seat:
        self._kept.move_to_end(key)
        seat = Seat(sink)
        status = (CACHE_STATUS, b"stagedoor; hit; ttl=%d" % int(kept.until - now))
        # Nothing comes to a sink before its caller knows where the answer comes from.
        asyncio.get_running_loop().call_soon(partial(seat.deliver, kept.answer, (b"age", b"%d" % age), status))
        return seat

    def _find(self, key: Hashable, now: float) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is not None and kept.until <= now:
            self._drop(key)
            return None
        return kept

    def _may_share(self, key: Hashable, rule: CacheRule, status: int, headers: Sequence[Header], own: Exchange) -> bool:
        if status in BODILESS:
            return False
        varies = any(name == b"vary" and b"*" in value for name, value in headers)
        is_withheld = rule.heeds_upstream and not NOT_KEPT.isdisjoint(directives(headers))
        # What an upstream tells one visitor to remember was made for that visitor.
        if own.sets_cookies or varies or is_withheld:
            self._alone[key] = self._now() + ALONE_SECONDS
            while len(self._alone) > self._entries_max:
                self._alone.popitem(last=False)
            return False
        return True

    def _land(self, key: Hashable, rule: CacheRule, flight: Flight, answer: WholeAnswer | None) -> bool:
        """Note that a flight is over; returns whether its answer was kept."""
        if self._flights.get(key) is flight:
            del self._flights[key]
        if answer is None or answer.status != 200:
            return False
        lifetime = lifetime_of(answer.headers) if rule.heeds_upstream else None
        seconds = rule.seconds if lifetime is None else min(rule.seconds, lifetime)
        if seconds <= 0 or answer.size > self._bytes_max:
            return False
        now = self._now()
        plain = replace(answer, headers=tuple(pair for pair in answer.headers if pair[0] != b"age"))
        self._drop(key)
        self._kept[key] = _Kept(plain, age_of(answer.headers), now, now + seconds)
        self._bytes += plain.size
        while self._bytes > self._bytes_max or len(self._kept) > self._entries_max:
            self._drop(next(iter(self._kept)))
        return True

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= kept.answer.size


class _Marked:
    """Says on an answer why it did not come from memory."""

    def __init__(self, sink: AnswerSink, status: bytes) -> None:
        self._sink = sink
        self._status = status
        self.write, self.finish, self.fail = sink.write, sink.finish, sink.fail
        self.pause_body, self.resume_body = sink.pause_body, sink.resume_body

    def start(self, status: int, headers: list[Header], content_length: int | None) -> None:
        """Take the head."""
        self._sink.start(status, [*headers, (CACHE_STATUS, self._status)], content_length)


class _Forgetting:
    """Has what was kept of a tenant forgotten before its caller hears that something has changed."""

    def __init__(self, cache: AnswerCache, tenant_id: str, sink: AnswerSink) -> None:
        self._forget = partial(cache.forget, tenant_id)
        self._sink = sink
        self.write, self.finish = sink.write, sink.finish
        self.pause_body, self.resume_body = sink.pause_body, sink.resume_body
        self._forget()

    def start(self, status: int, headers: list[Header], content_length: int | None) -> None:
        """Take the head."""
        self._forget()
        self._sink.start(status, headers, content_length)

    def fail(self, error: StagedoorError) -> None:
        """Take a failure; the change may have happened."""
        self._forget()
        self._sink.fail(error)


def _may_be_shared(onward: Onward) -> bool:
    if onward.method != "GET" or onward.has_body:
        return False
    for name, value in onward.headers:
        # What Connection names is taken out on the way, after the comparison.
        if name in CONDITIONS or (name == b"connection" and value.strip().lower() not in NAMES_NOTHING):
            return False
    return True


def _length(header: Header) -> int:
    return len(header[0]) + len(header[1])


def _sent(onward: Onward) -> tuple[Header, ...]:
    return tuple(
        sorted(
            (pair for pair in onward.headers if pair[0] not in LEFT_OUT and not pair[0].startswith(b"sec-")),
            key=lambda pair: pair[0],
        )
    )


def _key_of(carriage: Carriage, shared: Onward, generation: int) -> Hashable:
    tenant, terms = carriage.tenant, carriage.caller.terms
    token = b"" if shared.token is None else hashlib.sha256(shared.token.reveal().encode()).digest()
    return (
        generation,
        (tenant.organization_id, tenant.tenant_id, tenant.connection_id),
        (shared.base_url, shared.proxy_url, shared.ca_pem, token),
        carriage.base_url,
        (carriage.match.operation.id, shared.path, shared.query, shared.headers),
        carriage.folder,
        (carriage.caller.organization_id, terms.allowances, terms.ceiling, terms.narrowings, carriage.reach),
    )
