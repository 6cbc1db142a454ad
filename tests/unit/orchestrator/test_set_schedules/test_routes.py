"""Schedules of test sets: planned, switched, and fired once at each moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.factories.checks import Checks, make_checks, make_set
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.duties import DutyCall
from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.test_set_schedules.firing import fire_due

HOUR = timedelta(hours=1)
EVERY_HOUR = "0 0 * * * ?"


@pytest.fixture
def checks(desk: Desk) -> Checks:
    return make_checks(desk)


@pytest.fixture
def checked(desk: Desk, checks: Checks) -> dict:
    return make_set(desk, checks)


def make(desk: Desk, checks: Checks, checked: dict, **values: object) -> dict:
    body = {"Name": "Hourly", "TestSetId": checked["Id"], "TimeZoneId": "UTC", "CronExpression": EVERY_HOUR, **values}
    return desk.call("TestSetSchedules_Post", body, folder=checks.folder).content


def seen(desk: Desk, checks: Checks, schedule: dict) -> dict:
    return desk.call("TestSetSchedules_GetById", folder=checks.folder, key=schedule["Id"]).content


def runs(desk: Desk, checks: Checks) -> list[dict]:
    return desk.call("TestSetExecutions_Get", folder=checks.folder).content["value"]


def pass_time(desk: Desk, by: timedelta) -> None:
    desk.clock.advance(by)
    desk.orchestrator.attend_to_duties()


class TestPlanning:
    def test_a_schedule_is_made_and_shows_its_next_moment(self, desk: Desk, checks: Checks, checked: dict) -> None:
        made = make(desk, checks, checked, Description="d", TimeZoneId="W. Europe Standard Time")
        assert (made["Enabled"], made["TestSetName"], made["TimeZoneIana"]) == (True, "Nightly", "Europe/Berlin")
        assert made["NextOccurrence"] == "2030-01-31T09:00:00Z"
        assert [one["Id"] for one in desk.call("TestSetSchedules_Get", folder=checks.folder).content["value"]] == [
            made["Id"]
        ]

    def test_other_settings_take_the_place(self, desk: Desk, checks: Checks, checked: dict) -> None:
        made = make(desk, checks, checked)
        body = {**made, "Name": "Daily", "CronExpression": "0 0 12 * * ?", "DisableDate": "2030-03-01T00:00:00Z"}
        answer = desk.call("TestSetSchedules_PutById", body, folder=checks.folder, key=made["Id"])
        assert (answer.status, answer.content["Name"]) == (200, "Daily")
        assert answer.content["NextOccurrence"] == "2030-01-31T12:00:00Z"

    def test_schedules_are_switched_all_or_none(self, desk: Desk, checks: Checks, checked: dict) -> None:
        one, other = make(desk, checks, checked), make(desk, checks, checked, Name="Other")
        operation = "TestSetSchedules_SetEnabled"
        with pytest.raises(NotFound):
            body = {"enabled": False, "testSetScheduleIds": [one["Id"], 999]}
            desk.call(operation, body, folder=checks.folder)
        assert seen(desk, checks, one)["Enabled"] is True
        body = {"enabled": False, "testSetScheduleIds": [one["Id"], other["Id"]]}
        assert desk.call(operation, body, folder=checks.folder).content["value"] is True
        assert (seen(desk, checks, one)["Enabled"], seen(desk, checks, one)["NextOccurrence"]) == (False, None)
        with pytest.raises(InvalidRequest, match="enabled"):
            desk.call(operation, {"testSetScheduleIds": []}, folder=checks.folder)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"Name": ""},
            {"TimeZoneId": "Moon"},
            {"CronExpression": "* * *"},
            {"CronExpression": None},
            {"CronExpression": "0 0 0 1 1 ? 2020"},
            {"DisableDate": "2030-01-31T08:30:00Z"},
            {"TestSetId": None},
        ],
    )
    def test_a_wrong_schedule_is_refused(self, desk: Desk, checks: Checks, checked: dict, wrong: dict) -> None:
        with pytest.raises(InvalidRequest):
            make(desk, checks, checked, **wrong)
        assert desk.call("TestSetSchedules_Get", folder=checks.folder).content["value"] == []

    def test_names_are_used_once_and_what_is_named_is_there(self, desk: Desk, checks: Checks, checked: dict) -> None:
        make(desk, checks, checked)
        with pytest.raises(NameInUse):
            make(desk, checks, checked, Name="HOURLY")
        for wrong in ({"TestSetId": 999}, {"CalendarId": 999}):
            with pytest.raises(NotFound):
                make(desk, checks, checked, Name="Other", **wrong)

    @pytest.mark.parametrize("operation", ["GetById", "PutById", "DeleteById"])
    def test_other_folders_and_tenants_have_no_such_schedule(
        self, desk: Desk, checks: Checks, checked: dict, operation: str
    ) -> None:
        made = make(desk, checks, checked)
        body = made if operation == "PutById" else None
        with pytest.raises(NotFound):
            desk.call(f"TestSetSchedules_{operation}", body, folder=desk.make_folder("Other"), key=made["Id"])
        with pytest.raises(NotFound):
            desk.call(f"TestSetSchedules_{operation}", body, folder=checks.folder, tenant=OTHER_TENANT, key=made["Id"])
        assert seen(desk, checks, made)["Name"] == "Hourly"

    def test_a_deleted_schedule_is_gone(self, desk: Desk, checks: Checks, checked: dict) -> None:
        made = make(desk, checks, checked)
        assert desk.call("TestSetSchedules_DeleteById", folder=checks.folder, key=made["Id"]).status == 204
        pass_time(desk, HOUR)
        assert runs(desk, checks) == []


class TestFiring:
    def test_the_set_runs_at_the_moment_and_again_at_the_next(self, desk: Desk, checks: Checks, checked: dict) -> None:
        made = make(desk, checks, checked)
        pass_time(desk, HOUR)
        [first] = runs(desk, checks)
        assert (first["TriggerType"], first["ScheduleId"], first["Status"]) == ("Scheduled", made["Id"], "Pending")
        assert seen(desk, checks, made)["NextOccurrence"] == "2030-01-31T10:00:00Z"
        pass_time(desk, HOUR)
        assert [one["Status"] for one in runs(desk, checks)] == ["Passed", "Pending"]

    def test_moments_that_nobody_saw_make_one_run(self, desk: Desk, checks: Checks, checked: dict) -> None:
        make(desk, checks, checked)
        pass_time(desk, 5 * HOUR)
        pass_time(desk, timedelta(seconds=2))
        assert len(runs(desk, checks)) == 1

    def test_many_who_look_at_once_make_one_run(self, desk: Desk, checks: Checks, checked: dict) -> None:
        make(desk, checks, checked)
        desk.clock.advance(HOUR)
        duty = DutyCall(
            database=desk.database, files=desk.files, clock=desk.clock, chance=desk.chance, vault=desk.vault
        )
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(fire_due, [duty] * 8))
        assert len(runs(desk, checks)) == 1

    def test_a_disabled_set_is_not_run_and_its_schedule_goes_on(
        self, desk: Desk, checks: Checks, checked: dict
    ) -> None:
        made = make(desk, checks, checked)
        body = {"Name": "Nightly", "Enabled": False}
        desk.call("TestSets_PutById", body, folder=checks.folder, key=checked["Id"])
        pass_time(desk, HOUR)
        assert runs(desk, checks) == []
        assert seen(desk, checks, made)["NextOccurrence"] == "2030-01-31T10:00:00Z"

    def test_a_day_that_a_calendar_leaves_out_from_now_on_has_no_run(
        self, desk: Desk, checks: Checks, checked: dict
    ) -> None:
        calendar = desk.call("Calendars_Post", {"Name": "Holidays", "ExcludedDates": []}).content
        made = make(desk, checks, checked, CalendarId=calendar["Id"])
        assert made["CalendarName"] == "Holidays"
        body = {"Name": "Holidays", "ExcludedDates": ["2030-01-31T00:00:00Z"]}
        desk.call("Calendars_PutById", body, key=calendar["Id"])
        pass_time(desk, HOUR)
        assert runs(desk, checks) == []
        assert seen(desk, checks, made)["NextOccurrence"] == "2030-02-01T00:00:00Z"
