"""How long a person waits for the command line where no server has to be asked."""

import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, at_most
from bench.house import measured_environment, stagedoor_command
from bench.run import Run
from stagedoor.cli.profiles import Profile, ProfileBook
from stagedoor.cli.whoami_cache import WhoAmICache

ROW = "command line"
RUNS = 10


def measure(run: Run) -> list[Figure]:
    """Return milliseconds from exec to exit."""
    run.progress.say(ROW)
    environment = measured_environment(STAGEDOOR_CONFIG_DIR=str(run.directory))
    _sign_in(run.directory)
    return [
        Figure(row=ROW, name="--version", samples=_time(["--version"], environment), unit="ms", budget=at_most(100)),
        Figure(
            row=ROW,
            name="whoami, from its cache",
            samples=_time(["whoami"], environment),
            unit="ms",
            budget=at_most(150),
        ),
    ]


def _time(words: list[str], environment: Mapping[str, str]) -> list[float]:
    samples: list[float] = []
    for _ in range(1 + RUNS):
        began = time.perf_counter()
        subprocess.run([*stagedoor_command(), *words], env=environment, capture_output=True, check=True)
        samples.append((time.perf_counter() - began) * 1000)
    return samples[1:]


def _sign_in(directory: Path) -> None:
    """Leave behind what ``stagedoor login`` and a first ``whoami`` leave."""
    base_url = "http://127.0.0.1:8120"
    profile = Profile(
        name="default",
        base_url=base_url,
        user="ada",
        client_id="bench",
        token_url=f"{base_url}/identity_/connect/token",
        secret_place="file",
        secret_place_name="a file",
        tenant="acme/dev",
    )
    ProfileBook(directory).save(profile)
    answer = {
        "name": "ada",
        "kind": "user",
        "organization": {"name": "acme"},
        "tenants": [{"name": "dev"}],
        "may_administer": True,
        "grant": {"words": ["May do everything, in every folder."], "folders": None},
        "credential": {"kind": "oauth_token", "id": "bench"},
    }
    WhoAmICache(directory, profile.name).keep(answer, datetime.now(UTC))
