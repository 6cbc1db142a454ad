"""Triggers fire: at their time, once, and by what stands in a queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.duties import DutyCall
from stagedoor.orchestrator.machines.models import Machine, MachineFolder
from stagedoor.orchestrator.process_schedules.firing import fire_due
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, SoftStop
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.passage import FolderPlace

Json = dict[str, object]
HOUR = timedelta(hours=1)


def make(desk: Desk, folder: FolderPlace, **values: object) -> Json:
    body = {
        "Name": "Hourly",
        "ReleaseName": "InvoiceBot",
        "TimeZoneId": "UTC",
        "StartProcessCron": "0 0 * * * ?",
        **values,
    }
    return desk.call("ProcessSchedules_Post", body, folder=folder).content


def jobs(desk: Desk, folder: FolderPlace, **query: str) -> list[Json]:
    return desk.call("Jobs_Get", folder=folder, query={f"${name}": value for name, value in query.items()}).content[
        "value"
    ]


def pass_time(desk: Desk, by: timedelta) -> None:
    desk.clock.advance(by)
    desk.orchestrator.attend_to_duties()


def seen(desk: Desk, folder: FolderPlace, schedule: Json) -> Json:
    return desk.call("ProcessSchedules_GetById", key=schedule["Id"], folder=folder).content


def script(desk: Desk, script: Script) -> None:
    with desk.write() as session:
        create_rule(session, TENANT.tenant_id, "*", script)


def duty_call(desk: Desk) -> DutyCall:
    return DutyCall(database=desk.database, files=desk.files, clock=desk.clock, chance=desk.chance, vault=desk.vault)


def test_a_trigger_starts_a_job_at_its_time_and_not_before(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder, InputArguments='{"who": "me"}', SpecificPriorityValue=77)
    pass_time(desk, HOUR - timedelta(seconds=1))
    assert jobs(desk, folder) == []
    pass_time(desk, timedelta(seconds=1))
    [job] = jobs(desk, folder)
    assert (job["StartingScheduleId"], job["SourceType"]) == (made["Id"], "Schedule")
    assert (job["InputArguments"], job["SpecificPriorityValue"]) == ('{"who": "me"}', 77)
    assert seen(desk, folder, made)["StartProcessNextOccurrence"] == "2030-01-31T10:00:00Z"
    pass_time(desk, HOUR)
    assert len(jobs(desk, folder, filter=f"StartingScheduleId eq {made['Id']}")) == 2


def test_what_was_missed_while_no_server_ran_fires_once(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder)
    pass_time(desk, 10 * HOUR)
    pass_time(desk, timedelta(seconds=5))
    assert len(jobs(desk, folder)) == 1
    assert seen(desk, folder, made)["StartProcessNextOccurrence"] == "2030-01-31T19:00:00Z"


def test_many_processes_fire_each_moment_once(desk: Desk, folder: FolderPlace) -> None:
    for number in range(5):
        make(desk, folder, Name=f"T{number}")
    desk.clock.advance(HOUR)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fire_due, [duty_call(desk)] * 8))
    assert sorted(job["StartingScheduleId"] for job in jobs(desk, folder)) == [1, 2, 3, 4, 5]


def test_a_trigger_that_is_off_or_at_its_end_fires_no_more(desk: Desk, folder: FolderPlace) -> None:
    make(desk, folder, Name="off", Enabled=False)
    ending = make(desk, folder, Name="ending", StopProcessDate="2030-01-31T09:30:00Z")
    pass_time(desk, HOUR)
    assert [job["StartingScheduleId"] for job in jobs(desk, folder)] == [ending["Id"]]
    assert seen(desk, folder, ending)["StartProcessNextOccurrence"] is None
    pass_time(desk, 5 * HOUR)
    assert len(jobs(desk, folder)) == 1


def test_a_day_that_a_calendar_left_out_since_has_no_job(desk: Desk, folder: FolderPlace) -> None:
    calendar = desk.call("Calendars_Post", {"Name": "Off"}).content
    make(desk, folder, CalendarId=calendar["Id"])
    desk.call("Calendars_PutById", {"Name": "Off", "ExcludedDates": ["2030-01-31"]}, key=calendar["Id"])
    pass_time(desk, HOUR)
    assert jobs(desk, folder) == []
    pass_time(desk, timedelta(days=1))
    assert len(jobs(desk, folder)) == 1


class TestWhere:
    @pytest.fixture(autouse=True)
    def three_robots(self, desk: Desk, folder: FolderPlace) -> None:
        with desk.write() as session:
            machine = Machine(
                tenant_id=TENANT.tenant_id,
                key="00000000-0000-4000-8000-0000000000c1",
                license_key="k",
                name="host",
                name_folded="host",
                created_at=desk.clock.now(),
            )
            session.add(machine)
            session.flush()
            session.add(MachineFolder(machine_id=machine.id, folder_id=folder.id))
            for number in (1, 2, 3):
                session.add(
                    Robot(
                        tenant_id=TENANT.tenant_id,
                        key=f"00000000-0000-4000-8000-0000000000b{number}",
                        folder_id=folder.id,
                        machine_id=machine.id,
                        license_key="k",
                        name=f"bot{number}",
                        name_folded=f"bot{number}",
                        created_at=desk.clock.now(),
                    )
                )

    @pytest.mark.parametrize(
        ("how", "robots"),
        [
            ({"StartStrategy": 0, "ExecutorRobots": [{"Id": 2}, {"Id": 3}]}, [2, 3]),
            ({"StartStrategy": -1}, [1, 2, 3]),
            ({"StartStrategy": 2}, [1, 2]),
            ({"StartStrategy": 15}, [1]),
            ({"StartStrategy": 15, "MachineRobots": [{"RobotId": 3}, {"MachineId": 1, "RobotId": 2}]}, [3, 2]),
            ({}, [1]),
        ],
    )
    def test_the_strategy_says_for_whom_jobs_are(
        self, desk: Desk, folder: FolderPlace, how: Json, robots: list[int]
    ) -> None:
        made = make(desk, folder, **how)
        pass_time(desk, HOUR)
        found = jobs(desk, folder, expand="Robot")
        assert [job["Robot"]["Id"] for job in found] == robots
        ids = desk.call("ProcessSchedules_GetRobotIdsForScheduleByKey", key=made["Id"], folder=folder).content["value"]
        named = how.get("ExecutorRobots", []) or how.get("MachineRobots", [])
        assert ids == [each.get("Id") or each["RobotId"] for each in named]

    def test_robots_and_machines_are_shown_with_their_names(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, ExecutorRobots=[{"Id": 1}], MachineRobots=[{"MachineId": 1}])
        assert made["ExecutorRobots"] == [{"Id": 1, "Name": "bot1", "MachineName": "host", "Description": None}]
        assert made["MachineRobots"][0]["MachineName"] == "host"


def test_one_trigger_that_cannot_start_keeps_no_other_from_it(desk: Desk, folder: FolderPlace) -> None:
    make(desk, folder, Name="nobody", StartStrategy=-1)
    fine = make(desk, folder, Name="fine")
    pass_time(desk, HOUR)
    assert [job["StartingScheduleId"] for job in jobs(desk, folder)] == [fine["Id"]]


class TestRunningTooLong:
    def test_a_job_is_asked_to_stop_and_killed_later(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.HANG, soft_stop=SoftStop.IGNORE))
        make(desk, folder, StopProcessExpression="60", StopStrategy="SoftStop", KillProcessExpression="30")
        pass_time(desk, HOUR)
        pass_time(desk, timedelta(seconds=30))
        assert jobs(desk, folder)[0]["State"] == "Running"
        pass_time(desk, timedelta(seconds=40))
        assert jobs(desk, folder)[0]["State"] == "Stopping"
        pass_time(desk, timedelta(seconds=60))
        [job] = jobs(desk, folder)
        assert (job["State"], job["Info"]) == ("Stopped", "Job was killed")
        assert job["EndTime"] < "2030-01-31T09:01:40Z"

    def test_a_job_that_ends_in_time_is_left_alone(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, StopProcessExpression="60")
        pass_time(desk, HOUR)
        pass_time(desk, timedelta(minutes=10))
        assert jobs(desk, folder)[0]["State"] == "Successful"

    def test_a_kill_needs_no_further_request(self, desk: Desk, folder: FolderPlace) -> None:
        script(desk, Script(ending=Ending.HANG))
        make(desk, folder, StopProcessExpression="60", StopStrategy="Kill")
        pass_time(desk, HOUR)
        pass_time(desk, timedelta(minutes=10))
        assert jobs(desk, folder)[0]["Info"] == "Job was killed"


def test_a_trigger_whose_jobs_keep_failing_is_switched_off(desk: Desk, folder: FolderPlace) -> None:
    script(desk, Script(ending=Ending.FAULT))
    made = make(desk, folder, ConsecutiveJobFailuresThreshold=2, JobFailuresGracePeriodInHours=2)
    for _ in range(6):
        pass_time(desk, HOUR)
    # Two have failed by the third hour, and by the fourth the first of them has been over for two hours.
    now = seen(desk, folder, made)
    assert (now["Enabled"], now["StartProcessNextOccurrence"]) == (False, None)
    assert len(jobs(desk, folder)) == 3
    desk.call("ProcessSchedules_SetEnabled", {"enabled": True, "scheduleIds": [made["Id"]]}, folder=folder)
    before = len(jobs(desk, folder))
    pass_time(desk, HOUR)
    assert len(jobs(desk, folder)) == before + 1


class TestQueues:
    @pytest.fixture
    def queue(self, desk: Desk, folder: FolderPlace) -> Json:
        script(desk, Script(ending=Ending.HANG))
        return desk.call("QueueDefinitions_Post", {"Name": "Invoices"}, folder=folder).content

    def add(self, desk: Desk, folder: FolderPlace, count: int, **data: object) -> None:
        body = {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": [data] * count}
        desk.call("Queues_BulkAddQueueItems", body, folder=folder)

    def test_items_start_jobs_by_threshold_target_and_most(self, desk: Desk, folder: FolderPlace, queue: Json) -> None:
        made = make(
            desk,
            folder,
            QueueDefinitionId=queue["Id"],
            StartProcessCron=None,
            ItemsActivationThreshold=3,
            ItemsPerJobActivationTarget=2,
            MaxJobsForActivation=3,
        )
        assert (made["QueueDefinitionName"], made["StartProcessCron"]) == ("Invoices", "0 0/30 * * * ?")
        shown = desk.call("QueueDefinitions_GetById", key=queue["Id"], folder=folder).content
        assert shown["ProcessScheduleId"] == made["Id"]
        for added, expected in ((2, 0), (1, 2), (1, 2), (1, 3), (5, 3)):
            self.add(desk, folder, added)
            pass_time(desk, timedelta(seconds=1))
            assert len(jobs(desk, folder)) == expected
        assert {job["SourceType"] for job in jobs(desk, folder)} == {"Queue"}

    def test_deferred_items_count_when_their_time_has_come(self, desk: Desk, folder: FolderPlace, queue: Json) -> None:
        make(desk, folder, QueueDefinitionId=queue["Id"], StartProcessCron="0 0/10 * * * ?")
        self.add(desk, folder, 1, DeferDate="2030-01-31T08:15:00Z")
        pass_time(desk, timedelta(minutes=10))
        assert jobs(desk, folder) == []
        pass_time(desk, timedelta(minutes=10))
        assert len(jobs(desk, folder)) == 1

    @pytest.mark.parametrize(("on_end", "expected"), [(True, 2), (False, 1)])
    def test_the_end_of_a_job_is_a_reason_to_look_where_it_is_asked_for(
        self, desk: Desk, folder: FolderPlace, queue: Json, on_end: bool, expected: int
    ) -> None:
        make(desk, folder, QueueDefinitionId=queue["Id"], ActivateOnJobComplete=on_end)
        self.add(desk, folder, 5)
        pass_time(desk, timedelta(seconds=1))
        [job] = jobs(desk, folder)
        desk.clock.advance(timedelta(seconds=10))
        desk.call("Jobs_StopJobById", {"strategy": "Kill"}, key=job["Id"], folder=folder)
        pass_time(desk, timedelta(seconds=10))
        pass_time(desk, timedelta(seconds=10))
        assert len(jobs(desk, folder)) == expected

    def test_an_activation_looks_at_once_and_only_an_enabled_trigger_takes_it(
        self, desk: Desk, folder: FolderPlace, queue: Json
    ) -> None:
        made = make(desk, folder, QueueDefinitionId=queue["Id"], MaxJobsForActivation=2)
        self.add(desk, folder, 2)
        assert desk.call("ProcessSchedules_ActivateById", key=made["Id"], folder=folder).status == 200
        assert len(jobs(desk, folder)) == 2
