"""A real robot: what the vendor's command line packed and published is run on this machine, through the API alone."""

import json
import platform
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.packages import python_files, zip_of
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
    house: Served,
    administrator: Administrator,
    directory: Path,
    *words: str,
    allowed: tuple[str, ...] = ALLOWED,
    secret: str | None = None,
) -> Iterator["subprocess.Popen[str]"]:
    """Start ``stagedoor robot`` with a machine's secret, or a key that may do what a robot does and no more."""
    key = secret or administrator.make_key("robot", allowed)
    terminal = Terminal(directory, house.base_url)
    installed = sysconfig.get_paths()["purelib"]
    tenant = f"{house.organization}/{house.tenant}"
    command = ("robot", "--tenant", tenant, "--folder", FOLDER, "--installed", installed, *words)
    with terminal.started(*command, STAGEDOOR_KEY=key) as process:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            # Ending its job and saying goodbye are two requests, which a busy machine lets wait.
            process.wait(60)


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
    if job["HostMachineName"] != platform.node():
        waits(administrator, folder_id, process)
        return
    assert ended(administrator, folder_id, key)["State"] == "Successful"


def test_jobs_run_for_real_and_their_output_and_lines_come_back(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    machine = administrator.create("Machines", {"Name": "hal", "Type": "Template", "UnattendedSlots": 2})
    assign = "/odata/Folders/UiPath.Server.Configuration.OData.AssignMachines"
    assignment = {"MachineIds": [machine["Id"]], "FolderIds": [folder_id]}
    assert administrator.orchestrator.post(assign, json={"assignments": assignment}).status_code == 204
    with robot(house, administrator, tmp_path, "--runtimes", "2", secret=machine["ClientSecret"]) as process:
        waits(administrator, folder_id, process)
        sessions = administrator.orchestrator.get(
            "/odata/Sessions", headers={"X-UIPATH-OrganizationUnitId": str(folder_id)}
        ).json()["value"]
        assert [(one["MachineName"], one["State"] != "Disconnected") for one in sessions] == [("hal", True)]
        both = [start(administrator, folder_id, "sleep") for _ in range(2)]
        for each in both:
            eventually(partial(show, administrator, folder_id, each), lambda job: job["State"] == "Running")
        ids = [show(administrator, folder_id, each)["Id"] for each in both]
        administrator.orchestrator.post(
            "/odata/Jobs/UiPath.Server.Configuration.OData.StopJobs",
            json={"jobIds": ids, "strategy": "Kill"},
            headers={"X-UIPATH-OrganizationUnitId": str(folder_id)},
        )
        assert [ended(administrator, folder_id, each)["State"] for each in both] == ["Stopped", "Stopped"]
        key = start(administrator, folder_id, "greet", EnvironmentVariables="GREETING=hello")
        job = ended(administrator, folder_id, key)
        assert job["State"] == "Successful", job["Info"]
        output = json.loads(job["OutputArguments"])
        assert (output["total"], "GREETING" in output["seen"]) == (3, True)
        secrets = [name for name in output["seen"] if "KEY" in name or "TOKEN" in name]
        # Which job and folder it is in, and nothing that opens either.
        assert secrets == ["UIPATH_FOLDER_KEY", "UIPATH_JOB_KEY"]
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
    assert (scripted["State"], scripted["HostMachineName"] == platform.node()) == ("Successful", False)


def test_a_key_that_may_not_work_as_a_robot_is_refused(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int
) -> None:
    key = administrator.make_key("no robot", ["Jobs_Get"])
    tenant = f"{house.organization}/{house.tenant}"
    ran = Terminal(tmp_path, house.base_url).run(
        "robot", "--tenant", tenant, "--folder", FOLDER, "-o", "json", STAGEDOOR_KEY=key
    )
    assert (ran.exit_code, "RobotsService_SubmitHeartbeat" in ran.stderr) == (3, True)


RUNTIME = '''\
"""A runtime of somebody's own, which the vendor's command finds by an entry point as it finds those of agents."""

import json
from pathlib import Path

from uipath.core.triggers import UiPathResumeTrigger
from uipath.platform import UiPath
from uipath.platform.action_center import Task
from uipath.platform.common import WaitTask
from uipath.platform.common.interrupt_models import WaitDeepRag
from uipath.platform.context_grounding import DeepRagCreationResponse
from uipath.platform.resume_triggers import UiPathResumeTriggerHandler
from uipath.runtime import UiPathRuntimeFactoryRegistry, UiPathRuntimeResult, UiPathRuntimeStatus
from uipath.runtime.resumable.runtime import UiPathResumableRuntime


class Asking:
    async def execute(self, input=None, options=None):
        if options is not None and options.resume:
            return UiPathRuntimeResult(output={"heard": input}, status=UiPathRuntimeStatus.SUCCESSFUL)
        made = UiPath().api_client.request(
            "POST",
            "orchestrator_/tasks/GenericTasks/CreateTask",
            json={"title": "May it be paid?", "type": "ExternalTask", "data": {"amount": input["first"]}},
            include_folder_headers=True,
        ).json()
        rag = {"id": "11111111-2222-4333-8444-555555555555", "lastDeepRagStatus": "Queued", "createdDate": "now"}
        waits = [WaitTask(action=Task.model_validate(made)), WaitDeepRag(deep_rag=DeepRagCreationResponse(**rag))]
        print("now waiting")
        return UiPathRuntimeResult(output={"1": waits}, status=UiPathRuntimeStatus.SUSPENDED)

    async def get_schema(self): ...
    async def dispose(self): ...


class Kept:
    def __init__(self, path):
        self.path = Path(path)

    async def save_triggers(self, runtime_id, triggers):
        self.path.write_text(json.dumps([each.model_dump(mode="json", by_alias=True) for each in triggers]))

    async def get_triggers(self, runtime_id):
        found = json.loads(self.path.read_text()) if self.path.exists() else []
        return [UiPathResumeTrigger.model_validate(each) for each in found]

    async def delete_triggers(self, runtime_id, triggers):
        self.path.write_text("[]")


class OnlyTasks(UiPathResumeTriggerHandler):
    """There is no service of the vendor's here that would know of the search."""

    async def read_trigger(self, trigger):
        if trigger.trigger_type.value != "Task":
            from uipath.core.errors import ErrorCategory, UiPathPendingTriggerError
            raise UiPathPendingTriggerError(ErrorCategory.SYSTEM, "not yet")
        return await super().read_trigger(trigger)


class Factory:
    def __init__(self, context):
        self.context = context

    def discover_entrypoints(self):
        return ["ask"]

    async def new_runtime(self, entrypoint, runtime_id, **kwargs):
        return UiPathResumableRuntime(Asking(), Kept(self.context.resolved_state_file_path), OnlyTasks(), runtime_id)

    async def get_storage(self): ...
    async def get_settings(self): ...
    async def dispose(self): ...


def register():
    UiPathRuntimeFactoryRegistry.register("asking", Factory, "asking.json")
'''


@pytest.fixture(scope="module")
def asking(house: Served, administrator: Administrator, folder_id: int) -> None:
    """A process whose program asks a person, by the vendor's own protocol of suspending and resuming."""
    files = python_files("asker", main="ask") | {
        "content/asking.json": "{}",
        "content/asking.py": RUNTIME,
        "content/asking-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: asking\nVersion: 1.0\n",
        "content/asking-1.0.dist-info/entry_points.txt": "[uipath.middlewares]\nasking = asking:register\n",
    }
    uploaded = administrator.orchestrator.post(
        "/odata/Processes/UiPath.Server.Configuration.OData.UploadPackage",
        files={"file": ("asker.1.0.0.nupkg", zip_of(files))},
    )
    assert uploaded.status_code == 200, uploaded.text
    administrator.create("Releases", {"Name": "asker", "ProcessKey": "asker"}, folder=FOLDER)


def test_a_program_is_suspended_with_a_task_and_goes_on_when_it_is_completed(
    house: Served, administrator: Administrator, tmp_path: Path, folder_id: int, asking: None
) -> None:
    here = {"X-UIPATH-OrganizationUnitId": str(folder_id)}
    more = ("tag:GenericTasks", "tag:Tasks", "JobTriggers_SaveExternalTrigger")
    with robot(house, administrator, tmp_path, "--lend-key", allowed=(*ALLOWED, *more)) as process:
        waits(administrator, folder_id, process)
        key = start(administrator, folder_id, "ask", ReleaseName="asker")
        eventually(
            lambda: show(administrator, folder_id, key),
            lambda job: job["State"] in ("Suspended", "Faulted"),
            seconds_max=60,
        )
        job = show(administrator, folder_id, key)
        assert job["State"] == "Suspended", job["Info"]
        triggers = administrator.orchestrator.get(
            "/odata/JobTriggers", params={"$filter": f"JobId eq {job['Id']}"}, headers=here
        ).json()["value"]
        assert sorted(trigger["TriggerType"] for trigger in triggers) == ["Api", "Task"]
        [task] = administrator.orchestrator.get("/odata/Tasks", headers=here).json()["value"]
        done = administrator.orchestrator.post(
            "/tasks/GenericTasks/CompleteTask",
            json={"taskId": task["Id"], "data": {"approved": True}, "action": "Yes"},
            headers=here,
        )
        assert done.status_code == 204, done.text
        finished = ended(administrator, folder_id, key)
        assert finished["State"] == "Successful", finished["Info"]
        heard = json.loads(finished["OutputArguments"])["heard"]["1"]
        assert (heard["approved"], heard["__uipath"]["triggerType"]) == (True, "Task")
        lines = administrator.orchestrator.get(
            "/odata/RobotLogs", params={"$filter": f"JobKey eq {key}"}, headers=here
        ).json()["value"]
        assert "now waiting" in [line["Message"] for line in lines]
