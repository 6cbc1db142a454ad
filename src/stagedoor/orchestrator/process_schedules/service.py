"""What may be done with triggers: make, change, delete, switch and plan them; each within one folder of one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.orchestrator.calendars.store import find_calendar
from stagedoor.orchestrator.errors import InvalidRequest, NotFound, OrchestratorError
from stagedoor.orchestrator.jobs.schemas import Seat
from stagedoor.orchestrator.process_schedules import store
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.process_schedules.schemas import SPECIFIC_ROBOTS, ScheduleValues
from stagedoor.orchestrator.queue_definitions.store import find_queue
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.store import find_release_by_key, find_release_by_name
from stagedoor.orchestrator.schedules.next_fire import next_fire

_LOOKED_UP = frozenset({"enabled", "release_id", "release_key", "release_name", "robot_ids", "seats"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes triggers, where and when."""

    tenant_id: str
    folder_id: int
    user_number: int
    now: datetime
    chance: Chance


def get_schedule(session: Session, tenant_id: str, folder_id: int, schedule_id: int) -> ProcessSchedule:
    """Return a trigger of the folder, locked until the transaction ends, or raise ``NotFound``."""
    schedule = store.find_schedule(session, tenant_id, folder_id, schedule_id)
    if schedule is None:
        raise NotFound(f"There is no trigger {schedule_id} in this folder.")
    return schedule


def create_schedule(session: Session, values: ScheduleValues, writer: Writer) -> ProcessSchedule:
    """Make a trigger; raises ``NotFound`` for what it names and the folder does not have, ``NameInUse``."""
    schedule = ProcessSchedule(
        tenant_id=writer.tenant_id,
        key=random_guid(writer.chance),
        folder_id=writer.folder_id,
        enabled=True,
        creator_user_number=writer.user_number,
        created_at=writer.now,
        enabled_at=writer.now,
        last_item_id=0,
    )
    _fill(session, schedule, values, writer)
    store.save_schedule(session, schedule)
    return schedule


def verify_schedule(session: Session, values: ScheduleValues, writer: Writer) -> None:
    """Raise what :func:`create_schedule` would raise, but for a name in use, and make nothing."""
    _fill(session, ProcessSchedule(tenant_id=writer.tenant_id, enabled=True), values, writer)


def update_schedule(session: Session, schedule: ProcessSchedule, values: ScheduleValues, writer: Writer) -> None:
    """Put other settings in the place of a trigger's; whether it is enabled stays, where that was not sent."""
    _fill(session, schedule, values, writer)
    store.save_schedule(session, schedule)


def set_enabled(session: Session, schedule: ProcessSchedule, *, enabled: bool, now: datetime) -> None:
    """Switch a trigger on or off; what it missed while it was off stays missed.

    Raises ``InvalidRequest`` for one that would never fire again.
    """
    if enabled and not schedule.enabled:
        schedule.enabled_at = now
    schedule.enabled = enabled
    _plan_surely(session, schedule, now)
    session.flush()


def set_many_enabled(
    session: Session, schedule_ids: Sequence[int], writer: Writer, *, enabled: bool
) -> dict[int, OrchestratorError]:
    """Switch those triggers that can be switched, and return why the others could not."""
    refused: dict[int, OrchestratorError] = {}
    for schedule_id in dict.fromkeys(schedule_ids):
        try:
            schedule = get_schedule(session, writer.tenant_id, writer.folder_id, schedule_id)
            with session.begin_nested():
                set_enabled(session, schedule, enabled=enabled, now=writer.now)
        except OrchestratorError as refusal:
            refused[schedule_id] = refusal
    return refused


def plan(session: Session, schedule: ProcessSchedule, now: datetime) -> None:
    """Set when a trigger fires next, later than ``now``; never, if it is switched off or its end has come."""
    calendar = None
    if schedule.calendar_id is not None:
        calendar = find_calendar(session, schedule.tenant_id, schedule.calendar_id)
    schedule.calendar_revision = None if calendar is None else calendar.revision
    schedule.next_fire_at = None
    if schedule.enabled:
        excluded = [] if calendar is None else [date.fromisoformat(day) for day in calendar.excluded_dates]
        found = next_fire(schedule.cron, schedule.time_zone_id, now, excluded)
        is_over = found is not None and schedule.stop_process_date is not None and found > schedule.stop_process_date
        schedule.next_fire_at = None if is_over else found


def plan_stale(session: Session, now: datetime, tenant_id: str | None = None) -> None:
    """Plan those triggers anew whose calendar has changed since."""
    for schedule in store.list_stale_plans(session, tenant_id):
        plan(session, schedule, now)
    session.flush()


def _plan_surely(session: Session, schedule: ProcessSchedule, now: datetime) -> None:
    plan(session, schedule, now)
    if schedule.enabled and schedule.next_fire_at is None:
        raise InvalidRequest(
            "The trigger would never fire: its expression has no moment after now and before its end.",
            hint="Send another StartProcessCron or StopProcessDate, or leave out fewer days, or disable the trigger.",
            details={"field": "StartProcessCron"},
        )


def _fill(session: Session, schedule: ProcessSchedule, values: ScheduleValues, writer: Writer) -> None:
    # Nothing that is looked up here must write half a trigger down.
    with session.no_autoflush:
        release = _get_release(session, values, writer)
        if values.queue_id is not None:
            _verify_queue(session, values.queue_id, writer)
        if values.calendar_id is not None and not find_calendar(session, writer.tenant_id, values.calendar_id):
            raise NotFound(f"There is no calendar {values.calendar_id}.")
        schedule.executor_robots = _robots(session, values.robot_ids, writer)
        schedule.machine_robots = _seats(session, values.seats, writer)
        if values.start_strategy == SPECIFIC_ROBOTS and values.queue_id is None and not values.robot_ids:
            raise InvalidRequest(
                "The ExecutorRobots field is required for this StartStrategy.", details={"field": "ExecutorRobots"}
            )
        for part in fields(values):
            if part.name not in _LOOKED_UP:
                setattr(schedule, part.name, getattr(values, part.name))
        schedule.name_folded = values.name.casefold()
        schedule.release_id = release.id
        if values.enabled is not None:
            schedule.enabled = values.enabled
        _plan_surely(session, schedule, writer.now)


def _get_release(session: Session, values: ScheduleValues, writer: Writer) -> Release:
    if values.release_id is not None:
        release = store.find_release(session, writer.tenant_id, writer.folder_id, values.release_id)
    elif values.release_key is not None:
        release = find_release_by_key(session, writer.folder_id, values.release_key)
    elif values.release_name is not None:
        release = find_release_by_name(session, writer.folder_id, values.release_name)
    else:
        raise InvalidRequest("The ReleaseId field is required.", details={"field": "ReleaseId"})
    if release is None or release.tenant_id != writer.tenant_id:
        raise NotFound("The process of the trigger is not in this folder.")
    return release


def _verify_queue(session: Session, queue_id: int, writer: Writer) -> None:
    if find_queue(session, writer.tenant_id, writer.folder_id, queue_id) is None:
        raise NotFound(f"There is no queue {queue_id} in this folder.")


def _robots(session: Session, ids: Sequence[int], writer: Writer) -> list[dict[str, Any]]:
    robots = {robot.id: robot for robot in store.list_robots(session, writer.tenant_id, writer.folder_id, ids)}
    _verify_found("robot", ids, robots)
    shown = []
    for robot_id in dict.fromkeys(ids):
        robot = robots[robot_id]
        machine = None if robot.machine is None else robot.machine.name
        shown.append({"Id": robot.id, "Name": robot.name, "MachineName": machine, "Description": robot.description})
    return shown


def _seats(session: Session, seats: Sequence[Seat], writer: Writer) -> list[dict[str, Any]]:
    robot_ids = [seat.robot_id for seat in seats if seat.robot_id is not None]
    machine_ids = [seat.machine_id for seat in seats if seat.machine_id is not None]
    robots = {robot.id: robot for robot in store.list_robots(session, writer.tenant_id, writer.folder_id, robot_ids)}
    machines = {machine.id: machine for machine in store.list_machines(session, writer.tenant_id, machine_ids)}
    _verify_found("robot", robot_ids, robots)
    _verify_found("machine", machine_ids, machines)
    return [
        {
            "MachineId": seat.machine_id,
            "MachineName": None if seat.machine_id is None else machines[seat.machine_id].name,
            "RobotId": seat.robot_id,
            "RobotUserName": None if seat.robot_id is None else robots[seat.robot_id].username,
            "SessionId": None,
            "SessionName": None,
        }
        for seat in seats
    ]


def _verify_found(kind: str, ids: Sequence[int], found: dict[int, Any]) -> None:
    missing = sorted(set(ids) - set(found))
    if missing:
        raise NotFound(f"There is no {kind} {', '.join(map(str, missing))} in this folder.")
