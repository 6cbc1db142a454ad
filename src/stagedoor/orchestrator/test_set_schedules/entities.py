"""How a schedule of a test set looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, select

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.entity import Computed, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.schedules.time_zones import get_iana_name
from stagedoor.orchestrator.test_set_schedules.models import SetSchedule
from stagedoor.orchestrator.test_sets.models import CaseSet


def _set_name(schedule: Any) -> ColumnElement[Any]:
    return select(CaseSet.name).where(CaseSet.id == schedule.set_id).correlate_except(CaseSet).scalar_subquery()


def _calendar_name(schedule: Any) -> ColumnElement[Any]:
    name = select(Calendar.name).where(Calendar.id == schedule.calendar_id)
    return name.correlate_except(Calendar).scalar_subquery()


TEST_SET_SCHEDULE = EntityType(
    "TestSetScheduleDto",
    SetSchedule,
    (
        Property("Enabled", EdmType.BOOLEAN, SetSchedule.enabled, nullable=False),
        Property("Name", EdmType.STRING, SetSchedule.name, nullable=False, folded=SetSchedule.name_folded),
        Property("Description", EdmType.STRING, SetSchedule.description),
        Property("TestSetId", EdmType.INT64, SetSchedule.set_id, nullable=False),
        Property("TestSetName", EdmType.STRING, Expression(_set_name), writable=False),
        Property("TimeZoneId", EdmType.STRING, SetSchedule.time_zone_id, nullable=False),
        Property("TimeZoneIana", EdmType.STRING, Computed(get_iana_name, SetSchedule.time_zone_id), writable=False),
        Property("CalendarId", EdmType.INT64, SetSchedule.calendar_id),
        Property("CalendarName", EdmType.STRING, Expression(_calendar_name), writable=False),
        Property("CronExpression", EdmType.STRING, SetSchedule.cron),
        Property("CronDetails", EdmType.STRING, SetSchedule.cron_details, filterable=False),
        Property("CronSummary", EdmType.STRING, writable=False),
        Property("NextOccurrence", EdmType.DATE_TIME_OFFSET, SetSchedule.next_fire_at, writable=False),
        Property("DisableDate", EdmType.DATE_TIME_OFFSET, SetSchedule.disable_date),
        Property("ExternalJobKey", EdmType.STRING, SetSchedule.external_job_key),
        Property("ExternalJobKeyScheduler", EdmType.GUID, writable=False),
        Property("Id", EdmType.INT64, SetSchedule.id, nullable=False, writable=False),
    ),
)

TEST_SET_SCHEDULES = EntitySet("TestSetSchedules", TEST_SET_SCHEDULE)
