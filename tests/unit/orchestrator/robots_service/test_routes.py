"""Real robots are given jobs, each job to one robot, hear what is to be stopped, and tell how jobs ended."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk
from tests.factories.packages import FORM, form_of, python_package, studio_package

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.orchestrator.robots_service import presence
from stagedoor.passage import CredentialKind, FolderPlace

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
    for _ in range(3):
        desk.clock.advance(timedelta(seconds=90))
        beat(desk, folder, 0, JobKeys=[key])
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


ROBOT_KEY, OTHER_ROBOT = "00000000-0000-4000-8000-0000000000b1", "00000000-0000-4000-8000-0000000000b2"


def sessions(desk: Desk, folder: FolderPlace) -> list[dict[str, Any]]:
    found = desk.call("Sessions_Get", folder=folder, query={"$expand": "Robot", "$orderby": "Id"})
    rows: list[dict[str, Any]] = found.content["value"]
    return rows


class TestPresence:
    def test_a_robot_shows_as_a_session_that_is_available_busy_and_gone(self, desk: Desk, folder: FolderPlace) -> None:
        about = {"RobotKey": ROBOT_KEY, "HostMachineName": "ann-laptop", "Version": "1.2.3", "Runtimes": 3}
        beat(desk, folder, **about)
        [seen] = sessions(desk, folder)
        assert (seen["State"], seen["HostMachineName"], seen["Version"]) == ("Available", "ann-laptop", "1.2.3")
        assert seen["Robot"]["Name"] == "ann-laptop"
        [runtime] = desk.call("Sessions_GetMachineSessionRuntimes").content["value"]
        assert runtime["Runtimes"] == 3
        key = start(desk, folder)
        beat(desk, folder, **about)
        assert sessions(desk, folder)[0]["State"] == "Busy"
        report(desk, folder, key)
        desk.clock.advance(timedelta(seconds=30))
        beat(desk, folder, 0, **about)
        [seen] = sessions(desk, folder)
        assert (seen["State"], seen["ReportingTime"]) == ("Available", "2030-01-31T08:00:30Z")
        job = desk.call("Jobs_Get", folder=folder, query={"$expand": "Robot"}).content["value"][0]
        assert job["Robot"]["Name"] == "ann-laptop"
        beat(desk, folder, 0, Leaving=True, **about)
        assert sessions(desk, folder)[0]["State"] == "Disconnected"

    def test_a_process_takes_the_free_robot_of_its_machine_and_the_next_one_gets_its_own(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        machine = desk.call("Machines_Post", {"Name": "hal", "Type": "Template", "UnattendedSlots": 1}).content
        desk.call("Folders_AssignMachines", {"assignments": {"MachineIds": [machine["Id"]], "FolderIds": [folder.id]}})
        robot = {"Name": "dave", "Type": "Unattended", "MachineId": machine["Id"], "HostingType": "Standard"}
        desk.call("Robots_Post", robot, folder=folder)
        for key in (ROBOT_KEY, OTHER_ROBOT):
            beat(desk, folder, RobotKey=key, MachineKey=machine["LicenseKey"], HostMachineName="hal")
        seen = [one for one in sessions(desk, folder) if one["Version"] == "26.3.0.0"]
        assert [one["Robot"]["Name"] for one in seen] == ["dave", "dave", "hal"]
        assert {one["MachineName"] for one in seen} == {"hal"}

    def test_a_robot_that_signed_in_by_a_machines_secret_is_on_that_machine(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        machine = desk.call("Machines_Post", {"Name": "hal", "Type": "Template", "UnattendedSlots": 1}).content
        robot = replace(CALLER, id=str(machine["Id"]), credential_kind=CredentialKind.MACHINE_SECRET)
        with pytest.raises(NotFound, match="machine"):
            desk.call(BEAT, {"RobotKey": ROBOT_KEY}, folder=folder, caller=robot)
        desk.call("Folders_AssignMachines", {"assignments": {"MachineIds": [machine["Id"]], "FolderIds": [folder.id]}})
        desk.call(BEAT, {"RobotKey": ROBOT_KEY}, folder=folder, caller=robot)
        assert [one["MachineName"] for one in sessions(desk, folder)] == ["hal"]

    def test_the_robot_of_a_machine_touches_no_job_of_another(self, desk: Desk, folder: FolderPlace) -> None:
        robots = []
        for name in ("hal", "eve"):
            machine = desk.call("Machines_Post", {"Name": name, "Type": "Template"}).content
            placed = {"MachineIds": [machine["Id"]], "FolderIds": [folder.id]}
            desk.call("Folders_AssignMachines", {"assignments": placed})
            robots.append(replace(CALLER, id=str(machine["Id"]), credential_kind=CredentialKind.MACHINE_SECRET))
        hal, eve = robots
        beat(desk, folder)
        key = start(desk, folder)

        def line_of(**facts: str) -> list[str]:
            return [json.dumps({"message": "x", "level": "Info", **facts})]

        with pytest.raises(NotFound):
            desk.call("Processes_DownloadPackageByKey", key="Reader:1.0.0", caller=hal)
        desk.call(BEAT, {"RobotKey": ROBOT_KEY, "JobsMax": 1}, folder=folder, caller=hal)
        desk.call("Processes_DownloadPackageByKey", key="Reader:1.0.0", caller=hal).content.stream.close()
        desk.call("Logs_SubmitLogs", line_of(jobId=key), caller=hal)
        with pytest.raises(NotFound):
            desk.call("Processes_DownloadPackageByKey", key="Reader:1.0.0", caller=eve)
        for facts in ({"jobId": key}, {"robotName": "hal"}, {}):
            with pytest.raises(InvalidRequest):
                desk.call("Logs_SubmitLogs", line_of(**facts), folder=folder, caller=eve)
        with pytest.raises(NotFound):
            desk.call(REPORT, {"JobKey": key, "State": "Faulted"}, folder=folder, caller=eve)
        desk.clock.advance(timedelta(seconds=119))
        desk.call(BEAT, {"RobotKey": OTHER_ROBOT, "JobKeys": [key]}, folder=folder, caller=eve)
        assert show(desk, folder, key)["State"] == "Running"
        desk.clock.advance(timedelta(seconds=2))
        assert show(desk, folder, key)["State"] == "Faulted"

    def test_no_more_robots_come_than_a_folder_may_have(
        self, desk: Desk, folder: FolderPlace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(presence, "CONNECTED_MAX", 1)
        beat(desk, folder, RobotKey=ROBOT_KEY)
        with pytest.raises(Conflict):
            beat(desk, folder, RobotKey=OTHER_ROBOT)
        beat(desk, folder, RobotKey=ROBOT_KEY, Leaving=True)
        beat(desk, folder, RobotKey=OTHER_ROBOT)

    def test_a_silent_robot_is_lost_and_its_job_faults(self, desk: Desk, folder: FolderPlace) -> None:
        beat(desk, folder, RobotKey=ROBOT_KEY)
        key = start(desk, folder)
        beat(desk, folder, RobotKey=ROBOT_KEY)
        desk.clock.advance(timedelta(seconds=119))
        assert show(desk, folder, key)["State"] == "Running"
        desk.clock.advance(timedelta(seconds=2))
        faulted = show(desk, folder, key)
        assert (faulted["State"], faulted["EndTime"]) == ("Faulted", "2030-01-31T08:02:00Z")
        assert "not been heard of" in faulted["Info"]
        desk.orchestrator.attend_to_duties()
        assert sessions(desk, folder)[0]["State"] == "Disconnected"
        with pytest.raises(Conflict):
            report(desk, folder, key)
        [order] = beat(desk, folder, 0, RobotKey=ROBOT_KEY, JobKeys=[key])["StopOrders"]
        assert order["Strategy"] == "Kill"

    def test_jobs_go_on_waiting_while_another_robot_is_there(self, desk: Desk, folder: FolderPlace) -> None:
        for key in (ROBOT_KEY, OTHER_ROBOT):
            beat(desk, folder, RobotKey=key)
        beat(desk, folder, 0, RobotKey=ROBOT_KEY, Leaving=True)
        key = start(desk, folder)
        desk.clock.advance(timedelta(minutes=1))
        assert show(desk, folder, key)["State"] == "Pending"
        beat(desk, folder, 0, RobotKey=OTHER_ROBOT, Leaving=True)
        key = start(desk, folder)
        desk.clock.advance(timedelta(minutes=1))
        assert show(desk, folder, key)["State"] == "Successful"


INBOX = "00000000-0000-4000-8000-0000000000c1"
STATE = "c3RhdGU="


def suspend(desk: Desk, folder: FolderPlace, *waits: dict[str, Any]) -> str:
    """Return a job that a robot had and that waits for these things."""
    beat(desk, folder)
    key = start(desk, folder)
    beat(desk, folder)
    report(desk, folder, key, "Suspended", ResumeTriggers=list(waits), KeptState=STATE)
    return key


class TestSuspending:
    def test_a_task_resumes_the_job_and_a_robot_goes_on_with_what_was_kept(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        task = desk.call("GenericTasks_CreateTask", {"title": "?", "type": "ExternalTask"}, folder=folder).content
        key = suspend(desk, folder, {"triggerType": "Task", "itemKey": task["key"], "interruptId": "1"})
        desk.clock.advance(timedelta(days=3))
        assert show(desk, folder, key)["State"] == "Suspended"
        [wait] = desk.call("JobTriggers_GetByJobKey", jobKey=key, folder=folder).content["value"]
        assert (wait["TriggerType"], wait["ItemKey"], wait["Status"]) == ("Task", task["key"], "New")
        desk.call("GenericTasks_CompleteTask", {"taskId": task["id"], "data": {}, "action": "Y"}, folder=folder)
        assert show(desk, folder, key)["State"] == "Resumed"
        [job] = beat(desk, folder)["Jobs"]
        assert (job["JobKey"], job["KeptState"]) == (key, STATE)
        assert show(desk, folder, key)["State"] == "Running"
        report(desk, folder, key)
        assert show(desk, folder, key)["State"] == "Successful"

    def test_another_job_a_time_and_a_payload_resume_it_too(self, desk: Desk, folder: FolderPlace) -> None:
        child = start(desk, folder, "Painter")
        at = (desk.clock.now() + timedelta(hours=1)).isoformat()
        by_job = suspend(desk, folder, {"triggerType": "Job", "itemKey": child})
        by_time = suspend(desk, folder, {"triggerType": "Timer", "resumeTime": at})
        by_payload = suspend(desk, folder, {"triggerType": "Api", "apiResume": {"inboxId": INBOX, "request": "?"}})
        states = [show(desk, folder, key)["State"] for key in (by_job, by_time, by_payload)]
        assert states == ["Suspended"] * 3
        desk.clock.advance(timedelta(minutes=1))
        assert show(desk, folder, by_job)["State"] == "Resumed"
        desk.clock.advance(timedelta(hours=1))
        resumed = show(desk, folder, by_time)
        assert (resumed["State"], resumed["ResumeTime"]) == ("Resumed", "2030-01-31T09:00:00Z")
        desk.call("JobTriggers_DeliverPayloadByInboxid", {"payload": 7}, inboxId=INBOX, folder=folder)
        assert show(desk, folder, by_payload)["State"] == "Resumed"

    def test_what_is_over_already_resumes_the_job_at_once(self, desk: Desk, folder: FolderPlace) -> None:
        child = start(desk, folder, "Painter")
        desk.clock.advance(timedelta(minutes=1))
        show(desk, folder, child)
        key = suspend(desk, folder, {"triggerType": "Job", "itemKey": child})
        assert show(desk, folder, key)["State"] == "Resumed"

    def test_a_job_that_is_suspended_again_waits_for_the_same_things_again(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        waits = [
            {"triggerType": "Api", "apiResume": {"inboxId": INBOX}},
            {"triggerType": "DeepRag", "itemKey": "outside"},
        ]
        key = suspend(desk, folder, *waits)
        desk.call("Jobs_ResumeJob", {"jobKey": key}, folder=folder)
        beat(desk, folder)
        report(desk, folder, key, "Suspended", ResumeTriggers=waits, KeptState=STATE)
        found = desk.call("JobTriggers_GetByJobKey", jobKey=key, folder=folder).content["value"]
        assert [(wait["TriggerType"], wait["Status"]) for wait in found] == [("Api", "New"), ("Api", "New")]
        other = start(desk, folder)
        beat(desk, folder)
        with pytest.raises(InvalidRequest, match="another job"):
            report(desk, folder, other, "Suspended", ResumeTriggers=waits, KeptState=STATE)

    @pytest.mark.parametrize(
        "wait",
        [
            {},
            {"triggerType": "QueueItem", "itemKey": SOME_KEY},
            {"triggerType": "Task", "itemKey": "x"},
            {"triggerType": "Timer"},
            {"triggerType": "Api"},
            {"triggerType": "Inbox", "integrationResume": {}},
        ],
    )
    def test_what_cannot_be_waited_for_is_refused(self, desk: Desk, folder: FolderPlace, wait: dict[str, Any]) -> None:
        with pytest.raises(InvalidRequest):
            suspend(desk, folder, wait)

    def test_a_job_that_is_asked_to_stop_cannot_be_suspended(self, desk: Desk, folder: FolderPlace) -> None:
        beat(desk, folder)
        key = start(desk, folder)
        beat(desk, folder)
        job_id = show(desk, folder, key)["Id"]
        desk.call("Jobs_StopJobById", {"strategy": "SoftStop"}, key=job_id, folder=folder)
        with pytest.raises(Conflict, match="asked to stop"):
            report(desk, folder, key, "Suspended")
