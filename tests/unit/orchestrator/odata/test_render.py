"""How values look in JSON."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.workshop import FIRST_KEY, JOB_STATE, JOBS, Job, opened_workshop, workshop_call

from stagedoor.orchestrator.entity import Computed, Constant, EdmType, EntitySet, EntityType, Property, PropertyType
from stagedoor.orchestrator.odata.read import read_one, read_values
from stagedoor.orchestrator.odata.render import show_duration, show_time


def test_a_whole_entity_looks_like_this(workshop: Session) -> None:
    content = read_one(workshop_call(workshop), JOBS, [Job.id == 1]).content
    assert content == {
        "@odata.context": "http://door/acme/dev/orchestrator_/odata/$metadata#Jobs/$entity",
        "Id": 1,
        "Key": FIRST_KEY,
        "State": "Running",
        "Name": "Invoice",
        "SecretCode": "Code1",
        "Priority": 10,
        "Cost": 1.5,
        "IsLate": False,
        "CreationTime": "2026-11-01T08:30:15Z",
        "EndTime": None,
        "Span": None,
        "Arguments": None,
        "Details": {"Text": "Invoice", "Lines": 1},
        "Labels": ["a"],
        "Echoes": ["Invoice"],
        "Settings": {"Mode": "Fast", "Retries": 3, "IsQuiet": True, "Inner": {"Depth": 1.5}},
        "Marks": [{"Name": "Red", "Weight": 2, "IsSeen": True, "State": "Running"}, {"Name": "Blue", "Weight": None}],
        "Numbers": [1, 2],
        "RobotName": "Ärmel",
        "RobotLabel": "Ärmel",
        "ForgeLabel": "Forge",
        "Nothing": None,
        "Edition": "Studio",
        "Origin": "Faulted",
        "Expiry": None,
    }


def test_a_stored_json_value_is_shown_as_it_is(workshop: Session) -> None:
    assert read_values(workshop_call(workshop), JOBS, [Job.id == 6])[0]["Arguments"] == {"a": [1, 2]}


def test_a_number_that_a_later_version_wrote_is_shown_in_digits() -> None:
    with opened_workshop() as session:
        session.get_one(Job, 1).state = 77
        session.flush()
        assert read_values(workshop_call(session), JOBS, [Job.id == 1])[0]["State"] == "77"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (EdmType.DATE_TIME_OFFSET, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (EdmType.DATE_TIME_OFFSET, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        (EdmType.DURATION, timedelta(hours=1), "P0DT1H0M0S"),
        (EdmType.DURATION, "PT1H", "PT1H"),
        (EdmType.DECIMAL, Decimal("1.50"), 1.5),
        (EdmType.DOUBLE, 2, 2),
        (EdmType.GUID, FIRST_KEY.upper(), FIRST_KEY),
        (EdmType.UNTYPED, [1], [1]),
        (JOB_STATE, 4, "Faulted"),
        (JOB_STATE, "Faulted", "Faulted"),
        (EdmType.STRING, None, None),
    ],
)
def test_a_computed_value_is_shown_by_its_type(workshop: Session, kind: PropertyType, value: Any, shown: Any) -> None:
    entity_type = EntityType(
        "X",
        Job,
        (
            Property("Id", EdmType.INT64, Job.id),
            Property("Made", kind, Computed(lambda _: value, Job.id)),
            Property("Fixed", kind, Constant(value)),
        ),
    )
    made = read_values(workshop_call(workshop), EntitySet("X", entity_type), [Job.id == 1])
    assert made == [{"Id": 1, "Made": shown, "Fixed": shown}]


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 120_000, tzinfo=UTC), "2026-01-02T03:04:05.12Z"),
        (datetime(2026, 1, 2, 3, 0, tzinfo=UTC), "2026-01-02T03:00:00Z"),
        (datetime(2026, 1, 2, 3, 0, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:00:00Z"),
    ],
)
def test_times_are_shown_in_utc(moment: datetime, shown: str) -> None:
    assert show_time(moment) == shown


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(0), "P0DT0H0M0S"),
        (timedelta(days=1, hours=2, minutes=3, seconds=4.5), "P1DT2H3M4.5S"),
        (timedelta(seconds=30), "P0DT0H0M30S"),
        (timedelta(minutes=-90), "-P0DT1H30M0S"),
    ],
)
def test_durations_are_shown_in_days_and_shorter(duration: timedelta, shown: str) -> None:
    assert show_duration(duration) == shown
