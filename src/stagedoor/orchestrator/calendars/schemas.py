"""What a caller sends of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import find_text, find_texts, get_text
from stagedoor.orchestrator.schedules.time_zones import get_time_zone

NAME_LENGTH_MAX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanges:
    """A calendar as it was sent. A field left :data:`UNSET` stays as it is."""

    name: str
    time_zone_id: str | None = UNSET
    excluded_dates: list[str] = UNSET


def read_calendar(body: Body) -> CalendarChanges:
    """Read a calendar; of each excluded time only the day counts, as it is written."""
    zone = find_text(body, "TimeZoneId", length_max=80)
    if zone:
        get_time_zone(zone)
    return CalendarChanges(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        time_zone_id=zone if "TimeZoneId" in body else UNSET,
        excluded_dates=_read_days(body) if "ExcludedDates" in body else UNSET,
    )


def _read_days(body: Body) -> list[str]:
    return sorted({_day(written).isoformat() for written in find_texts(body, "ExcludedDates") or []})


def _day(written: str) -> date:
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        raise InvalidRequest(
            "The ExcludedDates field must be a list of days such as 2030-12-24T00:00:00Z.",
            details={"field": "ExcludedDates"},
        ) from None
