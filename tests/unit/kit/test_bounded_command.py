"""Another program is run for its output, within its bounds, and nothing of it is left behind."""

import os
import sys
from pathlib import Path

import pytest
from tests.factories.patience import eventually

from stagedoor.kit.bounded_command import CommandNotDone, CommandOutput, run_bounded


def run(code: str, *, seconds_max: float = 20, bytes_max: int = 1000) -> CommandOutput:
    return run_bounded(
        [sys.executable, "-c", code], seconds_max=seconds_max, bytes_max=bytes_max, environment={"SAID": "hello"}
    )


def test_what_it_wrote_and_how_it_ended_comes_back() -> None:
    done = run("import os, sys; print(os.environ['SAID']); print('oh', file=sys.stderr); sys.exit(3)")
    assert done == CommandOutput(3, b"hello\n", b"oh\n")


def test_it_has_nothing_to_read_and_no_shell() -> None:
    assert run("import sys; print(repr(sys.stdin.read()))").out == b"''\n"
    done = run_bounded(["echo", "$SAID; echo no"], seconds_max=20, bytes_max=1000, environment={"SAID": "hello"})
    assert done.out == b"$SAID; echo no\n"


def test_too_much_output_ends_it() -> None:
    with pytest.raises(CommandNotDone, match="more than 1000 bytes"):
        run("while True: print('x' * 1000)")


def test_errors_without_end_are_cut_and_do_not_hold_it_up() -> None:
    done = run("import sys; sys.stderr.write('x' * 1_000_000); print('done')")
    assert (done.out, len(done.err)) == (b"done\n", 1000)


def test_taking_too_long_ends_it_with_all_that_it_started(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(noted)!r}, "w").write(str(child.pid))
time.sleep(600)
"""
    with pytest.raises(CommandNotDone, match="did not end within 1 seconds"):
        run(code, seconds_max=1)
    child = int(noted.read_text())
    eventually(lambda: has_ended(child), bool)


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # What nobody waits for stays in the list of processes; where there is no init, for good.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("words", [["/no/such/program"], ["/etc/passwd"], ["a\0b"]])
def test_what_cannot_be_started_is_told(words: list[str]) -> None:
    with pytest.raises(CommandNotDone, match="could not be started"):
        run_bounded(words, seconds_max=20, bytes_max=1000, environment={})
