"""A robot at work: signs of life, jobs, log lines, and how each job ended."""

import json
import platform
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stagedoor import __version__
from stagedoor.cli.robot.environment import Environments
from stagedoor.cli.robot.errors import CannotRun
from stagedoor.cli.robot.package import unpack
from stagedoor.cli.robot.process import Bounds
from stagedoor.cli.robot.run import Outcome, Watch, run_project
from stagedoor.client import (
    BadRequest,
    Conflict,
    NotFound,
    ServerFailed,
    Stagedoor,
    StagedoorClientError,
    Throttled,
    Unreachable,
)
from stagedoor.kit.clock import Clock

POLL_SECONDS = 1.0
SIGN_OF_LIFE = timedelta(seconds=10)
"""How often a robot is heard of while it makes an environment."""
TRIES = 5
LINES_MAX = 5_000
LINE_LENGTH_MAX = 10_000
PASSING = (Unreachable, ServerFailed, Throttled)
"""Failures of the way or of the server, after which a robot goes on."""
NOT_NOW = (*PASSING, Conflict)
"""What a sign of life may meet: of two that are the first of their robot at the same moment one comes too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSettings:
    """How a robot works. ``variables`` are given to every job; the machine's key says which machine it is.

    ``robot_key`` names this process for as long as it lasts, ``runtimes`` is how many jobs it runs at once.
    """

    directory: Path
    robot_key: str
    runtimes: int = 1
    bounds: Bounds = field(default_factory=Bounds)
    machine_key: str | None = None
    installed: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


class Robot:
    """Take jobs of the client's folder, as many at once as there are runtimes, and run them here."""

    def __init__(
        self,
        client: Stagedoor,
        settings: RobotSettings,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        tell: Callable[[str], None],
    ) -> None:
        """``tell`` takes what a person may want to read."""
        self._client = client
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._tell = tell
        directory = settings.directory / "environments"
        directory.mkdir(parents=True, exist_ok=True)
        self._is_ending = threading.Event()
        self._failure: Exception | None = None
        self._environments = Environments(directory, installed=settings.installed, clock=clock, sleep=sleep)

    def work(self, *, once: bool = False) -> None:
        """Take jobs until somebody interrupts, or ``once``; leave orderly either way.

        Raises a client's error for what does not pass by itself: a refusal, a folder or machine that is not there.
        """
        others = [
            threading.Thread(target=self._work_beside, name=f"runtime-{number}")
            for number in range(2, self._settings.runtimes + 1)
        ]
        try:
            for other in others:
                other.start()
            self._take_jobs(once=once)
        finally:
            self._is_ending.set()
            for other in others:
                other.join()
            # A robot that cannot say goodbye is gone all the same; its jobs then wait for the next one.
            with suppress(StagedoorClientError):
                self._beat(Leaving=True)
        if self._failure is not None:
            raise self._failure

    def _take_jobs(self, *, once: bool = False) -> None:
        while not self._is_ending.is_set():
            jobs = self._ask_for_jobs()
            for job in jobs:
                self._carry_out(job)
            if once and jobs:
                return
            self._sleep(POLL_SECONDS)

    def _work_beside(self) -> None:
        try:
            self._take_jobs()
        except Exception as failure:  # noqa: BLE001  # told by the thread that started this one
            self._failure = failure
            self._is_ending.set()

    def _ask_for_jobs(self) -> list[dict[str, Any]]:
        try:
            jobs: list[dict[str, Any]] = self._beat(JobsMax=1)["Jobs"]
        except NOT_NOW as failure:
            self._tell(f"No work could be asked for: {failure}")
            return []
        return jobs

    def _carry_out(self, job: Mapping[str, Any]) -> None:
        self._tell(f"{job['ReleaseName']} {job['JobKey']} began.")
        try:
            outcome = self._run(job)
        except CannotRun as reason:
            outcome = Outcome("Faulted", info=str(reason))
        except BaseException:
            self._report(job, Outcome("Stopped"))
            raise
        self._report(job, outcome)
        self._tell(f"{job['ReleaseName']} {job['JobKey']} ended: {outcome.state}.")

    def _run(self, job: Mapping[str, Any]) -> Outcome:
        package = self._download(job)
        with TemporaryDirectory(prefix="job-", dir=self._settings.directory) as directory:
            content = Path(directory) / "content"
            content.mkdir()
            project = unpack(package, content)
            python = self._environments.get_python(package, project, self._signs_of_life(job))
            lines = _Lines(self._client, job)
            watch = Watch(
                say=lines.send, find_order=lambda: self._find_order(job), sleep=self._sleep, clock=self._clock
            )
            return run_project(python, project, job, self._settings.variables, self._settings.bounds, watch)

    def _download(self, job: Mapping[str, Any]) -> bytes:
        fields = {"key": job["PackageKey"], "feedId": job["FeedId"]}
        try:
            package = self._client.call("Processes_DownloadPackageByKey", fields=fields)
        except StagedoorClientError as failure:
            raise CannotRun(f"The package could not be downloaded: {failure}") from failure
        if not isinstance(package, bytes):
            raise CannotRun("The package could not be downloaded: what came is no file.")
        return package

    def _signs_of_life(self, job: Mapping[str, Any]) -> Callable[[], None]:
        """Return what lets the server know, every now and then, that somebody has the job."""
        heard_at = self._clock.now()

        def tick() -> None:
            nonlocal heard_at
            if self._clock.now() - heard_at >= SIGN_OF_LIFE:
                heard_at = self._clock.now()
                self._find_order(job)

        return tick

    def _find_order(self, job: Mapping[str, Any]) -> str | None:
        if self._is_ending.is_set():
            return "Kill"
        try:
            orders = self._beat(JobKeys=[job["JobKey"]])["StopOrders"]
        except NOT_NOW:
            return None
        return str(orders[0]["Strategy"]) if orders else None

    def _report(self, job: Mapping[str, Any], outcome: Outcome) -> None:
        report = {
            "JobKey": job["JobKey"],
            "State": outcome.state,
            "OutputArguments": outcome.output,
            "Info": outcome.info,
        }
        if outcome.state == "Suspended":
            report |= {"ResumeTriggers": list(outcome.waits), "KeptState": outcome.kept_state}
        for attempt in range(1, TRIES + 1):
            try:
                self._client.call("RobotsService_SubmitJobState", json=report)
            except (Conflict, NotFound):
                # It was heard before, or somebody ended or deleted the job meanwhile.
                return
            except PASSING as failure:
                self._tell(f"How the job ended could not be told: {failure}")
                self._sleep(POLL_SECONDS * attempt)
            except BadRequest as refused:
                # What it waits for is not to be waited for here; it would never go on.
                report = {"JobKey": job["JobKey"], "State": "Faulted", "Info": str(refused)}
            else:
                return

    def _beat(self, **fields: Any) -> dict[str, Any]:
        settings = self._settings
        body = {
            "RobotKey": settings.robot_key,
            "MachineKey": settings.machine_key,
            "HostMachineName": platform.node(),
            "Version": __version__,
            "Runtimes": settings.runtimes,
            **fields,
        }
        answer: dict[str, Any] = self._client.call("RobotsService_SubmitHeartbeat", json=body)
        return answer


class _Lines:
    """Send what a program prints to the job's log; so many lines and no more."""

    def __init__(self, client: Stagedoor, job: Mapping[str, Any]) -> None:
        self._client = client
        self._job = job
        self._left = LINES_MAX

    def send(self, lines: list[str]) -> None:
        sent = lines[: self._left]
        if self._left and len(lines) >= self._left:
            sent = [*sent[:-1], "Further lines are not kept."]
        self._left -= len(sent)
        for start in range(0, len(sent), 500):
            entries = [self._entry(line) for line in sent[start : start + 500]]
            # Lines are told once; a job is not to fail for want of its log.
            with suppress(StagedoorClientError):
                self._client.call("Logs_SubmitLogs", json=entries)

    def _entry(self, line: str) -> str:
        facts = {
            "message": line[:LINE_LENGTH_MAX].replace("\0", ""),
            "level": "Information",
            "jobId": self._job["JobKey"],
            "processName": self._job["ReleaseName"],
            "machineName": platform.node(),
        }
        return json.dumps(facts)
