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
    """

    def __init__(self, path: Path, size: int) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self:
                missing = size - os.fstat(self._descriptor).st_size
                if missing > 0:
                    # Written and not left as a hole: a page that finds no room on a full disk ends the process.
                    os.pwrite(self._descriptor, bytes(missing), size - missing)
            self.memory = mmap.mmap(self._descriptor, size)
        except OSError as failure:
            os.close(self._descriptor)
            raise StoreUnavailable(internal=f"no room for what the workers share: {failure}") from failure

    def __enter__(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Take part no longer."""
        self.memory.close()
        os.close(self._descriptor)

    def _wait(self) -> None:
        end = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            time.sleep(0)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise StoreUnavailable(internal="another worker holds what the workers share") from None
            else:
                return
