from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.schedules.cron import read_cron
from stagedoor.orchestrator.schedules.next_fire import next_fire
from stagedoor.orchestrator.schedules.time_zones import get_time_zone
from stagedoor.orchestrator.schedules.windows_zones import IANA_OF_WINDOWS


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def fires(expression: str, after: str, count: int, zone: str = "UTC") -> list[str]:
    moment, found = at(after), []
    for _ in range(count):
        following = next_fire(expression, zone, moment)
        assert following is not None
        moment = following
        found.append(moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S"))
    return found


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 0 12 * * ?", "2026-11-25T12:00", ["2026-11-26 12:00:00"]),
        ("0 15 10 ? * MON-FRI", "2026-11-27T10:15", ["2026-11-30 10:15:00"]),
        (
            "*/20 * * * * ?",
            "2026-11-25T12:00:01.5",
            ["2026-11-25 12:00:20", "2026-11-25 12:00:40", "2026-11-25 12:01:00"],
        ),
        ("0 0/30 8-9 5,20 * ?", "2026-11-20T09:10", ["2026-11-20 09:30:00", "2026-12-05 08:00:00"]),
        ("0 /15 * * * ?", "2026-11-20T09:10", ["2026-11-20 09:15:00"]),
        ("0 0 0 L * ?", "2027-02-01T00:00", ["2027-02-28 00:00:00", "2027-03-31 00:00:00"]),
        ("0 0 0 L-3 * ?", "2028-02-01T00:00", ["2028-02-26 00:00:00"]),
        ("0 0 0 L-30 * ?", "2027-02-01T00:00", ["2027-03-01 00:00:00", "2027-05-01 00:00:00"]),
        ("0 0 0 LW * ?", "2026-11-01T00:00", ["2026-11-30 00:00:00", "2026-12-31 00:00:00", "2027-01-29 00:00:00"]),
        ("0 0 0 15W * ?", "2026-11-01T00:00", ["2026-11-16 00:00:00", "2026-12-15 00:00:00"]),
        ("0 0 0 1W * ?", "2026-07-15T00:00", ["2026-08-03 00:00:00"]),
        ("0 0 0 31W * ?", "2027-01-15T00:00", ["2027-01-29 00:00:00", "2027-03-31 00:00:00"]),
        ("0 0 0 ? * 6#3", "2026-11-01T00:00", ["2026-11-20 00:00:00", "2026-12-18 00:00:00"]),
        ("0 0 0 ? * fri#5", "2026-11-01T00:00", ["2027-01-29 00:00:00"]),
        ("0 0 0 ? * 6L", "2026-11-01T00:00", ["2026-11-27 00:00:00"]),
        ("0 0 0 ? * MONL", "2026-11-01T00:00", ["2026-11-30 00:00:00"]),
        ("0 0 0 ? * L", "2026-11-22T00:00", ["2026-11-28 00:00:00", "2026-12-05 00:00:00"]),
        (
            "0 0 0 ? * SAT-MON",
            "2026-11-25T00:00",
            ["2026-11-28 00:00:00", "2026-11-29 00:00:00", "2026-11-30 00:00:00"],
        ),
        ("0 0 22-1 * * ?", "2026-11-25T22:30", ["2026-11-25 23:00:00", "2026-11-26 00:00:00", "2026-11-26 01:00:00"]),
        (
            "0 0 0 1 NOV-FEB ?",
            "2026-12-02T00:00",
            ["2027-01-01 00:00:00", "2027-02-01 00:00:00", "2027-11-01 00:00:00"],
        ),
        ("0 0 0 1 1 ? 2030/2", "2026-12-02T00:00", ["2030-01-01 00:00:00", "2032-01-01 00:00:00"]),
        ("0 0 0 29 2 ?", "2026-01-01T00:00", ["2028-02-29 00:00:00", "2032-02-29 00:00:00"]),
        ("0 0 0 31 4,6,7 ?", "2026-01-01T00:00", ["2026-07-31 00:00:00"]),
    ],
)
def test_expression_fires_when_the_vendors_scheduler_would(expression: str, after: str, expected: list[str]) -> None:
    assert fires(expression, after, len(expected)) == expected


@pytest.mark.parametrize(
    "expression",
    ["0 0 0 31 2 ?", "0 0 0 1 1 ? 2020", "0 0 0 30 FEB ?"],
)
def test_expression_that_never_comes_has_no_next_moment(expression: str) -> None:
    assert next_fire(expression, "UTC", at("2026-01-01T00:00")) is None


def test_nothing_fires_after_the_last_year() -> None:
    assert next_fire("* * * * * ?", "UTC", at("2100-01-01T00:00")) is None
    assert next_fire("* * * * * ?", "Pacific/Kiritimati", at("2099-12-31T23:59:59")) is None


def test_moment_before_all_years_counts_from_the_first_one() -> None:
    found = next_fire("0 0 0 1 1 ?", "UTC", datetime.min.replace(tzinfo=UTC))
    assert found == at("1971-01-01T00:00")


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 12 * * ?",
        "0 0 12 * * ? * *",
        "0 0 12 * * *",
        "0 0 12 ? * ?",
        "60 0 12 * * ?",
        "0 60 12 * * ?",
        "0 0 24 * * ?",
        "0 0 12 0 * ?",
        "0 0 12 32 * ?",
        "0 0 12 * 13 ?",
        "0 0 12 ? * 8",
        "0 0 12 ? * 0",
        "0 0 12 ? * FRI#6",
        "0 0 12 ? * FRI#0",
        "0 0 12 L,15 * ?",
        "0 0 12 ? * 6L,2",
        "0 0 12 L-31 * ?",
        "0 0 12 32W * ?",
        "0 0/0 12 * * ?",
        "0 0/60 12 * * ?",
        "0 0/ 12 * * ?",
        "0 0 12 * * ? 1969",
        "0 0 12 * * ? 2100",
        "0 0 12 * * ? 2030-2026",
        "0 , 12 * * ?",
        "0 5- 12 * * ?",
        "0 -5 12 * * ?",
        "0 ? 12 * * ?",
        "0 ٣ 12 * * ?",
        "0 0 12 * * ? " + "2030," * 200,
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(InvalidRequest, match="cron expression"):
        read_cron(expression)


def test_days_of_a_calendar_are_left_out_in_the_zone_of_the_schedule() -> None:
    excluded = {date(2026, 11, 26), date(2026, 11, 27)}
    found = next_fire("0 30 0 * * ?", "Pacific/Auckland", at("2026-11-25T12:00"), excluded)
    assert found == datetime(2026, 11, 28, 0, 30, tzinfo=ZoneInfo("Pacific/Auckland"))


def test_calendar_that_leaves_out_everything_leaves_nothing() -> None:
    every_day = {date(2030, 1, 1) + timedelta(days=day) for day in range(365)}
    assert next_fire("0 0 0 * * ? 2030", "UTC", at("2026-01-01T00:00"), every_day) is None


def test_time_that_is_left_out_fires_once_when_clocks_have_jumped() -> None:
    assert fires("0 30 2 * * ?", "2026-03-28T12:00", 2, "Europe/Berlin") == [
        "2026-03-29 03:00:00",
        "2026-03-30 02:30:00",
    ]
    # A whole day was left out where the date line moved.
    assert fires("0 0 12 30 12 ?", "2011-12-29T00:00", 1, "Pacific/Apia") == ["2011-12-31 00:00:00"]


def test_many_times_in_the_hour_left_out_fire_once() -> None:
    found = fires("0 0/5 2 * * ?", "2026-03-28T12:00", 2, "Europe/Berlin")
    assert found == ["2026-03-29 03:00:00", "2026-03-30 02:00:00"]


def test_time_that_comes_twice_fires_at_its_first_coming_alone() -> None:
    first = next_fire("0 30 2 * * ?", "Europe/Berlin", at("2026-10-24T12:00"))
    assert first == at("2026-10-25T00:30")
    assert next_fire("0 30 2 * * ?", "Europe/Berlin", first) == at("2026-10-26T01:30")


def test_every_hour_goes_on_through_both_changes() -> None:
    zone, moment, hours = "Europe/Berlin", at("2026-10-24T22:30"), []
    for _ in range(5):
        following = next_fire("0 0 * * * ?", zone, moment)
        assert following is not None
        hours.append(following - moment)
        moment = following
    assert hours == [timedelta(minutes=30), *[timedelta(hours=1)] * 4]
    assert fires("0 0 * * * ?", "2026-03-29T00:30", 2, zone) == ["2026-03-29 03:00:00", "2026-03-29 04:00:00"]


def test_range_of_hours_comes_again_where_clocks_go_back() -> None:
    found = []
    moment = at("2026-10-24T20:00")
    for _ in range(3):
        following = next_fire("0 30 2-2 * * ?", "Europe/Berlin", moment)
        assert following is not None
        moment = following
        found.append(moment)
    assert found == [at("2026-10-25T00:30"), at("2026-10-25T01:30"), at("2026-10-26T01:30")]


def test_half_hour_change_of_lord_howe_is_kept() -> None:
    assert fires("0 15 2 * * ?", "2026-10-03T12:00", 1, "Australia/Lord_Howe") == ["2026-10-04 02:30:00"]


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "w. europe standard time", "Europe/Berlin"])
def test_zones_have_windows_and_iana_names(name: str) -> None:
    assert next_fire("0 0 12 * * ?", name, at("2026-11-25T00:00")) == at("2026-11-25T11:00")


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Base", "Europe", "../etc/passwd", "/etc/passwd", "Europe/../UTC", "a" * 100, "x\0y", "Europe/Berlin "],
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        get_time_zone(name)


def test_every_windows_name_leads_to_a_zone() -> None:
    assert len(IANA_OF_WINDOWS) > 130
    assert {get_time_zone(name).key for name in IANA_OF_WINDOWS} == set(IANA_OF_WINDOWS.values())
