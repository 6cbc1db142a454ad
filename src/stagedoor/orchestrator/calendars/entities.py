"""How a calendar looks in the vendor's API."""

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.entity import Computed, EdmType, EntitySet, EntityType, Property


def _as_moments(days: list[str]) -> list[str]:
    return [f"{day}T00:00:00Z" for day in days]


CALENDAR = EntityType(
    "ExtendedCalendarDto",
    Calendar,
    (
        Property("Name", EdmType.STRING, Calendar.name, folded=Calendar.name_folded),
        Property("TimeZoneId", EdmType.STRING, Calendar.time_zone_id),
        Property(
            "ExcludedDates",
            EdmType.DATE_TIME_OFFSET,
            Computed(_as_moments, Calendar.excluded_dates),
            nullable=False,
            collection=True,
        ),
        Property("Key", EdmType.GUID, Calendar.key, nullable=False, writable=False),
        Property("Id", EdmType.INT64, Calendar.id, nullable=False, writable=False),
    ),
)

CALENDARS = EntitySet("Calendars", CALENDAR)
