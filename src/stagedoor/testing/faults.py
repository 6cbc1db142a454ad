"""What a test orders to go wrong: for which requests, how, how often."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from math import ceil
from random import Random
from threading import Lock

from stagedoor.access.limits.upstream_budgets import LIST_OPERATIONS

TOO_MANY = 429
TOKEN_ENDPOINTS = ("/identity_/connect/token", "/oauth/token")
LISTS_PER_MINUTE = 100
NO_TIME = timedelta(0)


class Lost(StrEnum):
    """What of an exchange never arrives."""

    REQUEST = "request"
    """The connection ends before anything is done."""
    ANSWER = "answer"
    """It is done, and the connection ends before anything is said."""
    HALF_THE_ANSWER = "half the answer"
    """It is done, and the connection ends in the middle of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as faults look at it: the operation it is, its path without organization and tenant, its credential."""

    operation_id: str | None
    path: str
    credential: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What happens to one request; the default is nothing."""

    status: int | None = None
    retry_after: int | None = None
    latency: timedelta = NO_TIME
    real_latency: timedelta = NO_TIME
    lost: Lost | None = None


@dataclass(slots=True)
class Fault:
    """One order. ``taken`` is how many requests have met it."""

    routes: tuple[str, ...]
    credential: str | None
    effect: Effect
    times: int | None
    probability: float
    taken: int = 0

    def is_for(self, asked: Asked) -> bool:
        """Tell whether it is meant for this request."""
        if self.credential is not None and self.credential != asked.credential:
            return False
        return _is_named(asked, self.routes)


@dataclass(slots=True)
class _RateLimit:
    routes: tuple[str, ...]
    credential: str | None
    requests: int
    per: timedelta
    began_at: datetime | None = None
    counted: int = 0


class Faults:
    """The orders of one test. Of several that are meant for a request the newest that is not used up is taken."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Take every order away, and begin the chance of the next ones anew."""
        with self._lock:
            self._faults: list[Fault] = []
            self._rate_limits: list[_RateLimit] = []
            self._expired: set[str] = set()
            self._random = Random(self._seed)  # noqa: S311  # predictable on purpose, for tests

    @property
    def count(self) -> int:
        """How many orders there are, rates and expired credentials among them."""
        return len(self._faults) + len(self._rate_limits) + len(self._expired)

    def add(
        self,
        *routes: str,
        status: int | None = None,
        retry_after: int | None = None,
        latency: timedelta = NO_TIME,
        real_latency: timedelta = NO_TIME,
        lost: Lost | str | None = None,
        key: str | None = None,
        times: int | None = None,
        probability: float = 1.0,
    ) -> Fault:
        """Order something to go wrong.

        ``routes`` are operation ids such as ``Jobs_Get`` or paths such as ``/identity_/connect/token``, with ``*`` for
        anything, in any letter case; none stands for every route. ``status`` is answered instead of doing anything,
        with ``retry_after`` in seconds if given; ``latency`` passes on the test's clock and ``real_latency`` outside;
        ``lost`` is one of ``request``, ``answer`` and ``half the answer``. ``key`` limits it to requests with that
        credential, ``times`` to so many requests, ``probability`` to a part of them, drawn from the test's seed.

        Raises ``ValueError`` for an order without effect or out of bounds.
        """
        effect = Effect(
            status=status,
            retry_after=retry_after,
            latency=latency,
            real_latency=real_latency,
            lost=None if lost is None else Lost(lost),
        )
        if effect == Effect(retry_after=retry_after):
            raise ValueError("say what goes wrong: status, latency, real_latency or lost")
        if status is not None and not 400 <= status <= 599:
            raise ValueError(f"{status} is no status of an error; give one from 400 to 599")
        if not 0 <= probability <= 1 or min(latency, real_latency) < NO_TIME or (times is not None and times < 1):
            raise ValueError("probability lies between 0 and 1, latency is not negative, times is at least 1")
        fault = Fault(_lowered(routes), key, effect, times, probability)
        with self._lock:
            self._faults.insert(0, fault)
        return fault

    def limit_rate(
        self,
        *routes: str,
        requests: int = LISTS_PER_MINUTE,
        per: timedelta = timedelta(minutes=1),
        key: str | None = None,
    ) -> None:
        """Answer 429 with ``Retry-After`` to what exceeds a rate, reckoned on the test's clock.

        Without routes and numbers it is the vendor's own limit: 100 lists of jobs and queue items in a minute.
        """
        if requests < 1 or per <= NO_TIME:
            raise ValueError("a rate is at least one request in more than no time")
        with self._lock:
            self._rate_limits.append(_RateLimit(_lowered(routes or sorted(LIST_OPERATIONS)), key, requests, per))

    def lose_token_answer(self, times: int = 1) -> Fault:
        """Let the next token be issued and its answer never arrive."""
        return self.add(*TOKEN_ENDPOINTS, lost=Lost.ANSWER, times=times)

    def expire(self, credential: str) -> None:
        """Have a token or an access key refused as one whose time is over, from the next request on."""
        with self._lock:
            self._expired.add(credential)

    def is_expired(self, credential: str | None) -> bool:
        """Tell whether a credential is refused as expired."""
        return credential is not None and credential in self._expired

    def take(self, asked: Asked, now: datetime) -> Effect | None:
        """Return what happens to a request, and count it; ``None`` for nothing."""
        with self._lock:
            for limit in self._rate_limits:
                seconds = _seconds_too_early(limit, asked, now)
                if seconds:
                    return Effect(status=TOO_MANY, retry_after=seconds)
            for fault in self._faults:
                if (fault.times is None or fault.taken < fault.times) and fault.is_for(asked):
                    if fault.probability < 1 and self._random.random() >= fault.probability:
                        continue
                    fault.taken += 1
                    return fault.effect
        return None


def credential_in(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the credential of a request: a bearer token, an ``X-API-Key``, or the password of HTTP Basic."""
    for name, value in headers:
        text = value.decode("latin-1").strip()
        if name == b"x-api-key":
            return text
        if name == b"authorization":
            scheme, _, word = text.partition(" ")
            if scheme.lower() != "basic":
                return word.strip()
            try:
                return b64decode(word, validate=True).decode().partition(":")[2]
            except (NotBase64, UnicodeDecodeError):
                return None
    return None


def _seconds_too_early(limit: _RateLimit, asked: Asked, now: datetime) -> int:
    if (limit.credential is not None and limit.credential != asked.credential) or not _is_named(asked, limit.routes):
        return 0
    if limit.began_at is None or now >= limit.began_at + limit.per:
        limit.began_at, limit.counted = now, 0
    limit.counted += 1
    if limit.counted <= limit.requests:
        return 0
    return max(1, ceil((limit.began_at + limit.per - now).total_seconds()))


def _is_named(asked: Asked, routes: tuple[str, ...]) -> bool:
    names = (asked.operation_id.lower() if asked.operation_id else "", asked.path.lower())
    return not routes or any(fnmatchcase(name, route) for route in routes for name in names)


def _lowered(routes: Iterable[str]) -> tuple[str, ...]:
    return tuple(route.lower() for route in routes)
