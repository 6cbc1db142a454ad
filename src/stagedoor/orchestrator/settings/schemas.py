"""The words of settings that the vendor numbers, and the older calendar of a tenant as it is sent."""

from dataclasses import dataclass
from datetime import UTC, datetime

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_text, find_texts
from stagedoor.orchestrator.schedules.time_zones import get_time_zone

SETTING_SCOPE = EnumType("SettingScope", {"Application": 0, "Tenant": 1, "User": 2, "All": 3})
TIME_ZONE_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class TenantCalendar:
    """The zone and the days without schedules of a whole tenant, each the midnight in UTC at which it begins."""

    time_zone_id: str | None
    excluded_dates: tuple[str, ...]


def read_calendar(body: Body) -> TenantCalendar:
    """Read a tenant's calendar; raises ``InvalidRequest`` for an unknown zone and for what is no date."""
    time_zone_id = find_text(body, "TimeZoneId", length_max=TIME_ZONE_LENGTH_MAX)
    if time_zone_id:
        get_time_zone(time_zone_id)
    days = sorted({_day(text) for text in find_texts(body, "ExcludedDates") or []})
    return TenantCalendar(time_zone_id, tuple(days))


def _day(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(
            "The ExcludedDates field must hold dates such as 2030-12-24T00:00:00Z.", details={"field": "ExcludedDates"}
        ) from None
    return f"{moment:%Y-%m-%d}T00:00:00Z"
