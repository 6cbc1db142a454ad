"""How a trigger looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.orchestrator.calendars.models import Calendar
from stagedoor.orchestrator.entity import (
    ComplexType,
    Computed,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Property,
)
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.schemas import JOB_PRIORITY
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.schedules.time_zones import get_iana_name
from stagedoor.orchestrator.scripted_robots.states import STOP_STRATEGY
from stagedoor.orchestrator.tags import tags_property

ROBOT_EXECUTOR = ComplexType(
    "RobotExecutorDto",
    (
        Property("Id", EdmType.INT64),
        Property("Name", EdmType.STRING),
        Property("MachineName", EdmType.STRING),
        Property("Description", EdmType.STRING),
    ),
)
MACHINE_ROBOT = ComplexType(
    "MachineRobotSessionDto",
    (
        Property("MachineId", EdmType.INT64),
        Property("MachineName", EdmType.STRING),
        Property("RobotId", EdmType.INT64),
        Property("RobotUserName", EdmType.STRING),
        Property("SessionId", EdmType.INT64),
        Property("SessionName", EdmType.STRING),
    ),
)


def _of_release(column: InstrumentedAttribute[str]) -> Expression:
    def build(schedule: Any) -> ColumnElement[str]:
        return select(column).where(Release.id == schedule.release_id).correlate_except(Release).scalar_subquery()

    return Expression(build)


def _of_calendar(column: InstrumentedAttribute[str]) -> Expression:
    def build(schedule: Any) -> ColumnElement[str]:
        return select(column).where(Calendar.id == schedule.calendar_id).correlate_except(Calendar).scalar_subquery()

    return Expression(build)


def _queue_name(schedule: Any) -> ColumnElement[str]:
    name = select(QueueDefinition.name).where(QueueDefinition.id == schedule.queue_id)
    return name.correlate_except(QueueDefinition).scalar_subquery()


def _seconds(seconds: int | None) -> str | None:
    return None if seconds is None else str(seconds)


def _is_set(calendar_id: int | None) -> bool:
    return calendar_id is not None


PROCESS_SCHEDULE = EntityType(
    "ProcessScheduleDto",
    ProcessSchedule,
    (
        Property("Key", EdmType.GUID, ProcessSchedule.key, nullable=False, writable=False),
        Property("Enabled", EdmType.BOOLEAN, ProcessSchedule.enabled, nullable=False),
        Property("Name", EdmType.STRING, ProcessSchedule.name, nullable=False, folded=ProcessSchedule.name_folded),
        Property("ReleaseId", EdmType.INT64, ProcessSchedule.release_id, nullable=False),
        Property("ReleaseKey", EdmType.STRING, _of_release(Release.key)),
        Property("ReleaseName", EdmType.STRING, _of_release(Release.name)),
        Property("EntryPointPath", EdmType.STRING, ProcessSchedule.entry_point_path),
        Property("PackageName", EdmType.STRING, _of_release(Release.process_key), writable=False),
        Property("EnvironmentName", EdmType.STRING, writable=False),
        Property("EnvironmentId", EdmType.STRING, writable=False),
        Property("JobPriority", JOB_PRIORITY, ProcessSchedule.job_priority),
        Property("SpecificPriorityValue", EdmType.INT32, ProcessSchedule.specific_priority_value),
        Property("RuntimeType", ROBOT_TYPE, ProcessSchedule.runtime_type),
        Property("StartProcessCron", EdmType.STRING, ProcessSchedule.cron),
        Property("StartProcessCronDetails", EdmType.STRING, ProcessSchedule.cron_details, filterable=False),
        Property("StartProcessCronSummary", EdmType.STRING, writable=False),
        Property("StartProcessNextOccurrence", EdmType.DATE_TIME_OFFSET, ProcessSchedule.next_fire_at, writable=False),
        Property("StartStrategy", EdmType.INT32, ProcessSchedule.start_strategy),
        Property("ExecutorRobots", ROBOT_EXECUTOR, ProcessSchedule.executor_robots, nullable=False, collection=True),
        Property("StopProcessExpression", EdmType.STRING, Computed(_seconds, ProcessSchedule.stop_after_seconds)),
        Property("StopStrategy", STOP_STRATEGY, ProcessSchedule.stop_strategy),
        Property("KillProcessExpression", EdmType.STRING, Computed(_seconds, ProcessSchedule.kill_after_seconds)),
        Property("ExternalJobKey", EdmType.STRING, writable=False),
        Property("ExternalJobKeyScheduler", EdmType.GUID, writable=False),
        Property("TimeZoneId", EdmType.STRING, ProcessSchedule.time_zone_id, nullable=False),
        Property("TimeZoneIana", EdmType.STRING, Computed(get_iana_name, ProcessSchedule.time_zone_id), writable=False),
        Property("UseCalendar", EdmType.BOOLEAN, Computed(_is_set, ProcessSchedule.calendar_id), nullable=False),
        Property("CalendarId", EdmType.INT64, ProcessSchedule.calendar_id),
        Property("CalendarName", EdmType.STRING, _of_calendar(Calendar.name), writable=False),
        Property("CalendarKey", EdmType.GUID, _of_calendar(Calendar.key), writable=False),
        Property("StopProcessDate", EdmType.DATE_TIME_OFFSET, ProcessSchedule.stop_process_date),
        Property("InputArguments", EdmType.STRING, ProcessSchedule.input_arguments, filterable=False),
        Property("InputFile", EdmType.GUID, ProcessSchedule.input_file),
        Property("QueueDefinitionId", EdmType.INT64, ProcessSchedule.queue_id),
        Property("QueueDefinitionName", EdmType.STRING, Expression(_queue_name), writable=False),
        Property("ActivateOnJobComplete", EdmType.BOOLEAN, ProcessSchedule.activate_on_job_complete, nullable=False),
        Property("ItemsActivationThreshold", EdmType.INT64, ProcessSchedule.items_activation_threshold),
        Property("ItemsPerJobActivationTarget", EdmType.INT64, ProcessSchedule.items_per_job_activation_target),
        Property("MaxJobsForActivation", EdmType.INT32, ProcessSchedule.max_jobs_for_activation),
        Property("ResumeOnSameContext", EdmType.BOOLEAN, ProcessSchedule.resume_on_same_context, nullable=False),
        Property("Description", EdmType.STRING, ProcessSchedule.description),
        Property("MachineRobots", MACHINE_ROBOT, ProcessSchedule.machine_robots, nullable=False, collection=True),
        tags_property(ProcessSchedule.tags, nullable=False),
        Property("AlertPendingExpression", EdmType.STRING, ProcessSchedule.alert_pending_expression),
        Property("AlertRunningExpression", EdmType.STRING, ProcessSchedule.alert_running_expression),
        Property("RunAsMe", EdmType.BOOLEAN, ProcessSchedule.run_as_me, nullable=False),
        Property("ConsecutiveJobFailuresThreshold", EdmType.INT32, ProcessSchedule.consecutive_job_failures_threshold),
        Property("JobFailuresGracePeriodInHours", EdmType.INT32, ProcessSchedule.job_failures_grace_period_in_hours),
        Property("IsConnected", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("Id", EdmType.INT64, ProcessSchedule.id, nullable=False, writable=False),
    ),
)

PROCESS_SCHEDULES = EntitySet("ProcessSchedules", PROCESS_SCHEDULE)
