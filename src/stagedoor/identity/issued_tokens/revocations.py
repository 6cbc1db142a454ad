"""What ended before its time, in memory."""

import threading
from datetime import datetime, timedelta

from stagedoor.identity.issued_tokens import store
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database

REMEMBERED_FOR = timedelta(hours=25)
"""No access token lives longer than 24 hours; after that its own end refuses it."""


class Revocations:
    """Tell whether a token or a family was revoked; renewed by topic ``token``, whose ref is the id of either."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._forget_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("token",), self._add)

    def load(self) -> None:
        """Read what is revoked and would otherwise be good."""
        with self._database.read() as session:
            rows = store.live_revocations(session, self._clock.now())
        with self._lock:
            self._forget_at.update(rows)

    def forget_outlived(self) -> None:
        """Drop what would be refused for its age anyway."""
        now = self._clock.now()
        with self._lock:
            self._forget_at = {ref: moment for ref, moment in self._forget_at.items() if moment > now}

    def holds(self, token_id: str, family_id: str | None) -> bool:
        """Tell whether the token or its family was revoked."""
        return token_id in self._forget_at or family_id in self._forget_at

    def _add(self, changes: tuple[Change, ...]) -> None:
        forget_at = self._clock.now() + REMEMBERED_FOR
        with self._lock:
            self._forget_at.update((change.ref, forget_at) for change in changes)
