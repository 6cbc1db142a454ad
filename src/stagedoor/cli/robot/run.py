"""Running one job's program and telling how it ended."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stagedoor.cli.robot.environment import plain_environment
from stagedoor.cli.robot.package import Project
from stagedoor.cli.robot.process import BoundedProcess, Bounds
from stagedoor.kit.clock import Clock

OUTPUT_BYTES_MAX = 1024 * 1024
INFO_LENGTH_MAX = 4_000
TICK_SECONDS = 0.1
TICKS_A_LOOK = 10
GRACE_TICKS = 100
"""How long a program that was asked to end may take over it, before it is killed: ten seconds."""

# The vendor's own command, found by its public name: an environment that only sees a package has no script of it.
UIPATH = "from importlib.metadata import entry_points as e; e(group='console_scripts')['uipath'].load()()"

RUNTIME = Path("__uipath")
"""Where the vendor's runtime keeps its files, below the project: the log, the result, and what it goes on from."""
STATE_BYTES_MAX = 3 * 1024 * 1024

_LOGGED = re.compile(r"\[[^\]]*\]\[[A-Z]+\] (.*)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, in the vendor's word, with its output as JSON text and what went wrong.

    A suspended one has ``waits``, as the vendor's runtime writes them, and the state that it goes on from in Base64.
    """

    state: str
    output: str | None = None
    info: str | None = None
    waits: Sequence[Mapping[str, Any]] = ()
    kept_state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who looks on while a program runs: ``say`` takes its lines; ``find_order`` tells of a request to stop."""

    say: Callable[[list[str]], None]
    find_order: Callable[[], str | None]
    sleep: Callable[[float], None]
    clock: Clock


def run_project(
    python: Path, project: Project, job: Mapping[str, Any], variables: Mapping[str, str], bounds: Bounds, watch: Watch
) -> Outcome:
    """Run a project with a job's input, and return how it ended; the process is gone when this returns or raises."""
    directory = project.directory
    (directory / RUNTIME).mkdir(exist_ok=True)
    if job.get("KeptState"):
        # What it is resumed with it asks for itself, by what it kept of its waits.
        (directory / RUNTIME / "state.db").write_bytes(b64decode(job["KeptState"]))
        files = ["--resume"]
    else:
        (directory / "job-input.json").write_text(job.get("InputArguments") or "{}", encoding="utf-8")
        files = ["--input-file", "job-input.json"]
    files += ["--output-file", "job-output.json"]
    process = BoundedProcess(
        [str(python), "-c", UIPATH, "run", str(job["EntryPointPath"]), *files],
        directory=directory,
        environment=plain_environment(directory.parent, {**_variables_of(job), **_facts_of(job), **variables}),
        output=directory.parent / "output.log",
        bounds=bounds,
        clock=watch.clock,
        log=directory / RUNTIME / "execution.log",
    )
    try:
        order, last_lines = _look_on(process, watch)
        if order is not None:
            return Outcome("Stopped")
        if process.poll() is None:
            return Outcome("Faulted", info=f"The job ran for longer than {bounds.seconds:g} seconds and was ended.")
        if process.poll() != 0:
            said = "\n".join(last_lines)[-INFO_LENGTH_MAX:]
            return Outcome("Faulted", info=said or f"The program ended with exit code {process.poll()}.")
        return _suspended(directory / RUNTIME) or _outcome_of(directory / "job-output.json")
    finally:
        process.kill()


def _look_on(process: BoundedProcess, watch: Watch) -> tuple[str | None, list[str]]:
    order: str | None = None
    last_lines: list[str] = []
    ticks = asked_at = 0
    while process.poll() is None and not process.is_overdue:
        watch.sleep(TICK_SECONDS)
        ticks += 1
        if ticks % TICKS_A_LOOK == 0:
            last_lines = _pass_on(process, watch, last_lines)
            new_order = watch.find_order()
            if new_order is not None and order is None:
                order, asked_at = new_order, ticks
                process.ask_to_end()
            if new_order == "Kill":
                break
        if order is not None and ticks - asked_at > GRACE_TICKS:
            break
    return order, _pass_on(process, watch, last_lines, to_the_end=True)


def _pass_on(process: BoundedProcess, watch: Watch, last_lines: list[str], *, to_the_end: bool = False) -> list[str]:
    while written := process.read_lines(to_the_end=to_the_end):
        lines = [logged[1] if (logged := _LOGGED.fullmatch(line)) else line for line in written]
        watch.say(lines)
        last_lines = [*last_lines, *lines][-40:]
    return last_lines


def _suspended(runtime: Path) -> Outcome | None:
    """Return what a program waits for, if its runtime says that it was suspended."""
    try:
        result = json.loads((runtime / "output.json").read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(result, dict) or result.get("status") != "suspended":
        return None
    waits = result.get("resumeTriggers") or [result.get("resume")]
    state = runtime / "state.db"
    if not isinstance(waits, list) or not all(isinstance(wait, dict) for wait in waits):
        return Outcome("Faulted", info="The program was suspended, and does not say until when.")
    if not state.is_file() or state.stat().st_size > STATE_BYTES_MAX:
        return Outcome("Faulted", info=f"A suspended program keeps at most {STATE_BYTES_MAX} bytes to go on from.")
    return Outcome("Suspended", waits=tuple(waits), kept_state=b64encode(state.read_bytes()).decode())


def _facts_of(job: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables from which the vendor's library learns which job it is in; no secret is among them."""
    facts = {
        "UIPATH_JOB_KEY": job["JobKey"],
        # By its trace a request says which job it comes from.
        "UIPATH_TRACE_ID": str(job["JobKey"]).replace("-", ""),
        "UIPATH_FOLDER_KEY": job.get("FolderKey"),
        "UIPATH_FOLDER_PATH": job.get("FolderPath"),
        "UIPATH_TRACING_ENABLED": "false",
        "UIPATH_TELEMETRY_ENABLED": "false",
    }
    return {name: str(value) for name, value in facts.items() if value}


def _outcome_of(written: Path) -> Outcome:
    if not written.exists():
        return Outcome("Successful", output="{}")
    if written.stat().st_size > OUTPUT_BYTES_MAX:
        return Outcome("Faulted", info=f"The output is longer than {OUTPUT_BYTES_MAX} bytes.")
    try:
        output = json.loads(written.read_bytes())
    except ValueError:
        return Outcome("Faulted", info="The output is no JSON.")
    # What is no object stands under one name, as the vendor's runtime shows it.
    return Outcome("Successful", output=json.dumps(output if isinstance(output, dict) else {"output": output}))


def _variables_of(job: Mapping[str, Any]) -> dict[str, str]:
    pairs = (line.partition("=") for line in (job.get("EnvironmentVariables") or "").splitlines())
    return {name.strip(): value for name, equals, value in pairs if equals and _VARIABLE.fullmatch(name.strip())}
