"""A process with bounds on time, memory and files, in a group of its own that ends with it."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from stagedoor.kit.clock import Clock

MEBIBYTE = 1024 * 1024
LINES_AT_ONCE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a process may use: time in all, memory of each process, and the size of any file it writes."""

    seconds: float = 3600
    memory_mebibytes: int = 4096
    file_mebibytes: int = 1024


class BoundedProcess:
    """One running command; what it prints goes to a file, from which :meth:`read_lines` reads on."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        environment: Mapping[str, str],
        output: Path,
        bounds: Bounds,
        clock: Clock,
        log: Path | None = None,
    ) -> None:
        """Start it; raises ``OSError`` if there is no such command. ``log`` is a file that it may write lines to."""
        self._tails = [_Tail(output), *([] if log is None else [_Tail(log)])]
        self._clock = clock
        self._ends_at: datetime = clock.now() + timedelta(seconds=bounds.seconds)
        with output.open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603  # running what was published is what a robot is for
                list(command),
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: _bound(bounds),
            )

    @property
    def is_overdue(self) -> bool:
        """Tell whether it ran for longer than it may."""
        return self._clock.now() >= self._ends_at

    def poll(self) -> int | None:
        """Return its exit code, or ``None`` while it runs; what it started ends with it."""
        was_running = self._process.returncode is None
        code = self._process.poll()
        if code is not None and was_running:
            self._signal(signal.SIGKILL)
        return code

    def ask_to_end(self) -> None:
        """Ask the whole group to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group and wait for it."""
        if self.poll() is None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def read_lines(self, *, to_the_end: bool = False) -> list[str]:
        """Return the whole lines that it printed since the last call, ``to_the_end`` with an unfinished one."""
        return [line for tail in self._tails for line in tail.read_lines(to_the_end=to_the_end)]

    def _signal(self, number: signal.Signals) -> None:
        # The group may be gone, or never have had a second member.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


class _Tail:
    """A file that grows, read on from where it was read to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._rest = b""

    def read_lines(self, *, to_the_end: bool) -> list[str]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                piece = file.read(LINES_AT_ONCE_BYTES)
        except FileNotFoundError:
            return []
        self._read += len(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if to_the_end or len(self._rest) > LINES_AT_ONCE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return [text for line in lines if (text := line.decode(errors="replace").rstrip())]


def _bound(bounds: Bounds) -> None:
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, bounds.memory_mebibytes * MEBIBYTE),
        (resource.RLIMIT_FSIZE, bounds.file_mebibytes * MEBIBYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
