"""What is read of processes."""

import os
import subprocess
import sys

import pytest
from bench.processes import CLOCK_TICKS, ProcessTree, read_megabytes, read_stat

SLEEPER = "import sys; print('up', flush=True); sys.stdin.read()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"


def stat_line(name: str) -> str:
    fields = ["S", "17", *["0"] * 9, "300", "50", *["0"] * 20]
    return f"4711 ({name}) {' '.join(fields)}\n"


@pytest.mark.parametrize("name", ["nginx", "tmux: server", "odd ) (name"])
def test_a_stat_line_is_read_whatever_the_command_is_called(name: str) -> None:
    stat = read_stat(stat_line(name))
    assert stat.parent == 17
    assert stat.cpu_seconds == 350 / CLOCK_TICKS


def test_memory_is_told_in_millions_of_bytes() -> None:
    assert read_megabytes("Rss:   9 kB\nPss:   2000 kB\nPss_Anon: 7 kB\n", "Pss") == 2.048


def test_a_process_and_what_it_started_count_together() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        tree = ProcessTree((parent.pid,))
        assert tree.cpu_seconds() > 0
        both, shared_once = tree.resident_mb(), tree.proportional_mb()
        parent.communicate(b"")
    assert shared_once < both
    assert tree.cpu_seconds() == 0


def test_this_process_has_memory() -> None:
    assert ProcessTree((os.getpid(),)).resident_mb() > 1
