"""When keys and tokens were last used: noted in memory on each request, written to the store in batches."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime


class LastUses:
    """The latest use of each credential since the last writing. A note costs a dictionary entry and no store."""

    def __init__(self) -> None:
        self._pending: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, credential_id: str, at: datetime) -> None:
        """Remember that a credential was used."""
        with self._lock:
            self._pending[credential_id] = at

    @contextmanager
    def taken(self) -> Iterator[Mapping[str, datetime]]:
        """Hand out what is pending; give it back when the block raises, so that a full disk loses no note."""
        with self._lock:
            pending, self._pending = self._pending, {}
        try:
            yield pending
        except BaseException:
            with self._lock:
                # What was noted meanwhile is newer.
                self._pending = pending | self._pending
            raise
