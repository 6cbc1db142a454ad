"""Taking turns among the processes of one machine.

SQLite has one writer at a time and no queue: who waits for it sleeps and looks again, up to a tenth of a second later,
and a process whose threads write one after the other can keep another one waiting for seconds.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_AGAIN_SECONDS = 0.0005
"""A lock on a file cannot be waited for with a bound, so that it is looked at again and again."""


class TurnNotTaken(Exception):
    """Nobody gave way in time."""


class Turns:
    """A turnstile of two locked files beside ``path``, ended by the system with the process that holds them.

    Who wants the turn first gets in line, and stays at its head until the turn is free. There is room for one at the
    head, so that whoever had the last turn cannot have the next one while somebody else waits for it. Threads of one
    process must not take turns at the same time.
    """

    def __init__(self, path: Path) -> None:
        self._line = _open_private(path.with_name(path.name + "-line"))
        self._turn = _open_private(path.with_name(path.name + "-turn"))

    @contextmanager
    def take(self, *, seconds_max: float) -> Iterator[None]:
        """Hold the turn inside the block; raises :class:`TurnNotTaken` when it is not free for so long."""
        end = time.monotonic() + seconds_max
        _lock(self._line, end)
        try:
            _lock(self._turn, end)
        finally:
            fcntl.flock(self._line, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Take part no longer."""
        os.close(self._line)
        os.close(self._turn)


def _open_private(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, end: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise TurnNotTaken from None
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return
