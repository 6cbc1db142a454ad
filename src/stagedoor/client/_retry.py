"""When to send a read again, and how long to wait first."""

from dataclasses import dataclass

import httpx2

from stagedoor.client._errors import retry_after_of
from stagedoor.kit.chance import Chance

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PASSING_STATUSES = frozenset({429, 502, 503, 504})
# A read that timed out is left out: whoever set a timeout wants an answer by then, not three times as late.
PASSING_FAULTS = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ReadError, httpx2.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a read is sent and how long the pauses may be.

    A write is sent once, whatever happens: a job must never start twice. Pauses double from ``first_pause_seconds``
    with up to half of each taken off by chance, so that many callers do not come back in step; a whole number in
    ``Retry-After`` is obeyed instead, and when it asks for more than ``pause_seconds_max`` the answer is final.
    """

    attempts_max: int = 4
    first_pause_seconds: float = 0.5
    pause_seconds_max: float = 30.0

    def pause_after_answer(self, response: httpx2.Response, attempt: int, chance: Chance) -> float | None:
        """Return the seconds to wait before trying again, ``None`` when this answer is final."""
        if response.status_code not in PASSING_STATUSES or not self._may_repeat(response.request, attempt):
            return None
        asked = retry_after_of(response)
        if asked is None:
            return self._own_pause(attempt, chance)
        return float(asked) if asked <= self.pause_seconds_max else None

    def pause_after_fault(
        self, request: httpx2.Request, fault: httpx2.TransportError, attempt: int, chance: Chance
    ) -> float | None:
        """Return the seconds to wait before trying again, ``None`` when this fault is final."""
        if not isinstance(fault, PASSING_FAULTS) or not self._may_repeat(request, attempt):
            return None
        return self._own_pause(attempt, chance)

    def _may_repeat(self, request: httpx2.Request, attempt: int) -> bool:
        return request.method in READ_METHODS and attempt < self.attempts_max

    def _own_pause(self, attempt: int, chance: Chance) -> float:
        whole = min(self.first_pause_seconds * 2 ** (attempt - 1), self.pause_seconds_max)
        return float(whole * (1 - chance.random_bytes(1)[0] / 512))
