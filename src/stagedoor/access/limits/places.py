"""Which process is alive, known at once and without a lease: each holds a lock that the system takes from the dead."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from stagedoor.kit.errors import StoreUnavailable

PLACES = 48


class Places:
    """Numbered places for the processes that share a directory, each held by one of them for as long as it lives."""

    def __init__(self, directory: Path) -> None:
        """Take the first free place. Raises :class:`~stagedoor.kit.errors.StoreUnavailable` where there is none."""
        self._directory = directory
        self._descriptors: dict[int, int] = {}
        for place in range(PLACES):
            if self._lock(place):
                self.own = place
                return
        self.close()
        raise StoreUnavailable(internal=f"more than {PLACES} processes share {directory}")

    def is_alive(self, place: int) -> bool:
        """Tell whether a process holds the place."""
        if place == self.own:
            return True
        if not self._lock(place):
            return True
        fcntl.flock(self._descriptors[place], fcntl.LOCK_UN)
        return False

    def close(self) -> None:
        """Leave the place."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    def _lock(self, place: int) -> bool:
        if place not in self._descriptors:
            path = self._directory / f"place-{place}"
            self._descriptors[place] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(self._descriptors[place], fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
