"""Counts who uses basic authentication, from where, with what and for what: in memory, written in batches."""

import re
import threading
from datetime import datetime

from stagedoor.identity.attempts import network_of
from stagedoor.identity.legacy_basic import store
from stagedoor.identity.legacy_basic.store import UsePlace
from stagedoor.kit.db import Database

LOGIN = "login"
PLACES_MAX = 10_000
PRODUCT = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
"""The product at the beginning of a User-Agent (RFC 9110 section 10.1.5), without its version."""


class LegacyUses:
    """Count uses; a note costs no store.

    At most 10,000 combinations are held between two writings. What comes on top is counted under the client
    ``other``, so that made-up client names cost no memory and no use goes uncounted.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[UsePlace, tuple[int, datetime, datetime]] = {}
        self._lock = threading.Lock()

    def note(
        self,
        *,
        organization_id: str,
        user_id: str,
        client_address: str,
        user_agent: str,
        operation: str,
        now: datetime,
    ) -> None:
        """Count one use: ``login``, or the id of the operation that was called with the token of a login."""
        network, client = network_of(client_address), client_of(user_agent)
        place = UsePlace(organization_id, user_id, network, client, operation)
        with self._lock:
            if place not in self._pending and len(self._pending) >= PLACES_MAX:
                place = UsePlace(organization_id, user_id, network, "other", operation)
            self._count(place, 1, now, now)

    def flush(self) -> int:
        """Write what was counted since the last time, in a transaction of its own, and return how many uses it was.

        Raises :class:`~stagedoor.kit.errors.StoreUnavailable` with every count kept for the next time.
        """
        with self._lock:
            taken, self._pending = self._pending, {}
        if not taken:
            return 0
        try:
            with self._database.write() as session:
                # In one order everywhere, so that two servers that write at once cannot block each other.
                for place in sorted(taken, key=lambda place: (place.user_id, place.operation, place.network)):
                    count, first_at, last_at = taken[place]
                    store.add_uses(session, place, count=count, first_at=first_at, last_at=last_at)
        except BaseException:
            with self._lock:
                for place, (count, first_at, last_at) in taken.items():
                    self._count(place, count, first_at, last_at)
            raise
        return sum(count for count, _, _ in taken.values())

    def _count(self, place: UsePlace, count: int, first_at: datetime, last_at: datetime) -> None:
        before = self._pending.get(place)
        if before is None:
            self._pending[place] = (count, first_at, last_at)
        else:
            self._pending[place] = (before[0] + count, min(before[1], first_at), max(before[2], last_at))


def client_of(user_agent: str) -> str:
    """Return the product that a User-Agent names first, ``unknown`` where it names none."""
    product = PRODUCT.match(user_agent)
    return product.group() if product else "unknown"
