"""A program runs within its bounds, in a group that ends with it, and what it leaves is its job's outcome."""

import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from tests.factories.patience import eventually
from tests.factories.wire import NOON

from stagedoor.cli.robot import environment, run
from stagedoor.cli.robot.environment import Environments
from stagedoor.cli.robot.errors import CannotRun
from stagedoor.cli.robot.package import Project
from stagedoor.cli.robot.process import Bounds
from stagedoor.cli.robot.run import Outcome, Watch, run_project
from stagedoor.kit.clock import HeldClock, SystemClock

JOB = {"JobKey": "1", "EntryPointPath": "main", "InputArguments": '{"a": 1}', "EnvironmentVariables": "GREETING=hi\n=x"}


def words_of(pid: int) -> bytes:
    """Return the words that a process was started with; one that has ended has none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class Floor:
    """Where a program runs: its project, what it said, and orders that come after so many looks."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.content = directory / "content"
        self.content.mkdir()
        self.said: list[str] = []
        self.orders: list[str] = []
        self.clock = HeldClock(NOON)
        self._monkeypatch = monkeypatch

    def run(self, program: str, *, bounds: Bounds | None = None, tick: Callable[[], None] | None = None) -> Outcome:
        # The program stands in for the vendor's command, which finds the same arguments.
        self._monkeypatch.setattr(run, "UIPATH", program)

        def wait(_: float) -> None:
            sleep(0.01)
            if tick is not None:
                tick()

        watch = Watch(
            say=self.said.extend,
            find_order=lambda: self.orders.pop(0) if self.orders else None,
            sleep=wait,
            clock=self.clock,
        )
        project = Project(self.content, ())
        return run_project(Path(sys.executable), project, JOB, {"MORE": "1"}, bounds or Bounds(), watch)


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Floor:
    return Floor(tmp_path, monkeypatch)


WRITE = "import json, sys; i = sys.argv.index; name = sys.argv[sys.argv.index('--output-file') + 1]; "


class TestEndings:
    def test_what_it_writes_is_the_output(self, floor: Floor) -> None:
        outcome = floor.run(WRITE + "open(name, 'w').write('{\"b\": 2}'); print('one'); print('two', end='')")
        assert outcome == Outcome("Successful", output='{"b": 2}')
        assert floor.said == ["one", "two"]

    def test_it_finds_its_input_and_its_variables_and_no_others(
        self, floor: Floor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STAGEDOOR_KEY", "canary")
        floor.run("import os, sys; print(sys.argv[1:]); print(open('job-input.json').read()); print(dict(os.environ))")
        assert "'run', 'main'" in floor.said[0]
        assert floor.said[1] == '{"a": 1}'
        assert ("canary" in floor.said[2], "'GREETING': 'hi'" in floor.said[2], "'MORE': '1'" in floor.said[2]) == (
            False,
            True,
            True,
        )

    @pytest.mark.parametrize(("written", "output"), [("7", '{"output": 7}'), ("{}", "{}")])
    def test_output_is_an_object_always(self, floor: Floor, written: str, output: str) -> None:
        assert floor.run(WRITE + f"open(name, 'w').write('{written}')").output == output

    def test_no_output_is_an_empty_one(self, floor: Floor) -> None:
        assert floor.run("pass") == Outcome("Successful", output="{}")

    def test_output_that_is_no_json_or_too_long_is_a_fault(self, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
        assert floor.run(WRITE + "open(name, 'w').write('{')").state == "Faulted"
        monkeypatch.setattr(run, "OUTPUT_BYTES_MAX", 3)
        assert floor.run(WRITE + "open(name, 'w').write('12345')").state == "Faulted"

    def test_the_last_lines_say_what_went_wrong(self, floor: Floor) -> None:
        outcome = floor.run("raise ValueError('no such invoice')")
        assert outcome.state == "Faulted"
        assert "no such invoice" in (outcome.info or "")
        assert "exit code 3" in (floor.run("raise SystemExit(3)").info or "")


class TestBounds:
    def test_time(self, floor: Floor) -> None:
        outcome = floor.run("import time; time.sleep(60)", tick=lambda: floor.clock.advance(timedelta(minutes=30)))
        assert outcome.state == "Faulted"
        assert "3600 seconds" in (outcome.info or "")

    def test_memory(self, floor: Floor) -> None:
        outcome = floor.run("bytearray(600 * 1024 * 1024)", bounds=Bounds(memory_mebibytes=300))
        assert "MemoryError" in (outcome.info or "")

    def test_files(self, floor: Floor) -> None:
        outcome = floor.run("open('x', 'wb').write(bytes(3 * 1024 * 1024))", bounds=Bounds(file_mebibytes=1))
        assert outcome.state == "Faulted"
        assert (floor.content / "x").stat().st_size <= 1024 * 1024

    def test_what_it_started_ends_with_it(self, floor: Floor) -> None:
        child = "import time; time.sleep(600)"
        floor.run(f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid)")
        pid = int(floor.said[0])
        eventually(lambda: words_of(pid), lambda words: words == b"", seconds_max=10)


class TestStopping:
    def test_a_soft_stop_asks_first(self, floor: Floor) -> None:
        goodbye = "lambda *_: (print('bye', flush=True), sys.exit())"
        program = f"import signal, sys, time; signal.signal(signal.SIGTERM, {goodbye}); print('on', flush=True);"

        def order_once_it_listens() -> None:
            if floor.said == ["on"] and not floor.orders:
                floor.orders = ["SoftStop"]

        assert floor.run(program + "time.sleep(60)", tick=order_once_it_listens).state == "Stopped"
        assert floor.said == ["on", "bye"]

    def test_a_program_that_does_not_listen_is_killed(self, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run, "GRACE_TICKS", 20)
        floor.orders = ["SoftStop"]
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        assert floor.run(deaf).state == "Stopped"

    def test_a_kill_is_at_once(self, floor: Floor) -> None:
        floor.orders = ["Kill"]
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        assert floor.run(deaf).state == "Stopped"


def tick() -> None:
    """Let nobody know."""


class TestEnvironments:
    def environments(self, directory: Path, installed: Path | None = None) -> Environments:
        return Environments(directory, installed=installed, clock=SystemClock(), sleep=sleep)

    def test_one_is_made_for_each_package_and_kept(self, tmp_path: Path) -> None:
        project = Project(tmp_path, ())
        environments = self.environments(tmp_path / "e")
        (tmp_path / "e").mkdir()
        first = environments.get_python(b"1", project, tick)
        assert os.access(first, os.X_OK)
        assert environments.get_python(b"1", project, tick) == first
        assert environments.get_python(b"2", project, tick) != first

    def test_one_that_was_not_finished_is_made_anew(self, tmp_path: Path) -> None:
        environments = self.environments(tmp_path)
        python = environments.get_python(b"1", Project(tmp_path, ()), tick)
        (python.parent.parent / environment.READY).unlink()
        (python.parent.parent / "stale").touch()
        environments.get_python(b"1", Project(tmp_path, ()), tick)
        assert not (python.parent.parent / "stale").exists()

    def test_what_is_installed_already_is_not_fetched(self, tmp_path: Path) -> None:
        (tmp_path / "has" / "thing-1.0.dist-info").mkdir(parents=True)
        (tmp_path / "has" / "thing-1.0.dist-info" / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"
        )
        (tmp_path / "e").mkdir()
        environments = self.environments(tmp_path / "e", tmp_path / "has")
        assert environments.get_python(b"1", Project(tmp_path, ("thing>=1",)), tick).exists()

    def test_what_cannot_be_installed_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Port 9 of this machine: nobody serves packages there.
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        monkeypatch.setattr(environment, "INSTALLING", Bounds(seconds=60))
        with pytest.raises(CannotRun, match="could not be installed"):
            self.environments(tmp_path).get_python(b"1", Project(tmp_path, ("no such thing at all",)), tick)

    def test_installing_is_bounded_in_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environment, "INSTALLING", Bounds(seconds=0))
        with pytest.raises(CannotRun, match="took too long"):
            self.environments(tmp_path).get_python(b"1", Project(tmp_path, ("uipath",)), tick)


SUSPEND = (
    "import json; open('__uipath/state.db', 'w').write('remembered'); "
    "json.dump({'status': 'suspended', 'resumeTriggers': [{'triggerType': 'Task'}]}, open('__uipath/output.json', 'w'))"
)


class TestSuspending:
    def test_a_suspended_program_says_what_it_waits_for_and_what_it_keeps(self, floor: Floor) -> None:
        outcome = floor.run(SUSPEND)
        assert (outcome.state, outcome.waits) == ("Suspended", ({"triggerType": "Task"},))
        assert b64decode(outcome.kept_state or "") == b"remembered"

    def test_it_is_resumed_with_what_it_kept_and_without_its_input(
        self, floor: Floor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(JOB, "KeptState", b64encode(b"remembered").decode())
        floor.run("import sys; print(sys.argv[1:]); print(open('__uipath/state.db').read())")
        assert ("--resume" in floor.said[0], "--input-file" in floor.said[0], floor.said[1]) == (
            True,
            False,
            "remembered",
        )

    @pytest.mark.parametrize(
        ("program", "said"),
        [
            (SUSPEND.replace("'remembered'", "'x' * 4_000_000"), "at most"),
            (SUSPEND.replace("[{'triggerType': 'Task'}]", "7"), "until when"),
        ],
    )
    def test_what_could_never_go_on_is_a_fault(self, floor: Floor, program: str, said: str) -> None:
        outcome = floor.run(program)
        assert (outcome.state, said in (outcome.info or "")) == ("Faulted", True)

    def test_a_result_that_is_none_changes_nothing(self, floor: Floor) -> None:
        assert floor.run("open('__uipath/output.json', 'w').write('[1]')").state == "Successful"
        assert floor.run("open('__uipath/output.json', 'w').write('{')").state == "Successful"


def test_lines_of_the_runtimes_own_log_are_said_without_their_heads(floor: Floor) -> None:
    floor.run("open('__uipath/execution.log', 'w').write('[2026-01-05 09:00][INFO] hello\\nplain\\n')")
    assert floor.said == ["hello", "plain"]


def test_a_program_learns_which_job_it_is_in(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOB, "FolderPath", "Shared")
    floor.run("import os; print([os.environ[n] for n in ('UIPATH_JOB_KEY', 'UIPATH_TRACE_ID', 'UIPATH_FOLDER_PATH')])")
    assert floor.said == ["['1', '1', 'Shared']"]
