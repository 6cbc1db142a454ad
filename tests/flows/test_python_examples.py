"""The programs in ``examples/python`` and the command line, against a server as its users start it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.served import Served, served

EXAMPLES = Path(__file__).parents[2] / "examples" / "python"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("python-examples")) as running:
        yield running


def run(
    server: Served, *command: str, key: str | None = None, folder: str = "Shared"
) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "STAGEDOOR_URL": server.tenant_url,
        "STAGEDOOR_FOLDER": folder,
        "STAGEDOOR_CONFIG_DIR": str(server.data_dir / "config"),
    }
    if key is not None:
        environment["STAGEDOOR_KEY"] = key
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, env=environment)


def test_a_job_is_started_and_watched_to_its_end(server: Served) -> None:
    done = run(server, str(EXAMPLES / "start_a_job.py"), key=server.sample_key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Successful" in done.stdout


def test_queue_items_are_added_several_at_a_time(server: Served) -> None:
    done = run(server, str(EXAMPLES / "add_queue_items.py"), key=server.sample_key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Invoices" in done.stdout


def test_a_plain_http_client_needs_the_credential_alone(server: Served) -> None:
    done = run(server, str(EXAMPLES / "plain_http_client.py"), key=server.sample_key)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_refusal_names_the_grant_to_ask_for(server: Served) -> None:
    made = run(
        server,
        *("-m", "stagedoor", "key", "create", "reader", "--allow", "Jobs_Get", "--tenant", "acme/dev"),
        *("--data-dir", str(server.data_dir), "--output", "json"),
    )
    assert made.returncode == 0, made.stderr
    # The running server notices a key that another process made; until it does, the key is unknown (401), not refused.
    key = json.loads(made.stdout)["key"]
    while (done := run(server, "-m", "stagedoor", "call", "Jobs_Get", key=key)).returncode == 4:
        assert "not authenticated" in done.stderr
    assert done.returncode == 0, done.stderr
    refused = run(server, str(EXAMPLES / "start_a_job.py"), key=key)
    assert refused.returncode == 1
    assert "Ask for a key that may do: Jobs_StartJobs" in refused.stderr
