"""What may be done with schedules of test sets; each within one folder of one tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from stagedoor.orchestrator.calendars.store import find_calendar
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folder_links import name_in_use
from stagedoor.orchestrator.schedules.next_fire import next_fire
from stagedoor.orchestrator.test_set_schedules import store
from stagedoor.orchestrator.test_set_schedules.models import SetSchedule
from stagedoor.orchestrator.test_set_schedules.schemas import SetScheduleValues
from stagedoor.orchestrator.test_sets.service import get_set
from stagedoor.passage import FolderPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Who plans, in which tenant and folder, and when."""

    tenant_id: str
    folder: FolderPlace
    user_number: int | None
    now: datetime


def get_schedules(session: Session, planner: Planner, ids: Collection[int]) -> Sequence[SetSchedule]:
    """Return schedules of the folder, locked until the transaction ends; raises ``NotFound`` if one is not there."""
    found = store.list_schedules_to_change(session, planner.tenant_id, planner.folder.id, ids)
    missing = sorted(set(ids) - {schedule.id for schedule in found})
    if missing:
        raise NotFound(f"There is no test set schedule {missing[0]} in this folder.")
    return found


def create_schedule(session: Session, values: SetScheduleValues, planner: Planner) -> SetSchedule:
    """Make a schedule, enabled unless it was sent otherwise.

    Raises ``NotFound`` for a test set or calendar that is not there, ``NameInUse`` (409/1001), and ``InvalidRequest``
    for one that would never fire.
    """
    _verify_name_is_free(session, planner, values.name)
    schedule = SetSchedule(
        tenant_id=planner.tenant_id, folder_id=planner.folder.id, creator_user_number=planner.user_number, enabled=True
    )
    _fill(session, schedule, values, planner)
    store.add_schedule(session, schedule)
    return schedule


def update_schedule(session: Session, schedule: SetSchedule, values: SetScheduleValues, planner: Planner) -> None:
    """Put other settings in the place of a schedule's; raises as creation does."""
    if values.name.casefold() != schedule.name_folded:
        _verify_name_is_free(session, planner, values.name)
    _fill(session, schedule, values, planner)
    session.flush()


def set_enabled(session: Session, planner: Planner, ids: Collection[int], *, enabled: bool) -> None:
    """Switch schedules on or off, all or none; what one missed while it was off stays missed."""
    for schedule in get_schedules(session, planner, ids):
        schedule.enabled = enabled
        _plan_surely(session, schedule, planner.now)
    session.flush()


def plan(session: Session, schedule: SetSchedule, now: datetime) -> None:
    """Set when a schedule fires next, later than ``now``; never, if it is switched off or its end has come."""
    calendar = None
    if schedule.calendar_id is not None:
        calendar = find_calendar(session, schedule.tenant_id, schedule.calendar_id)
    schedule.calendar_revision = None if calendar is None else calendar.revision
    schedule.next_fire_at = None
    if not schedule.enabled:
        return
    excluded = [] if calendar is None else [date.fromisoformat(day) for day in calendar.excluded_dates]
    found = next_fire(schedule.cron, schedule.time_zone_id, now, excluded)
    is_over = found is not None and schedule.disable_date is not None and found > schedule.disable_date
    schedule.next_fire_at = None if is_over else found


def plan_stale(session: Session, now: datetime) -> None:
    """Plan those schedules anew whose calendar has changed since."""
    for schedule in store.list_stale(session):
        plan(session, schedule, now)
    session.flush()


def _fill(session: Session, schedule: SetSchedule, values: SetScheduleValues, planner: Planner) -> None:
    # Nothing that is looked up here must write half a schedule down.
    with session.no_autoflush:
        test_set = get_set(session, planner.tenant_id, planner.folder, values.set_id)
        if values.calendar_id and find_calendar(session, planner.tenant_id, values.calendar_id) is None:
            raise NotFound(f"There is no calendar {values.calendar_id}.")
        schedule.name, schedule.name_folded = values.name, values.name.casefold()
        schedule.description = values.description
        schedule.set_id = test_set.id
        schedule.enabled = schedule.enabled if values.enabled is None else values.enabled
        schedule.cron, schedule.cron_details = values.cron, values.cron_details
        schedule.time_zone_id = values.time_zone_id
        schedule.calendar_id = values.calendar_id
        schedule.disable_date = values.disable_date
        schedule.external_job_key = values.external_job_key
        _plan_surely(session, schedule, planner.now)


def _plan_surely(session: Session, schedule: SetSchedule, now: datetime) -> None:
    plan(session, schedule, now)
    if schedule.enabled and schedule.next_fire_at is None:
        raise InvalidRequest(
            "The schedule would never fire: its expression has no moment after now and before its end.",
            hint="Send another CronExpression or DisableDate, or disable the schedule.",
            details={"field": "CronExpression"},
        )


def _verify_name_is_free(session: Session, planner: Planner, name: str) -> None:
    if store.find_schedule_by_name(session, planner.folder.id, name) is not None:
        raise name_in_use(name)
