"""The examples run as they are printed, against a whole server, with nothing but an access key."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import administrator_of
from tests.factories.served import Served

EXAMPLES = Path(__file__).parents[2] / "examples"
SECONDS_MAX = 60


def run_example(
    house: Served, *command: str, access_key: str | None = None, folder: str | None = "Shared"
) -> "subprocess.CompletedProcess[str]":
    """Run a program of the examples with the settings that its README names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAGEDOOR_")}
    environment |= {"STAGEDOOR_URL": house.tenant_url, "STAGEDOOR_KEY": access_key or house.sample_key}
    if folder is not None:
        environment["STAGEDOOR_FOLDER"] = folder
    return subprocess.run(
        command, cwd=EXAMPLES, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )


def make_key(house: Served, name: str, *allow: str) -> str:
    with administrator_of(house) as administrator:
        return administrator.make_key(name, allow, folders=[house.folder])


@pytest.mark.parametrize(
    "command",
    [("node", "node/start-a-job.mjs"), (sys.executable, "python/start_a_job.py")],
    ids=["node", "python"],
)
class TestStartAJob:
    def test_a_job_is_started_and_watched_to_its_end(self, house: Served, command: tuple[str, ...]) -> None:
        done = run_example(house, *command, "InvoiceBot")
        assert done.returncode == 0, done.stderr
        assert ": Successful." in done.stdout
        assert "The invoice may be paid." in done.stdout

    def test_a_refusal_says_what_to_ask_for(self, house: Served, command: tuple[str, ...]) -> None:
        only_reading = make_key(house, f"example that only reads, {command[1]}", "Jobs_Get", "Jobs_GetById")
        refused = run_example(house, *command, access_key=only_reading)
        assert refused.returncode == 1
        assert "Ask for a key that may do: Jobs_StartJobs" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_node_example_needs_no_folder_where_its_key_has_one(house: Served) -> None:
    done = run_example(house, "node", "node/start-a-job.mjs", folder=None)
    assert done.returncode == 0, done.stderr


def test_the_python_example_adds_queue_items_at_once(house: Served) -> None:
    done = run_example(house, sys.executable, "python/add_queue_items.py", "Invoices")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("added [")
    assert "Invoices" in {line.partition(" ")[2] for line in done.stdout.splitlines()[1:]}


def test_the_python_example_of_a_plain_client_lists_jobs(house: Served) -> None:
    start = {"startInfo": {"ReleaseName": "InvoiceBot", "JobsCount": 1}}
    headers = {"Authorization": f"Bearer {house.sample_key}"}
    path = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
    assert httpx2.post(f"{house.orchestrator_url}{path}", json=start, headers=headers).status_code == 201
    done = run_example(house, sys.executable, "python/plain_http_client.py")
    assert done.returncode == 0, done.stderr
    assert " InvoiceBot " in done.stdout
