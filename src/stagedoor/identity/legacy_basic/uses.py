"""Counts who uses basic authentication, from where, with what and for what: in memory, written in batches."""

import re
import threading
from dataclasses import astuple
from datetime import datetime

from stagedoor.identity.attempts import network_of
from stagedoor.identity.legacy_basic import store
from stagedoor.identity.legacy_basic.store import UsePlace, UseSum
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
        self._pending: dict[UsePlace, UseSum] = {}
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
            self._add(place, UseSum(1, now, now))

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
                # In one order everywhere, so that two servers that write at once do not wait for each other in a ring.
                store.add_uses(session, {place: taken[place] for place in sorted(taken, key=astuple)})
        except BaseException:
            with self._lock:
                for place, added in taken.items():
                    self._add(place, added)
            raise
        return sum(added.count for added in taken.values())

    def _add(self, place: UsePlace, added: UseSum) -> None:
        before = self._pending.get(place, added)
        self._pending[place] = UseSum(
            count=added.count if before is added else before.count + added.count,
            first_at=min(before.first_at, added.first_at),
            last_at=max(before.last_at, added.last_at),
        )


def client_of(user_agent: str) -> str:
    """Return the product that a User-Agent names first, ``unknown`` where it names none."""
    product = PRODUCT.match(user_agent)
    return product.group() if product else "unknown"
