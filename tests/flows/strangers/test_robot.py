"""A real robot: what the vendor's command line packed and published is run on this machine, through the API alone."""

import json
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.factories.signing_in import tokens_for
from tests.factories.terminal import Terminal
from tests.flows.strangers.test_uipath_command_line import Terminal as VendorsTerminal
from tests.flows.strangers.test_uipath_packages import PROJECT

PROGRAM = """\
import os
import time
from dataclasses import dataclass


@dataclass
class Order:
    what: str
    first: int = 0


@dataclass
class Answer:
    total: int
    seen: list[str]


def main(order: Order) -> Answer:
    print("asked to", order.what, flush=True)
    if order.what == "fault":
        raise ValueError("no such invoice")
    if order.what == "sleep":
        time.sleep(600)
    if order.what == "eat":
        bytearray(8 * 1024**3)
    names = [name for name in os.environ if name.startswith(("STAGEDOOR", "UIPATH", "GREETING"))]
    return Answer(order.first + 1, sorted(names))
"""
ALLOWED = (
    "RobotsService_SubmitHeartbeat",
    "RobotsService_SubmitJobState",
    "Logs_SubmitLogs",
    "Processes_DownloadPackageByKey",
)
FOLDER = "Robotics"


@pytest.fixture(scope="module")
def folder_id(house: Served, administrator: Administrator, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A folder with a process that was packed and published by the vendor's command line."""
    token = tokens_for(house.base_url, house.admin_username, house.admin_password)["access_token"]
    terminal = VendorsTerminal(tmp_path_factory.mktemp("project"))
    (terminal.directory / "pyproject.toml").write_text(PROJECT.format(name="worker", version="1.0.0"))
    (terminal.directory / "main.py").write_text(PROGRAM)
    (terminal.directory / "uipath.json").write_text('{"functions": {"work": "main.py:main"}}')
    terminal.run("init", "--no-agents-md-override")
    terminal.run("pack", "--nolock")
    terminal.run("publish", "--tenant", UIPATH_URL=house.tenant_url, UIPATH_ACCESS_TOKEN=token)
    folder = administrator.make_folder(FOLDER)
    administrator.create("Releases", {"Name": "worker", "ProcessKey": "worker"}, folder=FOLDER)
    return int(folder["Id"])


@contextmanager
def robot(
    house: Served, administrator: Administrator, directory: Path, *words: str
) -> Iterator["subprocess.Popen[str]"]:
    """Start ``stagedoor robot`` with a key that may do what a robot does, and no more."""
    key = administrator.make_key("robot", ALLOWED)
    terminal = Terminal(directory, house.base_url)
    installed = sysconfig.get_paths()["purelib"]
    tenant = f"{house.organization}/{house.tenant}"
    command = ("robot", "--tenant", tenant, "--folder", FOLDER, "--installed", installed, *words)
    with terminal.started(*command, STAGEDOOR_KEY=key) as process:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def start(administrator: Administrator, folder_id: int, what: str, **more: Any) -> str:
    start_info = {"ReleaseName": "worker", "InputArguments": json.dumps({"what": what, "first": 2}), **more}
    answer = administrator.orchestrator.post(
        "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
        json={"startInfo": start_info},
        headers={"X-UIPATH-OrganizationUnitId": str(folder_id)},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["value"][0]["Key"])


def show(administrator: Administrator, folder_id: int, key: str) -> dict[str, Any]:
    path = f"/odata/Jobs/UiPath.Server.Configuration.OData.GetByKey(identifier={key})"
    answer = administrator.orchestrator.get(path, headers={"X-UIPATH-OrganizationUnitId": str(folder_id)})
    job: dict[str, Any] = answer.json()
    return job


def ended(administrator: Administrator, folder_id: int, key: str) -> dict[str, Any]:
    return eventually(
        lambda: show(administrator, folder_id, key),
        lambda job: job["State"] in ("Successful", "Faulted", "Stopped"),
        seconds_max=90,
    )


def waits(administrator: Administrator, folder_id: int, process: "subprocess.Popen[str]") -> None:
    """Come back when the robot has said that it is there: from then on jobs wait for it."""
    key = start(administrator, folder_id, "greet")
    job = eventually(lambda: show(administrator, folder_id, key), lambda job: job["State"] != "Pending", seconds_max=30)
    if job["HostMachineName"] == "SCRIPTED-ROBOT":
        waits(administrator, folder_id, process)
        return
    assert ended(administrator, folder_id, key)["State"] == "Successful"


def test_jobs_run_for_real_and_their_output_and_lines_come_back(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    with robot(house, administrator, tmp_path) as process:
        waits(administrator, folder_id, process)
        key = start(administrator, folder_id, "greet", EnvironmentVariables="GREETING=hello")
        job = ended(administrator, folder_id, key)
        assert job["State"] == "Successful", job["Info"]
        output = json.loads(job["OutputArguments"])
        assert (output["total"], "GREETING" in output["seen"]) == (3, True)
        assert [name for name in output["seen"] if "KEY" in name or "TOKEN" in name] == []
        lines = administrator.orchestrator.get(
            "/odata/RobotLogs",
            params={"$filter": f"JobKey eq {key}"},
            headers={"X-UIPATH-OrganizationUnitId": str(folder_id)},
        ).json()["value"]
        assert any("asked to greet" in line["Message"] for line in lines)
        faulted = ended(administrator, folder_id, start(administrator, folder_id, "fault"))
        assert (faulted["State"], "no such invoice" in faulted["Info"]) == ("Faulted", True)
    assert list((tmp_path / "robot").glob("job-*")) == []
    assert len(list((tmp_path / "robot" / "environments").iterdir())) == 1


def test_time_and_memory_are_bounded_and_a_stop_is_heard(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    with robot(house, administrator, tmp_path, "--timeout", "15", "--memory", "3000") as process:
        waits(administrator, folder_id, process)
        eats = ended(administrator, folder_id, start(administrator, folder_id, "eat"))
        assert (eats["State"], "MemoryError" in eats["Info"]) == ("Faulted", True), eats["Info"]
        stopped = start(administrator, folder_id, "sleep")
        eventually(
            lambda: show(administrator, folder_id, stopped), lambda job: job["State"] == "Running", seconds_max=30
        )
        administrator.orchestrator.post(
            f"/odata/Jobs({show(administrator, folder_id, stopped)['Id']})/UiPath.Server.Configuration.OData.StopJob",
            json={"strategy": "SoftStop"},
            headers={"X-UIPATH-OrganizationUnitId": str(folder_id)},
        )
        assert ended(administrator, folder_id, stopped)["State"] == "Stopped"
        slow = ended(administrator, folder_id, start(administrator, folder_id, "sleep"))
        assert (slow["State"], "longer than 15 seconds" in slow["Info"]) == ("Faulted", True)


def test_a_robot_that_is_interrupted_ends_its_job_and_leaves(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    with robot(house, administrator, tmp_path) as process:
        waits(administrator, folder_id, process)
        key = start(administrator, folder_id, "sleep")
        eventually(lambda: show(administrator, folder_id, key), lambda job: job["State"] == "Running", seconds_max=30)
    assert process.returncode == 130
    assert ended(administrator, folder_id, key)["State"] == "Stopped"
    scripted = ended(administrator, folder_id, start(administrator, folder_id, "greet"))
    assert (scripted["State"], scripted["HostMachineName"]) == ("Successful", "SCRIPTED-ROBOT")


def test_a_key_that_may_not_work_as_a_robot_is_refused(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    key = administrator.make_key("no robot", ["Jobs_Get"])
    tenant = f"{house.organization}/{house.tenant}"
    ran = Terminal(tmp_path, house.base_url).run(
        "robot", "--tenant", tenant, "--folder", FOLDER, "-o", "json", STAGEDOOR_KEY=key
    )
    assert (ran.exit_code, "RobotsService_SubmitHeartbeat" in ran.stderr) == (3, True)
