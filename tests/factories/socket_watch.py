"""Watch which addresses a process and its children go to, below every library that could do it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("socket_watch.c")


def can_watch() -> bool:
    """Tell whether this system can: it takes Linux, and a C compiler, which is installed with what the tests need."""
    return sys.platform == "linux"


@dataclass(frozen=True)
class SocketWatch:
    """What was noted so far. ``environment`` is for the process that is to be watched."""

    library: Path
    notes: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "SOCKET_WATCH": str(self.notes)}

    def seen(self) -> set[tuple[str, str, int]]:
        """Return what was done (``connect``, ``send`` or ``look-up``), with which address or name, and which port."""
        if not self.notes.exists():
            return set()
        lines = (line.split() for line in self.notes.read_text().splitlines())
        return {(what, where, int(port)) for what, where, port in lines}


def socket_watch(directory: Path) -> SocketWatch:
    """Build the watch."""
    library = directory / "socket_watch.so"
    compiled = subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stderr
    return SocketWatch(library, directory / "sockets.txt")
