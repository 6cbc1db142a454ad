"""Memory that the workers of one server share, so that each sees at once that another has changed something.

Workers hold keys, users and folders in memory and hear of changes through the store, several times a second. Whoever
makes a key at one worker and uses it a moment later meets another one, so a moment is too long: a worker puts up its
mark when a change is committed, before the answer goes out, and each looks at the others' marks before it judges.
"""

import mmap
import os
import struct
from tempfile import TemporaryFile

_MARK = struct.Struct("=Q")


class ChangeMarks:
    """One number for each worker, which that worker alone counts up. Looking costs less than a microsecond."""

    def __init__(self, descriptor: int, *, own: int) -> None:
        """Take part in the memory behind ``descriptor``; ``own`` is the place of this worker, which no other has."""
        self._memory = mmap.mmap(descriptor, 0)
        self._start = own * _MARK.size
        self._end = self._start + _MARK.size

    def put_up(self) -> None:
        """Tell the others that something was committed."""
        (count,) = _MARK.unpack_from(self._memory, self._start)
        _MARK.pack_into(self._memory, self._start, count + 1)

    def of_others(self) -> bytes:
        """Return all marks but our own: different from the last time if anybody changed something."""
        return self._memory[: self._start] + self._memory[self._end :]


def make_memory(places: int) -> int:
    """Return a descriptor of memory for the marks of so many workers; whoever inherits it shares it."""
    with TemporaryFile() as file:
        file.truncate(places * _MARK.size)
        return os.dup(file.fileno())
