"""Jobs: started, seen to move by the clock, stopped, restarted, resumed."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, SoftStop
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.passage import FolderPlace

Job = dict[str, object]
STRANGE_KEY = "00000000-0000-4000-8000-000000000099"
BATCH_KEY = "00000000-0000-4000-8000-0000000000bb"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}, folder=folder)
    return folder


def release_of(desk: Desk, folder: FolderPlace) -> dict[str, object]:
    return desk.call("Releases_Get", folder=folder).content["value"][0]


def start_many(desk: Desk, folder: FolderPlace, headers: dict[str, str] | None = None, **info: object) -> list[Job]:
    info.setdefault("ReleaseName", "InvoiceBot")
    answer = desk.call("Jobs_StartJobs", {"startInfo": info}, folder=folder, headers=headers)
    assert answer.status == 201
    return answer.content["value"]


def start(desk: Desk, folder: FolderPlace, **info: object) -> Job:
    jobs = start_many(desk, folder, **info)
    assert len(jobs) == 1
    return jobs[0]


def seen(desk: Desk, folder: FolderPlace, job: Job, **query: str) -> Job:
    return desk.call("Jobs_GetById", key=job["Id"], folder=folder, query=query).content


def script(desk: Desk, script: Script, pattern: str = "*") -> None:
    with desk.write() as session:
        create_rule(session, TENANT.tenant_id, pattern, script)


def stop(desk: Desk, folder: FolderPlace, job: Job, strategy: object = "SoftStop") -> int:
    return desk.call("Jobs_StopJobById", {"strategy": strategy}, key=job["Id"], folder=folder).status


def after(desk: Desk, seconds: float) -> None:
    desk.clock.advance(timedelta(seconds=seconds))


def seat_robot(desk: Desk, folder: FolderPlace, name: str, *, enabled: bool = True) -> int:
    with desk.write() as session:
        machine = Machine(
            tenant_id=TENANT.tenant_id,
            key=f"machine {name}",
            license_key="k",
            name=f"HOST-{name}",
            name_folded=f"host-{name}",
            created_at=desk.clock.now(),
        )
        session.add(machine)
        session.flush()
        session.add(MachineFolder(machine_id=machine.id, folder_id=folder.id))
        robot = Robot(
            tenant_id=TENANT.tenant_id,
            key=f"robot {name}",
            folder_id=folder.id,
            machine_id=machine.id,
            license_key="k",
            name=name,
            name_folded=name,
            enabled=enabled,
            created_at=desk.clock.now(),
        )
        session.add(robot)
        session.flush()
        return robot.id


class TestStarting:
    def test_a_started_job_is_pending_and_whole(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(
            desk,
            folder,
            InputArguments='{"amount": 5}',
            Reference="R",
            JobPriority="High",
            Source="AgentService",
            RuntimeType="Headless",
            BatchExecutionKey=BATCH_KEY.upper(),
            TraceId="t",
        )
        assert job["State"] == "Pending"
        assert job["ReleaseName"] == "InvoiceBot"
        assert job["InputArguments"] == '{"amount": 5}'
        assert (job["Reference"], job["JobPriority"], job["SpecificPriorityValue"]) == ("R", "High", 65)
        assert (job["Source"], job["SourceType"]) == ("AgentService", "AgentService")
        assert (job["RuntimeType"], job["Type"]) == ("Headless", "Unattended")
        assert (job["BatchExecutionKey"], job["TraceId"]) == (BATCH_KEY, "t")
        assert (job["OrganizationUnitId"], job["FolderKey"]) == (folder.id, folder.key)
        assert job["CreationTime"] == "2030-01-31T08:00:00Z"
        assert isinstance(job["Id"], int)
        assert (job["StartTime"], job["EndTime"], job["OutputArguments"]) == (None, None, None)

    def test_a_release_is_found_by_key_first_then_by_name_in_any_letter_case(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        key = str(release_of(desk, folder)["Key"])
        assert start(desk, folder, ReleaseKey=key.upper(), ReleaseName="ignored")["ReleaseName"] == "InvoiceBot"
        answer = desk.call("Jobs_StartJobs", {"STARTINFO": {"releasename": "invoicebot"}}, folder=folder)
        assert answer.status == 201

    def test_the_names_of_the_release_s_defaults_are_taken_over(self, desk: Desk, folder: FolderPlace) -> None:
        release = release_of(desk, folder)
        body = {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot", "InputArguments": '{"a":1}', "JobPriority": "Low"}
        desk.call("Releases_PutById", body, key=release["Id"], folder=folder)
        job = start(desk, folder)
        assert (job["InputArguments"], job["JobPriority"]) == ('{"a":1}', "Low")

    @pytest.mark.parametrize(
        ("info", "count"),
        [
            ({}, 1),
            ({"JobsCount": 3}, 3),
            ({"JobsCount": 3, "Strategy": "ModernJobsCount"}, 3),
            ({"JobsCount": 2, "Strategy": "JobsCount"}, 2),
            ({"NoOfRobots": 2, "Strategy": "RobotCount"}, 2),
            ({"Strategy": "ModernJobsCount"}, 1),
            ({"JobsCount": 1000}, 1000),
        ],
    )
    def test_as_many_jobs_are_started_as_the_strategy_says(
        self, desk: Desk, folder: FolderPlace, info: dict[str, object], count: int
    ) -> None:
        jobs = start_many(desk, folder, **info)
        assert len(jobs) == count
        assert len({job["Key"] for job in jobs}) == count
        assert len({job["BatchExecutionKey"] for job in jobs}) == 1

    def test_robots_that_are_named_run_one_job_each(self, desk: Desk, folder: FolderPlace) -> None:
        one, two = seat_robot(desk, folder, "one"), seat_robot(desk, folder, "two")
        seat_robot(desk, folder, "off", enabled=False)
        jobs = start_many(desk, folder, Strategy="Specific", RobotIds=[two, one])
        after(desk, 1)
        assert [seen(desk, folder, job)["HostMachineName"] for job in jobs] == ["HOST-two", "HOST-one"]
        assert len(start_many(desk, folder, Strategy="All")) == 2
        assert len(start_many(desk, folder, RobotIds=[one, two])) == 2
        expanded = seen(desk, folder, jobs[0], **{"$expand": "Robot,Release,Machine"})
        assert expanded["Robot"]["Name"] == "two"
        assert expanded["Release"]["ProcessKey"] == "InvoiceBot"
        assert expanded["Machine"]["Name"] == "HOST-two"

    def test_machines_and_robots_that_are_mapped_take_turns(self, desk: Desk, folder: FolderPlace) -> None:
        one, two = seat_robot(desk, folder, "one"), seat_robot(desk, folder, "two")
        jobs = start_many(desk, folder, JobsCount=3, MachineRobots=[{"RobotId": two}, {"RobotId": one}])
        after(desk, 1)
        hosts = [seen(desk, folder, job)["HostMachineName"] for job in jobs]
        assert hosts == ["HOST-two", "HOST-one", "HOST-two"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("InputArguments", {"amount": 5}),
            ("InputArguments", "{"),
            ("InputArguments", "[1]"),
            ("InputArguments", "x" * 10_001),
            ("JobsCount", "many"),
            ("JobsCount", -1),
            ("JobsCount", 1001),
            ("JobsCount", True),
            ("Strategy", "Some"),
            ("JobPriority", "Urgent"),
            ("SpecificPriorityValue", 0),
            ("SpecificPriorityValue", 101),
            ("RuntimeType", "Robot"),
            ("Source", 99),
            ("Reference", 5),
            ("ReleaseKey", "InvoiceBot"),
            ("BatchExecutionKey", "b"),
            ("RobotIds", 5),
            ("RobotIds", ["x"]),
            ("MachineRobots", [5]),
            ("RequiresUserInteraction", "no"),
        ],
    )
    def test_a_wrong_value_is_refused_by_the_name_of_its_field(
        self, desk: Desk, folder: FolderPlace, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidRequest, match=field) as refusal:
            start(desk, folder, **{field: value})
        assert (refusal.value.status, refusal.value.error_code) == (400, 1000)
        assert desk.call("Jobs_Get", folder=folder).content["value"] == []

    @pytest.mark.parametrize(
        "info",
        [
            {"ReleaseName": None},
            {"ReleaseName": ""},
            {"Strategy": "Specific"},
            {"Strategy": "All"},
            {"Strategy": "JobsCount"},
            {"Strategy": "RobotCount", "NoOfRobots": 0},
        ],
    )
    def test_a_request_that_says_too_little_is_refused(
        self, desk: Desk, folder: FolderPlace, info: dict[str, object]
    ) -> None:
        with pytest.raises(InvalidRequest):
            start(desk, folder, **info)

    @pytest.mark.parametrize(
        "info",
        [
            {"ReleaseName": "Nothing"},
            {"ReleaseKey": STRANGE_KEY},
            {"RobotIds": [99]},
            {"MachineRobots": [{"MachineId": 99}]},
        ],
    )
    def test_what_the_folder_does_not_have_is_not_found(
        self, desk: Desk, folder: FolderPlace, info: dict[str, object]
    ) -> None:
        with pytest.raises(NotFound) as refusal:
            start(desk, folder, **info)
        assert (refusal.value.status, refusal.value.error_code) == (404, 1002)

    def test_another_folder_or_tenant_starts_nothing(self, desk: Desk, folder: FolderPlace) -> None:
        key = release_of(desk, folder)["Key"]
        other = desk.make_folder("Other")
        for info in ({"ReleaseName": "InvoiceBot"}, {"ReleaseKey": key}):
            with pytest.raises(NotFound):
                desk.call("Jobs_StartJobs", {"startInfo": info}, folder=other)
            with pytest.raises(NotFound):
                desk.call("Jobs_StartJobs", {"startInfo": info}, folder=folder, tenant=OTHER_TENANT)

    def test_the_job_that_starts_a_job_is_its_parent(self, desk: Desk, folder: FolderPlace) -> None:
        job = start_many(desk, folder, headers={"x-uipath-jobkey": BATCH_KEY})[0]
        assert job["ParentJobKey"] == BATCH_KEY


class TestMoving:
    def test_a_job_waits_runs_and_succeeds_by_the_clock(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder, InputArguments='{"amount": 5}')
        after(desk, 0.5)
        assert seen(desk, folder, job)["State"] == "Pending"
        after(desk, 0.5)
        running = seen(desk, folder, job)
        assert (running["State"], running["StartTime"]) == ("Running", "2030-01-31T08:00:01Z")
        assert running["HostMachineName"]
        after(desk, 2)
        done = seen(desk, folder, job)
        assert (done["State"], done["EndTime"]) == ("Successful", "2030-01-31T08:00:03Z")
        assert json.loads(str(done["OutputArguments"])) == {"amount": 5}
        assert done["Info"] == "Job completed"

    def test_times_are_those_of_the_script_however_late_one_looks(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        desk.clock.advance(timedelta(days=3))
        done = seen(desk, folder, job)
        assert (done["State"], done["OutputArguments"]) == ("Successful", "{}")
        assert (done["StartTime"], done["EndTime"]) == ("2030-01-31T08:00:01Z", "2030-01-31T08:00:03Z")

    def test_a_list_shows_where_every_job_stands_by_now(self, desk: Desk, folder: FolderPlace) -> None:
        start_many(desk, folder, JobsCount=600)
        after(desk, 3)
        query = {"$filter": "State eq 'Successful'", "$count": "true", "$top": "1"}
        page = desk.call("Jobs_Get", folder=folder, query=query).content
        assert page["@odata.count"] == 600
        assert "@odata.count" not in desk.call("Jobs_Get", folder=folder).content

    def test_a_script_may_fault(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.FAULT, reason="System.Exception: no invoice\n   at Main"))
        job = start(desk, folder)
        after(desk, 3)
        faulted = seen(desk, folder, job)
        assert (faulted["State"], faulted["Info"]) == ("Faulted", "System.Exception: no invoice\n   at Main")
        assert faulted["JobError"]["title"] == "System.Exception: no invoice"
        assert (faulted["ErrorCode"], faulted["OutputArguments"]) == ("Robot.ScriptedFault", None)

    def test_a_script_may_hang_until_it_is_killed(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.HANG))
        job = start(desk, folder)
        desk.clock.advance(timedelta(days=30))
        assert seen(desk, folder, job)["State"] == "Running"
        stop(desk, folder, job, "Kill")
        assert seen(desk, folder, job)["State"] == "Terminating"
        after(desk, 1)
        assert seen(desk, folder, job)["State"] == "Stopped"

    def test_a_script_may_give_an_output_of_its_own(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(output={"total": 7}), "invoice*")
        job = start(desk, folder, InputArguments='{"amount": 5}')
        after(desk, 3)
        assert seen(desk, folder, job)["OutputArguments"] == '{"total":7}'

    def test_a_call_may_bring_its_own_script(self, desk: Desk, folder: FolderPlace) -> None:
        headers = {"scripted-robot": '{"pendingSeconds": 10, "ending": "fault", "reason": "as asked"}'}
        job = start_many(desk, folder, headers=headers)[0]
        after(desk, 9)
        assert seen(desk, folder, job)["State"] == "Pending"
        after(desk, 3)
        assert seen(desk, folder, job)["Info"] == "as asked"

    def test_another_tenant_s_rules_do_not_count(self, desk: Desk, folder: FolderPlace) -> None:
        with desk.write() as session:
            create_rule(session, OTHER_TENANT.tenant_id, "*", Script(ending=Ending.FAULT))
        job = start(desk, folder)
        after(desk, 3)
        assert seen(desk, folder, job)["State"] == "Successful"


class TestLooking:
    def test_a_job_is_found_by_id_and_key(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        by_key = desk.call("Jobs_GetByKeyByIdentifier", identifier=str(job["Key"]).upper(), folder=folder).content
        assert by_key["Id"] == seen(desk, folder, job)["Id"] == job["Id"]

    def test_keys_are_resolved_to_ids_as_the_vendor_s_python_client_does(self, desk: Desk, folder: FolderPlace) -> None:
        jobs = start_many(desk, folder, JobsCount=3)
        keys = "','".join(str(job["Key"]) for job in jobs[:2])
        query = {"$filter": f"Key in ('{keys}')", "$select": "Id,Key", "$top": "2"}
        page = desk.call("Jobs_Get", folder=folder, query=query).content
        assert page["value"] == [{"Id": job["Id"], "Key": job["Key"]} for job in jobs[:2]]

    def test_other_folders_and_tenants_see_nothing(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        other = desk.make_folder("Other")
        for place in ({"folder": other}, {"folder": folder, "tenant": OTHER_TENANT}):
            assert desk.call("Jobs_Get", **place).content["value"] == []
            with pytest.raises(NotFound):
                desk.call("Jobs_GetById", key=job["Id"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_GetByKeyByIdentifier", identifier=job["Key"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_StopJobById", {"strategy": "Kill"}, key=job["Id"], **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [job["Id"]]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_RestartJob", {"jobId": job["Id"]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, **place)
            with pytest.raises(NotFound):
                desk.call("Jobs_ValidateExistingJobById", key=job["Id"], **place)
        assert seen(desk, folder, job)["State"] == "Pending"

    @pytest.mark.parametrize("navigation", ["Machine", "Robot"])
    def test_nobody_gets_at_licence_keys_through_jobs(self, desk: Desk, folder: FolderPlace, navigation: str) -> None:
        seat_robot(desk, folder, "r1")
        job = start(desk, folder)
        expanded = seen(desk, folder, job, **{"$expand": f"{navigation}($select=Name,LicenseKey)"})[navigation]
        assert isinstance(expanded, dict)
        assert list(expanded) == ["Name"]
        for option in ("$filter", "$orderby"):
            wanted = {"$filter": f"startswith({navigation}/LicenseKey,'k')", "$orderby": f"{navigation}/LicenseKey"}
            with pytest.raises(InvalidRequest, match="LicenseKey"):
                desk.call("Jobs_Get", folder=folder, query={option: wanted[option]})

    def test_a_job_outlives_its_release(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        desk.call("Releases_DeleteById", key=release_of(desk, folder)["Id"], folder=folder)
        after(desk, 3)
        assert seen(desk, folder, job)["ReleaseName"] == "InvoiceBot"
        with pytest.raises(Conflict, match="InvoiceBot"):
            desk.call("Jobs_RestartJob", {"jobId": job["Id"]}, folder=folder)


class TestStopping:
    def test_a_pending_job_stops_at_once(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        assert stop(desk, folder, job) == 200
        stopped = seen(desk, folder, job)
        assert (stopped["State"], stopped["EndTime"]) == ("Stopped", "2030-01-31T08:00:00Z")
        after(desk, 60)
        assert seen(desk, folder, job)["State"] == "Stopped"

    @pytest.mark.parametrize(
        ("soft_stop", "end"),
        [(SoftStop.STOP, "Stopped"), (SoftStop.FINISH, "Successful"), (SoftStop.IGNORE, "Stopping")],
    )
    def test_a_running_job_takes_a_soft_stop_as_its_script_says(
        self, desk: Desk, folder: FolderPlace, soft_stop: SoftStop, end: str
    ) -> None:
        script(desk, Script(soft_stop=soft_stop, stopping_seconds=2))
        job = start(desk, folder)
        after(desk, 1)
        stop(desk, folder, job)
        assert (seen(desk, folder, job)["State"], seen(desk, folder, job)["StopStrategy"]) == ("Stopping", "SoftStop")
        after(desk, 2)
        assert seen(desk, folder, job)["State"] == end

    def test_a_kill_goes_over_a_soft_stop(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(soft_stop=SoftStop.IGNORE))
        job = start(desk, folder)
        after(desk, 1)
        for strategy in ("SoftStop", "SoftStop", "Kill", "SoftStop"):
            stop(desk, folder, job, strategy)
        after(desk, 1)
        ended = seen(desk, folder, job)
        assert (ended["State"], ended["Info"], ended["StopStrategy"]) == ("Stopped", "Job was killed", "Kill")

    def test_a_finished_job_is_not_stopped(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        after(desk, 3)
        with pytest.raises(Conflict) as refusal:
            stop(desk, folder, job)
        assert refusal.value.status == 409

    def test_many_jobs_are_stopped_all_or_none(self, desk: Desk, folder: FolderPlace) -> None:
        done = start(desk, folder)
        after(desk, 3)
        jobs = start_many(desk, folder, JobsCount=2)
        ids = [job["Id"] for job in jobs]
        for wrong, refusal in ((done["Id"], Conflict), (999, NotFound)):
            with pytest.raises(refusal):
                desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [*ids, wrong]}, folder=folder)
        assert [seen(desk, folder, job)["State"] for job in jobs] == ["Pending", "Pending"]
        assert desk.call("Jobs_StopJobs", {"strategy": "Kill", "jobIds": [*ids, ids[0]]}, folder=folder).status == 200
        assert [seen(desk, folder, job)["State"] for job in jobs] == ["Stopped", "Stopped"]

    @pytest.mark.parametrize("body", [{}, {"strategy": "Gently", "jobIds": [1]}, {"strategy": "Kill"}, {"jobIds": [1]}])
    def test_how_and_which_have_to_be_said(self, desk: Desk, folder: FolderPlace, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("Jobs_StopJobs", body, folder=folder)


class TestRestarting:
    def test_a_restart_is_a_new_job_with_the_old_input(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder, InputArguments='{"amount": 5}', Reference="R")
        after(desk, 3)
        answer = desk.call("Jobs_RestartJob", {"jobId": job["Id"]}, folder=folder)
        assert answer.status == 200
        again = answer.content
        assert again["Id"] != job["Id"]
        assert again["Key"] != job["Key"]
        assert (again["State"], again["InputArguments"], again["Reference"]) == ("Pending", '{"amount": 5}', "R")
        assert seen(desk, folder, job)["State"] == "Successful"
        after(desk, 3)
        assert seen(desk, folder, again)["State"] == "Successful"

    def test_a_job_that_is_not_at_its_end_is_not_restarted(self, desk: Desk, folder: FolderPlace) -> None:
        with pytest.raises(Conflict):
            desk.call("Jobs_RestartJob", {"jobId": start(desk, folder)["Id"]}, folder=folder)


class TestResuming:
    def test_a_suspended_job_goes_on_and_succeeds(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.SUSPEND))
        job = start(desk, folder)
        after(desk, 60)
        assert seen(desk, folder, job)["State"] == "Suspended"
        resumed = desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, folder=folder).content
        assert (resumed["State"], resumed["ResumeVersion"]) == ("Resumed", 1)
        after(desk, 3)
        done = seen(desk, folder, job)
        assert (done["State"], done["StartTime"]) == ("Successful", "2030-01-31T08:00:01Z")

    def test_a_suspended_job_may_be_stopped(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.SUSPEND))
        job = start(desk, folder)
        after(desk, 3)
        stop(desk, folder, job)
        assert seen(desk, folder, job)["State"] == "Stopped"

    def test_a_job_that_is_not_suspended_is_not_resumed(self, desk: Desk, folder: FolderPlace) -> None:
        job = start(desk, folder)
        with pytest.raises(Conflict) as refusal:
            desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, folder=folder)
        assert refusal.value.status == 409


class TestValidating:
    def validate(self, desk: Desk, folder: FolderPlace, **info: object) -> dict[str, object]:
        return desk.call("Jobs_ValidateDynamicJob", {"startInfo": info}, folder=folder).content

    def test_a_request_that_would_start_jobs_is_valid_and_starts_none(self, desk: Desk, folder: FolderPlace) -> None:
        assert self.validate(desk, folder, ReleaseName="InvoiceBot")["IsValid"] is True
        assert desk.call("Jobs_Get", folder=folder).content["value"] == []

    def test_a_request_that_would_be_refused_says_why(self, desk: Desk, folder: FolderPlace) -> None:
        answer = self.validate(desk, folder, ReleaseName="Nothing")
        assert answer["IsValid"] is False
        assert "Nothing" in answer["Errors"][0]

    def test_a_job_that_is_there_could_run_again_while_its_process_is_there(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        job = start(desk, folder)

        def problems() -> list[str]:
            return desk.call("Jobs_ValidateExistingJobById", key=job["Id"], folder=folder).content["Errors"]

        assert problems() == []
        desk.call("Releases_DeleteById", key=release_of(desk, folder)["Id"], folder=folder)
        assert "InvoiceBot" in problems()[0]


def test_the_caller_is_written_down_as_who_started_a_job(desk: Desk, folder: FolderPlace) -> None:
    start(desk, folder)
    with desk.database.read() as session:
        assert session.scalar(text("SELECT creator_user_number FROM jobs")) == CALLER.number
