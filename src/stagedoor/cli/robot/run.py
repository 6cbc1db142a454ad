"""Running one job's program and telling how it ended."""

import json
import re
from collections.abc import Callable, Mapping
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

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, in the vendor's word, with its output as JSON text and what went wrong."""

    state: str
    output: str | None = None
    info: str | None = None


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
    (directory / "job-input.json").write_text(job.get("InputArguments") or "{}", encoding="utf-8")
    files = ["--input-file", "job-input.json", "--output-file", "job-output.json"]
    process = BoundedProcess(
        [str(python), "-c", UIPATH, "run", str(job["EntryPointPath"]), *files],
        directory=directory,
        environment=plain_environment(directory.parent, {**_variables_of(job), **variables}),
        output=directory.parent / "output.log",
        bounds=bounds,
        clock=watch.clock,
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
        return _outcome_of(directory / "job-output.json")
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
    while lines := process.read_lines(to_the_end=to_the_end):
        watch.say(lines)
        last_lines = [*last_lines, *lines][-40:]
    return last_lines


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
