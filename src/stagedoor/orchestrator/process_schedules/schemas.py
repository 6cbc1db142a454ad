"""What a caller sends of a trigger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT32_MAX,
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_moment,
    find_objects,
    find_text,
    get_required,
    get_text,
    read_integer,
)
from stagedoor.orchestrator.jobs.schemas import ARGUMENTS_LENGTH_MAX, Seat, read_arguments
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.schedules.cron import read_cron
from stagedoor.orchestrator.schedules.time_zones import get_time_zone
from stagedoor.orchestrator.scripted_robots.states import STOP_STRATEGY
from stagedoor.orchestrator.tags import find_tags

NAME_LENGTH_MAX = 255
SEATS_MAX = 1000
ACTIVATION_MAX = 10_000
EVERY_HALF_HOUR = "0 0/30 * * * ?"
"""How often a queue is looked at beside what happens in it, where nothing else was sent."""

SPECIFIC_ROBOTS = 0
ALL_ROBOTS = -1
DYNAMIC = 15
"""The vendor's number for jobs that run wherever there is room, one for each pair of machine and robot chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleValues:
    """A trigger as it was sent, by the names of its columns. What names other things is still to be looked up."""

    name: str
    description: str | None
    enabled: bool | None
    release_id: int | None
    release_key: str | None
    release_name: str | None
    cron: str
    cron_details: str | None
    time_zone_id: str
    calendar_id: int | None
    stop_process_date: datetime | None
    start_strategy: int
    robot_ids: Sequence[int]
    seats: Sequence[Seat]
    entry_point_path: str | None
    job_priority: int | None
    specific_priority_value: int | None
    runtime_type: int | None
    stop_after_seconds: int | None
    stop_strategy: int | None
    kill_after_seconds: int | None
    input_arguments: str | None
    input_file: str | None
    resume_on_same_context: bool
    run_as_me: bool
    alert_pending_expression: str | None
    alert_running_expression: str | None
    consecutive_job_failures_threshold: int
    job_failures_grace_period_in_hours: int
    queue_id: int | None
    activate_on_job_complete: bool
    items_activation_threshold: int
    items_per_job_activation_target: int
    max_jobs_for_activation: int
    tags: list[dict[str, Any]] | None


def read_schedule(body: Body) -> ScheduleValues:
    """Read a whole trigger; raises ``InvalidRequest`` naming the field that is wrong or missing."""
    queue_id = find_integer(body, "QueueDefinitionId") or None
    time_zone_id = get_text(body, "TimeZoneId", length_max=80)
    get_time_zone(time_zone_id)
    robots = find_objects(body, "ExecutorRobots", entries_max=SEATS_MAX) or []
    seats = find_objects(body, "MachineRobots", entries_max=SEATS_MAX) or []
    arguments = find_text(body, "InputArguments", length_max=ARGUMENTS_LENGTH_MAX) or None
    if arguments is not None:
        read_arguments(arguments)
    strategy = find_integer(body, "StartStrategy", least=ALL_ROBOTS, most=ACTIVATION_MAX)
    return ScheduleValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=512),
        enabled=find_boolean(body, "Enabled"),
        release_id=find_integer(body, "ReleaseId") or None,
        release_key=find_guid(body, "ReleaseKey") if body.get("ReleaseKey") else None,
        release_name=find_text(body, "ReleaseName", length_max=128) or None,
        cron=_read_expression(body, may_be_missing=queue_id is not None),
        cron_details=find_text(body, "StartProcessCronDetails", length_max=ARGUMENTS_LENGTH_MAX),
        time_zone_id=time_zone_id,
        calendar_id=find_integer(body, "CalendarId") or None,
        stop_process_date=find_moment(body, "StopProcessDate"),
        start_strategy=DYNAMIC if strategy is None else strategy,
        robot_ids=[get_required(find_integer(robot, "Id"), "ExecutorRobots.Id") for robot in robots],
        seats=[Seat(find_integer(seat, "MachineId"), find_integer(seat, "RobotId")) for seat in seats],
        entry_point_path=find_text(body, "EntryPointPath", length_max=512) or None,
        job_priority=find_enum(body, "JobPriority", JOB_PRIORITY),
        specific_priority_value=find_integer(body, "SpecificPriorityValue", least=1, most=100),
        runtime_type=find_enum(body, "RuntimeType", ROBOT_TYPE),
        stop_after_seconds=_find_seconds(body, "StopProcessExpression"),
        stop_strategy=find_enum(body, "StopStrategy", STOP_STRATEGY),
        kill_after_seconds=_find_seconds(body, "KillProcessExpression"),
        input_arguments=arguments,
        input_file=find_guid(body, "InputFile"),
        resume_on_same_context=bool(find_boolean(body, "ResumeOnSameContext")),
        run_as_me=bool(find_boolean(body, "RunAsMe")),
        alert_pending_expression=find_text(body, "AlertPendingExpression", length_max=64),
        alert_running_expression=find_text(body, "AlertRunningExpression", length_max=64),
        consecutive_job_failures_threshold=find_integer(body, "ConsecutiveJobFailuresThreshold", most=100) or 0,
        job_failures_grace_period_in_hours=find_integer(body, "JobFailuresGracePeriodInHours", most=720) or 0,
        queue_id=queue_id,
        activate_on_job_complete=bool(find_boolean(body, "ActivateOnJobComplete")),
        items_activation_threshold=_activation(body, "ItemsActivationThreshold"),
        items_per_job_activation_target=_activation(body, "ItemsPerJobActivationTarget"),
        max_jobs_for_activation=_activation(body, "MaxJobsForActivation"),
        tags=find_tags(body, "Tags"),
    )


def _read_expression(body: Body, *, may_be_missing: bool) -> str:
    written = (find_text(body, "StartProcessCron") or "").strip()
    if not written and may_be_missing:
        return EVERY_HALF_HOUR
    cron = get_required(written or None, "StartProcessCron")
    read_cron(cron)
    return cron


def _find_seconds(body: Body, name: str) -> int | None:
    # The vendor's field is a text with a number of seconds; an empty one means never.
    value = body.get(name)
    written = (find_text(body, name, length_max=64) or "").strip() if isinstance(value, str) else value
    if written in ("", None):
        return None
    seconds = read_integer(written) if isinstance(written, str) else find_integer(body, name, most=INT32_MAX)
    if seconds is None or not 0 <= seconds <= INT32_MAX:
        raise InvalidRequest(f"The {name} field must be a number of seconds.", details={"field": name})
    return seconds or None


def _activation(body: Body, name: str) -> int:
    return find_integer(body, name, least=1, most=ACTIVATION_MAX) or 1
