"""What a caller sends of a schedule of a test set."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_integer,
    find_moment,
    find_text,
    get_required,
    get_text,
)
from stagedoor.orchestrator.schedules.cron import read_cron
from stagedoor.orchestrator.schedules.time_zones import get_time_zone

NAME_LENGTH_MAX = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScheduleValues:
    """A schedule as it was sent; ``enabled`` is ``None`` where nothing was said of it."""

    name: str
    description: str | None
    set_id: int
    enabled: bool | None
    cron: str
    cron_details: str | None
    time_zone_id: str
    calendar_id: int | None
    disable_date: datetime | None
    external_job_key: str | None


def read_schedule(body: Body) -> SetScheduleValues:
    """Read a schedule; raises ``InvalidRequest`` naming the field that is wrong."""
    cron = get_text(body, "CronExpression", length_max=512)
    read_cron(cron)
    time_zone_id = get_text(body, "TimeZoneId", length_max=80)
    get_time_zone(time_zone_id)
    return SetScheduleValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=500),
        set_id=get_required(find_integer(body, "TestSetId"), "TestSetId"),
        enabled=find_boolean(body, "Enabled"),
        cron=cron,
        cron_details=find_text(body, "CronDetails", length_max=10_000),
        time_zone_id=time_zone_id,
        calendar_id=find_integer(body, "CalendarId") or None,
        disable_date=find_moment(body, "DisableDate"),
        external_job_key=find_text(body, "ExternalJobKey", length_max=128),
    )
