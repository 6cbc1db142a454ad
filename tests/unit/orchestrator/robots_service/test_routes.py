"""Real robots are given jobs, each job to one robot, hear what is to be stopped, and tell how jobs ended."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.packages import FORM, form_of, python_package, studio_package

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import FolderPlace

BEAT = "RobotsService_SubmitHeartbeat"
REPORT = "RobotsService_SubmitJobState"
SOME_KEY = "00000000-0000-4000-8000-000000000099"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    desk.call("Processes_UploadPackage", form_of(python_package(), studio_package()), content_type=FORM)
    folder = desk.make_folder("Shared")
    for name in ("Reader", "Painter"):
        desk.call("Releases_Post", {"Name": name, "ProcessKey": name}, folder=folder)
    return folder


def beat(desk: Desk, folder: FolderPlace, jobs_max: int = 1, **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = desk.call(BEAT, {"JobsMax": jobs_max, **more}, folder=folder).content
    return content


def start(desk: Desk, folder: FolderPlace, name: str = "Reader", **more: Any) -> str:
    start_info = {"ReleaseName": name, "InputArguments": '{"text": "x"}', **more}
    return str(desk.call("Jobs_StartJobs", {"startInfo": start_info}, folder=folder).content["value"][0]["Key"])


def show(desk: Desk, folder: FolderPlace, key: str) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("Jobs_GetByKeyByIdentifier", identifier=key, folder=folder).content
    return content


def report(desk: Desk, folder: FolderPlace, key: str, state: str = "Successful", **more: Any) -> int:
    return desk.call(REPORT, {"JobKey": key, "State": state, **more}, folder=folder).status


def test_a_job_waits_for_a_robot_and_runs_in_its_hands(desk: Desk, folder: FolderPlace) -> None:
    assert beat(desk, folder) == {"Jobs": [], "StopOrders": []}
    key = start(desk, folder)
    desk.clock.advance(timedelta(days=1))
    assert show(desk, folder, key)["State"] == "Pending"
    [job] = beat(desk, folder, HostMachineName="ann-laptop")["Jobs"]
    assert (job["JobKey"], job["PackageKey"], job["EntryPointPath"]) == (key, "Reader:1.0.0", "main")
    assert job["InputArguments"] == '{"text": "x"}'
    desk.clock.advance(timedelta(days=1))
    shown = show(desk, folder, key)
    assert (shown["State"], shown["HostMachineName"]) == ("Running", "ann-laptop")
    assert report(desk, folder, key, OutputArguments='{"sum": 3}') == 204
    ended = show(desk, folder, key)
    assert (ended["State"], json.loads(ended["OutputArguments"])) == ("Successful", {"sum": 3})


def test_a_job_is_given_once_and_the_most_urgent_first(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    usual, urgent = start(desk, folder), start(desk, folder, JobPriority="High")
    assert [job["JobKey"] for job in beat(desk, folder)["Jobs"]] == [urgent]
    assert [job["JobKey"] for job in beat(desk, folder, 5)["Jobs"]] == [usual]
    assert beat(desk, folder, 5)["Jobs"] == []


def test_workflows_of_studio_and_other_folders_are_left_to_scripts(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    start(desk, folder, "Painter")
    other = desk.make_folder("Other")
    desk.call("Releases_Post", {"Name": "Elsewhere", "ProcessKey": "Reader"}, folder=other)
    key = start(desk, other, "Elsewhere")
    assert beat(desk, folder, 5)["Jobs"] == []
    desk.clock.advance(timedelta(minutes=1))
    assert show(desk, other, key)["State"] == "Successful"


def test_what_went_wrong_is_told(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    key = start(desk, folder)
    beat(desk, folder)
    report(desk, folder, key, "Faulted", Info="ValueError: no such invoice\nline 2")
    ended = show(desk, folder, key)
    assert (ended["State"], ended["Info"]) == ("Faulted", "ValueError: no such invoice\nline 2")


def test_a_robot_hears_what_it_is_to_stop(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    soft, kill, running = (start(desk, folder) for _ in range(3))
    beat(desk, folder, 3)
    for key, strategy in ((soft, "SoftStop"), (kill, "Kill")):
        job_id = show(desk, folder, key)["Id"]
        desk.call("Jobs_StopJobById", {"strategy": strategy}, key=job_id, folder=folder)
    orders = beat(desk, folder, 0, JobKeys=[soft, kill, running, SOME_KEY])["StopOrders"]
    assert [(order["JobKey"], order["Strategy"]) for order in orders] == [
        (soft, "SoftStop"),
        (kill, "Kill"),
        (SOME_KEY, "Kill"),
    ]
    report(desk, folder, soft, "Stopped")
    assert show(desk, folder, soft)["State"] == "Stopped"
    desk.clock.advance(timedelta(hours=1))
    assert show(desk, folder, kill)["State"] == "Stopped"
    with pytest.raises(Conflict):
        report(desk, folder, kill, "Stopped")


def test_when_the_robot_leaves_jobs_follow_their_scripts_again(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    beat(desk, folder, Leaving=True)
    key = start(desk, folder)
    desk.clock.advance(timedelta(minutes=1))
    assert show(desk, folder, key)["State"] == "Successful"


def test_a_machine_key_is_one_of_the_folders(desk: Desk, folder: FolderPlace) -> None:
    machine = desk.call("Machines_Post", {"Name": "hal", "Type": "Template", "UnattendedSlots": 1}).content
    with pytest.raises(NotFound, match="machine"):
        beat(desk, folder, MachineKey=machine["LicenseKey"])
    assignment = {"assignments": {"MachineIds": [machine["Id"]], "FolderIds": [folder.id]}}
    desk.call("Folders_AssignMachines", assignment)
    beat(desk, folder, MachineKey=machine["LicenseKey"])
    key = start(desk, folder)
    beat(desk, folder, MachineKey=machine["LicenseKey"])
    assert show(desk, folder, key)["HostMachineName"] == "hal"


@pytest.mark.parametrize(
    "body",
    [
        {"JobKey": "x", "State": "Successful"},
        {"JobKey": SOME_KEY},
        {"JobKey": SOME_KEY, "State": "Running"},
        {"JobKey": SOME_KEY, "State": "Successful", "OutputArguments": "[]"},
        {"JobKey": SOME_KEY, "State": "Successful", "OutputArguments": '{"a":' * 300 + "1" + "}" * 300},
    ],
)
def test_a_report_that_is_none_is_refused(desk: Desk, folder: FolderPlace, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        desk.call(REPORT, body, folder=folder)


def test_jobs_elsewhere_are_not_to_be_ended(desk: Desk, folder: FolderPlace) -> None:
    beat(desk, folder)
    key = start(desk, folder)
    with pytest.raises(Conflict):
        report(desk, folder, key)
    beat(desk, folder)
    for place in (desk.make_folder("Other"), desk.make_folder("Theirs", tenant=OTHER_TENANT)):
        with pytest.raises(NotFound):
            report(desk, place, key)
    for operation in (BEAT, REPORT):
        with pytest.raises(FolderRequired):
            desk.call(operation, {"JobKey": key, "State": "Stopped"})
    with pytest.raises(InvalidRequest, match="JobKeys"):
        beat(desk, folder, JobKeys=["x"])
