"""A file of fixed size as memory that the processes of one machine share.

What is written stays when a process is killed and when the server starts anew; after a loss of power it is as old as
what the system had written to the disk by then, half a minute or so.
"""

import fcntl
import mmap
import os
import time
from pathlib import Path
from types import TracebackType

from stagedoor.kit.errors import StoreUnavailable

WAIT_SECONDS_MAX = 0.5
"""Whoever holds the lock does so for microseconds, unless the system lets it rest in the middle or somebody stopped
it. So long is waited for the first; the second must not stop everybody."""


class SharedFile:
    """Memory to be read and written inside a ``with`` block, one process at a time.

    The lock ends with the process that holds it. Threads of one process must not use one object at the same time.
    Raises :class:`~stagedoor.kit.errors.StoreUnavailable` where the disk has no room for it.

    A process that ``expects_nobody`` keeps the lock between its blocks, which spares it two system calls for each,
    until somebody waits for it: who does writes into the byte at ``knock_at``. From then on it is taken and given back
    each time. :meth:`give_way` is to be called several times a second by a process that may be idle meanwhile.
    """

    def __init__(self, path: Path, size: int, *, knock_at: int | None = None, expects_nobody: bool = False) -> None:
        self._knock_at: int | None = None
        self._is_kept = self._keeps_lock = False
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if self._missing(size) > 0:
                with self:
                    # Written and not left as a hole: a page that finds no room on a full disk ends the process.
                    missing = self._missing(size)
                    os.pwrite(self._descriptor, bytes(missing), size - missing)
            self.memory = mmap.mmap(self._descriptor, size)
        except OSError as failure:
            os.close(self._descriptor)
            raise StoreUnavailable(internal=f"no room for what the workers share: {failure}") from failure
        self._knock_at = knock_at
        if knock_at is not None and expects_nobody:
            with self:
                self.memory[knock_at] = 0
            self._keeps_lock = True

    def __enter__(self) -> None:
        if self._is_kept:
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeps_lock and not self._is_knocked():
            self._is_kept = True
        else:
            self._let_go()

    def give_way(self) -> None:
        """Let go of a lock that is kept where somebody waits for it; not inside a block."""
        if self._is_kept and self._is_knocked():
            self._let_go()

    def close(self) -> None:
        """Take part no longer."""
        self.memory.close()
        os.close(self._descriptor)

    def _missing(self, size: int) -> int:
        return size - os.fstat(self._descriptor).st_size

    def _is_knocked(self) -> bool:
        return self._knock_at is not None and self.memory[self._knock_at] != 0

    def _let_go(self) -> None:
        self._is_kept = self._keeps_lock = False
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _wait(self) -> None:
        end = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            if self._knock_at is not None:
                self.memory[self._knock_at] = 1
            time.sleep(0)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise StoreUnavailable(internal="another worker holds what the workers share") from None
            else:
                return
