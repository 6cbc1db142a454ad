"""Triggers: made, changed, switched and refused."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.passage import FolderPlace

Json = dict[str, object]


def trigger(**values: object) -> Json:
    return {
        "Name": "Nightly",
        "ReleaseName": "InvoiceBot",
        "TimeZoneId": "W. Europe Standard Time",
        "StartProcessCron": "0 0 2 * * ?",
        **values,
    }


def make(desk: Desk, folder: FolderPlace, **values: object) -> Json:
    answer = desk.call("ProcessSchedules_Post", trigger(**values), folder=folder)
    assert answer.status == 201
    return answer.content


def seen(desk: Desk, folder: FolderPlace, schedule: Json) -> Json:
    return desk.call("ProcessSchedules_GetById", key=schedule["Id"], folder=folder).content


def test_a_trigger_shows_its_process_its_zone_and_when_it_fires_next(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder, Tags=[{"Name": "night"}], StopProcessExpression="3600", RuntimeType="Unattended")
    assert made["ReleaseName"] == made["PackageName"] == "InvoiceBot"
    assert made["TimeZoneIana"] == "Europe/Berlin"
    assert made["StartProcessNextOccurrence"] == "2030-02-01T01:00:00Z"
    assert (made["Enabled"], made["UseCalendar"], made["StopProcessExpression"]) == (True, False, "3600")
    assert seen(desk, folder, made)["Key"] == made["Key"]
    listed = desk.call("ProcessSchedules_Get", folder=folder, query={"$filter": "ReleaseName eq 'InvoiceBot'"}).content
    assert [found["Id"] for found in listed["value"]] == [made["Id"]]


def test_other_settings_take_the_place_of_a_triggers(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder, Description="old", Enabled=False)
    changed = trigger(StartProcessCron="0 0 3 * * ?", Name="Later")
    assert desk.call("ProcessSchedules_PutById", changed, key=made["Id"], folder=folder).status == 204
    now = seen(desk, folder, made)
    assert (now["Name"], now["Description"], now["Enabled"]) == ("Later", None, False)
    assert now["StartProcessNextOccurrence"] is None


def test_a_calendar_leaves_days_out_and_its_changes_count_at_once(desk: Desk, folder: FolderPlace) -> None:
    days = {"Name": "Off", "ExcludedDates": ["2030-02-01T00:00:00Z"]}
    calendar = desk.call("Calendars_Post", days).content
    made = make(desk, folder, CalendarId=calendar["Id"])
    assert made["StartProcessNextOccurrence"] == "2030-02-02T01:00:00Z"
    assert (made["CalendarName"], made["UseCalendar"]) == ("Off", True)
    desk.call("Calendars_PutById", {"Name": "Off", "ExcludedDates": []}, key=calendar["Id"])
    assert seen(desk, folder, made)["StartProcessNextOccurrence"] == "2030-02-01T01:00:00Z"
    desk.call("Calendars_PutById", days, key=calendar["Id"])
    desk.call("Calendars_DeleteById", key=calendar["Id"])
    alone = seen(desk, folder, made)
    assert (alone["StartProcessNextOccurrence"], alone["CalendarId"]) == ("2030-02-01T01:00:00Z", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": ""},
        {"Name": "x" * 256},
        {"TimeZoneId": None},
        {"TimeZoneId": "Mars"},
        {"StartProcessCron": None},
        {"StartProcessCron": "* * *"},
        {"StartProcessCron": "0 0 0 31 2 ?"},
        {"StopProcessDate": "2030-01-31T09:00:00Z"},
        {"ReleaseName": None},
        {"StartStrategy": -2},
        {"StartStrategy": 0},
        {"StopProcessExpression": "soon"},
        {"StopProcessExpression": "-1"},
        {"StopStrategy": "Ask"},
        {"InputArguments": "[1]"},
        {"SpecificPriorityValue": 101},
        {"ItemsActivationThreshold": 0},
        {"MaxJobsForActivation": 10_001},
        {"ConsecutiveJobFailuresThreshold": 101},
        {"ExecutorRobots": [{}]},
    ],
)
def test_what_is_no_trigger_is_refused_and_found_not_valid(desk: Desk, folder: FolderPlace, wrong: Json) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("ProcessSchedules_Post", trigger(**wrong), folder=folder)
    body = {"processSchedule": trigger(**wrong)}
    found = desk.call("ProcessSchedules_ValidateProcessSchedule", body, folder=folder).content
    assert found["IsValid"] is False
    assert found["Errors"]
    assert desk.call("ProcessSchedules_Get", folder=folder).content["value"] == []


@pytest.mark.parametrize(
    "missing",
    [
        {"ReleaseName": "None"},
        {"ReleaseId": 99},
        {"ReleaseKey": "00000000-0000-4000-8000-000000000099"},
        {"CalendarId": 99},
        {"QueueDefinitionId": 99},
        {"ExecutorRobots": [{"Id": 99}]},
        {"MachineRobots": [{"MachineId": 99}]},
        {"MachineRobots": [{"RobotId": 99}]},
    ],
)
def test_what_a_trigger_names_has_to_be_there(desk: Desk, folder: FolderPlace, missing: Json) -> None:
    with pytest.raises(NotFound):
        desk.call("ProcessSchedules_Post", trigger(**missing), folder=folder)


def test_a_valid_trigger_is_found_valid_and_not_made(desk: Desk, folder: FolderPlace) -> None:
    body = {"processSchedule": trigger()}
    found = desk.call("ProcessSchedules_ValidateProcessSchedule", body, folder=folder).content
    assert (found["IsValid"], found["Errors"], found["ErrorCodes"]) == (True, [], [])
    assert desk.call("ProcessSchedules_Get", folder=folder).content["value"] == []


def test_names_are_unique_in_a_folder(desk: Desk, folder: FolderPlace) -> None:
    make(desk, folder)
    with pytest.raises(NameInUse):
        make(desk, folder, Name="NIGHTLY")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("ProcessSchedules_GetById", None),
        ("ProcessSchedules_PutById", trigger()),
        ("ProcessSchedules_DeleteById", None),
        ("ProcessSchedules_ActivateById", None),
        ("ProcessSchedules_GetRobotIdsForScheduleByKey", None),
    ],
)
def test_a_trigger_of_another_folder_or_tenant_looks_like_none(
    desk: Desk, folder: FolderPlace, operation: str, body: object
) -> None:
    made = make(desk, folder)
    elsewhere = desk.make_folder("Elsewhere")
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], folder=elsewhere)
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], folder=folder, tenant=OTHER_TENANT)


def test_a_deleted_trigger_is_gone(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder)
    assert desk.call("ProcessSchedules_DeleteById", key=made["Id"], folder=folder).status == 204
    with pytest.raises(NotFound):
        seen(desk, folder, made)


class TestSwitching:
    def switch(
        self, desk: Desk, folder: FolderPlace, *ids: object, enabled: bool, each: bool = False
    ) -> tuple[int, Json]:
        body = {"enabled": enabled, "scheduleIds": list(ids), "multistatusEnabled": each}
        answer = desk.call("ProcessSchedules_SetEnabled", body, folder=folder)
        return answer.status, answer.content

    def test_triggers_are_switched_off_and_on(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        assert self.switch(desk, folder, made["Id"], enabled=False)[1]["value"] is True
        assert seen(desk, folder, made)["StartProcessNextOccurrence"] is None
        desk.clock.advance(timedelta(days=2))
        self.switch(desk, folder, made["Id"], enabled=True)
        assert seen(desk, folder, made)["StartProcessNextOccurrence"] == "2030-02-03T01:00:00Z"

    def test_one_that_is_missing_leaves_all_as_they_were(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        with pytest.raises(NotFound):
            self.switch(desk, folder, made["Id"], 99, enabled=False)
        assert seen(desk, folder, made)["Enabled"] is True

    def test_who_wants_to_hear_of_each_hears_of_those_that_failed(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        status, content = self.switch(desk, folder, made["Id"], 99, enabled=False, each=True)
        assert (status, list(content), content["99"]["errorCode"]) == (207, ["99"], 1002)
        assert seen(desk, folder, made)["Enabled"] is False

    def test_a_trigger_whose_end_has_come_stays_off(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, Enabled=False, StopProcessDate="2030-01-01T00:00:00Z")
        with pytest.raises(InvalidRequest):
            self.switch(desk, folder, made["Id"], enabled=True)
        assert seen(desk, folder, made)["Enabled"] is False


def test_a_trigger_by_time_cannot_be_activated(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder)
    with pytest.raises(Conflict):
        desk.call("ProcessSchedules_ActivateById", key=made["Id"], folder=folder)
