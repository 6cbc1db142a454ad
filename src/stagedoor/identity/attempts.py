"""How often a password may be tried: few times for one user from one network, more for a network as a whole."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import ClassVar

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.networks import find_address, parse_network

PLACES_MAX = 50_000
BURST_MIN = 3


class TooManyAttempts(StagedoorError):
    """Too many wrong passwords came from here; right or wrong, the next one is not looked at yet (RFC 6585)."""

    code = "too_many_attempts"
    status = 429
    public = "Too many failed attempts to log in."
    hint = "Wait as long as Retry-After says. If a script does this, its password is wrong: stop it first."
    error_code: ClassVar[int] = 0

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)})


def network_of(client_address: str) -> str:
    """Return the network that an address belongs to: /24 for IPv4, /64 for IPv6, what one caller usually controls.

    What is no address (a Unix socket, a test) stands for itself.
    """
    address = find_address(client_address)
    if address is None:
        return client_address[:64] or "unknown"
    return str(parse_network(f"{address}/{24 if address.version == 4 else 64}"))


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many attempts at once, and how many seconds until one more."""

    burst: int
    seconds_each: float

    def part_of(self, workers: int) -> "Allowance":
        """Return what each of so many may allow, so that together they allow this."""
        if workers == 1:
            return self
        return Allowance(min(self.burst, max(BURST_MIN, self.burst // workers)), self.seconds_each * workers)


PER_USER = Allowance(burst=10, seconds_each=30)
PER_NETWORK = Allowance(burst=100, seconds_each=3)


class AttemptLimits:
    """Count attempts in memory. An attempt is paid for before the password is checked and given back if it was right.

    Paying first means that a thousand attempts at the same time are a thousand, not one. At most 50,000 places are
    remembered, the longest unused are forgotten first; the network's own count stands in for those.

    Of several ``workers`` each counts for itself, and allows its part: somebody who meets all of them has as many
    attempts as with one, and somebody on one connection has fewer, but never less than three at once.
    """

    def __init__(
        self, per_user: Allowance = PER_USER, per_network: Allowance = PER_NETWORK, *, workers: int = 1
    ) -> None:
        self._per_user = per_user.part_of(workers)
        self._per_network = per_network.part_of(workers)
        self._buckets: OrderedDict[tuple[str, ...], _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def pay(self, user: str, client_address: str, now: datetime) -> None:
        """Take one attempt for this user from this network; raises :class:`TooManyAttempts` when there is none."""
        network = network_of(client_address)
        with self._lock:
            buckets = [
                (self._filled((network,), self._per_network, now), self._per_network),
                (self._filled((network, user.lower()), self._per_user, now), self._per_user),
            ]
            waits = [(1 - bucket.tokens) * allowance.seconds_each for bucket, allowance in buckets if bucket.tokens < 1]
            if waits:
                raise TooManyAttempts(max(1, ceil(max(waits))))
            for bucket, _ in buckets:
                bucket.tokens -= 1

    def give_back(self, user: str, client_address: str, now: datetime) -> None:
        """Return the attempt of someone whose password was right."""
        network = network_of(client_address)
        with self._lock:
            for place, allowance in (((network,), self._per_network), ((network, user.lower()), self._per_user)):
                bucket = self._filled(place, allowance, now)
                bucket.tokens = min(allowance.burst, bucket.tokens + 1)

    def _filled(self, place: tuple[str, ...], allowance: Allowance, now: datetime) -> _Bucket:
        bucket = self._buckets.get(place)
        if bucket is None:
            bucket = self._buckets[place] = _Bucket(allowance.burst, now)
            if len(self._buckets) > PLACES_MAX:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(place)
            passed = max(0.0, (now - bucket.filled_at).total_seconds())
            bucket.tokens = min(allowance.burst, bucket.tokens + passed / allowance.seconds_each)
            bucket.filled_at = now
        return bucket
