"""Load by wrk: as many requests as a number of connections can carry in a few seconds."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
MARK = "BENCH "


class LoadFailed(Exception):
    """Requests were refused or broke, so that what was measured is not what was meant."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What one run of wrk found. Latencies in microseconds."""

    requests: int
    seconds: float
    p50_us: float
    p99_us: float

    @property
    def requests_per_second(self) -> float:
        """How many requests were answered in a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The one request that a run repeats."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str]
    body: str | None = None
    keys_file: Path | None = None
    """Access keys, one a line, which the requests take in turn as their bearer tokens."""


def run_load(request: Request, *, connections: int, seconds: int, core: int | None = None) -> LoadResult:
    """Repeat a request and return how that went; raises :class:`LoadFailed` unless every answer was a good one.

    One thread of wrk drives all connections. ``core`` holds it to one core of the machine.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    for name, value in request.headers.items():
        command += ["-H", f"{name}: {value}"]
    environment = {**os.environ, "BENCH_METHOD": request.method}
    if request.body is not None:
        environment["BENCH_BODY"] = request.body
    if request.keys_file is not None:
        environment["BENCH_KEYS"] = str(request.keys_file)
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    finished = subprocess.run([*command, request.url], env=environment, capture_output=True, text=True, check=True)
    return read_result(finished.stdout)


def read_result(output: str) -> LoadResult:
    """Read the line of JSON in wrk's output; raises :class:`LoadFailed` when answers were refused or broke."""
    line = next((line for line in output.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise LoadFailed(f"wrk said nothing of use:\n{output}")
    found = json.loads(line.removeprefix(MARK))
    if found["refused"] or found["broken"] or not found["requests"]:
        raise LoadFailed(f"of {found['requests']} requests {found['refused']} were refused, {found['broken']} broke")
    return LoadResult(
        requests=found["requests"],
        seconds=found["duration_us"] / 1e6,
        p50_us=found["p50_us"],
        p99_us=found["p99_us"],
    )
