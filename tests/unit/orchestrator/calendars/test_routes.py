"""Calendars: made, changed, found, and closed to other tenants."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound

HOLIDAYS = {"Name": "Holidays", "ExcludedDates": ["2030-12-25T00:00:00Z", "2030-12-24", "2030-12-25T10:00:00+02:00"]}


def test_a_calendar_keeps_days_in_order_and_each_once(desk: Desk) -> None:
    answer = desk.call("Calendars_Post", {**HOLIDAYS, "TimeZoneId": "UTC"})
    assert answer.status == 201
    assert answer.content["ExcludedDates"] == ["2030-12-24T00:00:00Z", "2030-12-25T00:00:00Z"]
    assert answer.content["TimeZoneId"] == "UTC"
    assert desk.call("Calendars_GetById", key=answer.content["Id"]).content["Name"] == "Holidays"
    assert [found["Id"] for found in desk.call("Calendars_Get").content["value"]] == [answer.content["Id"]]


def test_what_is_not_sent_of_a_calendar_stays(desk: Desk) -> None:
    made = desk.call("Calendars_Post", HOLIDAYS).content
    changed = desk.call("Calendars_PutById", {"Name": "Days off"}, key=made["Id"]).content
    assert (changed["Name"], changed["ExcludedDates"]) == ("Days off", made["ExcludedDates"])
    assert (
        desk.call("Calendars_PutById", {"Name": "Days off", "ExcludedDates": []}, key=made["Id"]).content[
            "ExcludedDates"
        ]
        == []
    )


def test_names_are_unique_in_any_letter_case_and_looked_up_so(desk: Desk) -> None:
    desk.call("Calendars_Post", HOLIDAYS)
    with pytest.raises(NameInUse):
        desk.call("Calendars_Post", {"Name": "HOLIDAYS"})
    assert desk.call("Calendars_CalendarExists", {"calendarName": "holidays"}).content["value"] is True
    assert desk.call("Calendars_CalendarExists", {"calendarName": "others"}).content["value"] is False
    assert (
        desk.call("Calendars_CalendarExists", {"calendarName": "Holidays"}, tenant=OTHER_TENANT).content["value"]
        is False
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Name": " "},
        {"Name": "x" * 151},
        {"Name": "x", "ExcludedDates": ["yesterday"]},
        {"Name": "x", "ExcludedDates": "2030-01-01"},
        {"Name": "x", "ExcludedDates": [1]},
        {"Name": "x", "TimeZoneId": "Mars"},
    ],
)
def test_what_is_no_calendar_is_refused(desk: Desk, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Calendars_Post", body)


@pytest.mark.parametrize(
    ("operation", "body"),
    [("Calendars_GetById", None), ("Calendars_PutById", {"Name": "Mine"}), ("Calendars_DeleteById", None)],
)
def test_a_calendar_of_another_tenant_looks_like_none(desk: Desk, operation: str, body: object) -> None:
    made = desk.call("Calendars_Post", HOLIDAYS).content
    with pytest.raises(NotFound):
        desk.call(operation, body, key=made["Id"], tenant=OTHER_TENANT)


def test_a_deleted_calendar_is_gone(desk: Desk) -> None:
    made = desk.call("Calendars_Post", HOLIDAYS).content
    assert desk.call("Calendars_DeleteById", key=made["Id"]).status == 204
    with pytest.raises(NotFound):
        desk.call("Calendars_GetById", key=made["Id"])
