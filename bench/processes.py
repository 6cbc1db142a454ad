"""What processes take, read from ``/proc``: a process and whatever it has started, together."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """The fields of ``/proc/<pid>/stat`` that matter here."""

    parent: int
    cpu_seconds: float


def read_stat(text: str) -> ProcessStat:
    """Read the one line of ``/proc/<pid>/stat``; the times are those of all threads of the process."""
    # The second field is the command's name in brackets, which may hold spaces and brackets.
    fields = text.rpartition(")")[2].split()
    return ProcessStat(parent=int(fields[1]), cpu_seconds=(int(fields[11]) + int(fields[12])) / CLOCK_TICKS)


def read_megabytes(text: str, field: str) -> float:
    """Return a field that ``/proc`` gives in kB, such as ``VmRSS``, in millions of bytes."""
    line = next(line for line in text.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024 / 1e6


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """Some processes and their living descendants."""

    roots: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Return the processor time that all of them took so far."""
        return sum(stat.cpu_seconds for _, stat in self._members())

    def resident_mb(self) -> float:
        """Return the memory that they hold; a page that two of them share counts twice."""
        return sum(read_megabytes((PROC / str(pid) / "status").read_text(), "VmRSS") for pid, _ in self._members())

    def proportional_mb(self) -> float:
        """Return the memory that they hold; a page that several processes share counts once between them."""
        return sum(read_megabytes((PROC / str(pid) / "smaps_rollup").read_text(), "Pss") for pid, _ in self._members())

    def _members(self) -> Iterator[tuple[int, ProcessStat]]:
        stats = _read_all_stats()
        waiting = [pid for pid in self.roots if pid in stats]
        while waiting:
            pid = waiting.pop()
            yield pid, stats[pid]
            waiting += [child for child, stat in stats.items() if stat.parent == pid]


def _read_all_stats() -> dict[int, ProcessStat]:
    stats: dict[int, ProcessStat] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = read_stat((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                # It ended since the directory was listed.
                continue
    return stats
