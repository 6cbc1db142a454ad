"""Jobs: started, started again, and what would start none."""

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk
from tests.factories.started_jobs import BATCH_KEY, STRANGE_KEY, after, release_of, seat_robot, seen, start, start_many

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.passage import FolderPlace


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
