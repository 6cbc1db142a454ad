"""Triggers fire: each moment once over all processes, and what was missed while no server ran once for all of it.

Whoever finds a trigger due takes its row, moves the next moment on and makes the jobs in one transaction; a second one
finds that moment gone. A queue's trigger is due when its queue got items, when one of its jobs ended (if it asks for
that) and by its expression.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.schemas import JOBS_AT_ONCE_MAX, SOURCE, Seat, StartRequest, Strategy, read_arguments
from stagedoor.orchestrator.jobs.service import Starter, start_jobs
from stagedoor.orchestrator.maintenance.pause import is_paused, passes_over_trigger
from stagedoor.orchestrator.process_schedules import service, store
from stagedoor.orchestrator.process_schedules.models import ProcessSchedule
from stagedoor.orchestrator.process_schedules.schemas import ALL_ROBOTS, DYNAMIC, SPECIFIC_ROBOTS
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.webhooks.schemas import EventType

AT_ONCE = 100

_log = get_logger(__name__)


def fire_due(duty: DutyCall) -> None:
    """Fire every trigger that is due, each in a transaction of its own."""
    now = duty.clock.now()
    with duty.database.read() as session:
        is_stale = store.has_stale_plans(session)
    if is_stale:
        with duty.database.write() as session:
            service.plan_stale(session, now)
    while True:
        with duty.database.read() as session:
            due = store.list_due(session, now, limit=AT_ONCE)
        for schedule_id, due_at in due:
            with duty.database.write() as session:
                schedule = store.take_due(session, schedule_id, due_at)
                if schedule is not None:
                    _fire(session, schedule, duty.clock, duty.chance)
        if len(due) < AT_ONCE:
            break
    with duty.database.read() as session:
        busy = store.list_busy_queue_triggers(session)
    for schedule_id in busy:
        with duty.database.write() as session:
            schedule = store.take_enabled(session, schedule_id)
            if schedule is not None:
                look_at_queue(session, schedule, duty.clock, duty.chance)


FIRE_SCHEDULES = Duty("fire schedules", every=timedelta(seconds=1), carry_out=fire_due, is_due=store.is_any_due)


def _fire(session: Session, schedule: ProcessSchedule, clock: Clock, chance: Chance) -> None:
    now = clock.now()
    if _has_failed_too_often(session, schedule, now):
        schedule.enabled = False
        service.plan(session, schedule, now)
        session.flush()
        _tell_failure(session, schedule, now, "Its jobs failed one after the other; the trigger was disabled.")
        return
    service.plan(session, schedule, now)
    session.flush()
    if passes_over_trigger(session, schedule.tenant_id):
        return
    if schedule.queue_id is None:
        _start(session, schedule, _strategy_of(schedule), clock, chance)
    else:
        look_at_queue(session, schedule, clock, chance)


def look_at_queue(session: Session, schedule: ProcessSchedule, clock: Clock, chance: Chance) -> int:
    """Start as many jobs as the items that wait in the trigger's queue ask for, and return how many those were."""
    if schedule.queue_id is None or is_paused(session, schedule.tenant_id):
        return 0
    schedule.looked_at = clock.now()
    schedule.last_item_id = max(schedule.last_item_id, store.last_item_id_of(session, schedule.queue_id))
    session.flush()
    target, most = schedule.items_per_job_activation_target, schedule.max_jobs_for_activation
    items = store.count_ready_items(
        session, schedule.queue_id, most=max(schedule.items_activation_threshold, target * most)
    )
    if items < schedule.items_activation_threshold:
        return 0
    wanted = min(-(-items // target), most) - store.count_live_jobs(session, schedule.id)
    if wanted <= 0:
        return 0
    request = (Strategy.MODERN_JOBS_COUNT, min(wanted, JOBS_AT_ONCE_MAX))
    return _start(session, schedule, request, clock, chance, source="Queue")


def _strategy_of(schedule: ProcessSchedule) -> tuple[Strategy, int | None]:
    match schedule.start_strategy:
        case number if number == SPECIFIC_ROBOTS:
            return Strategy.SPECIFIC, None
        case number if number == ALL_ROBOTS:
            return Strategy.ALL, None
        case number if number == DYNAMIC:
            return Strategy.MODERN_JOBS_COUNT, len(schedule.machine_robots) or 1
        case number:
            return Strategy.JOBS_COUNT, min(number, JOBS_AT_ONCE_MAX)


def _start(
    session: Session,
    schedule: ProcessSchedule,
    how: tuple[Strategy, int | None],
    clock: Clock,
    chance: Chance,
    *,
    source: str = "Schedule",
) -> int:
    """Make the jobs as a request to start them would; return how many, 0 where it would be refused."""
    strategy, count = how
    release = session.get_one(Release, schedule.release_id)
    arguments = schedule.input_arguments
    request = StartRequest(
        release_key=release.key,
        strategy=strategy,
        count=count,
        robot_ids=[robot["Id"] for robot in schedule.executor_robots],
        seats=[Seat(seat["MachineId"], seat["RobotId"]) for seat in schedule.machine_robots],
        source=SOURCE.members[source],
        job_priority=schedule.job_priority,
        specific_priority_value=schedule.specific_priority_value,
        runtime_type=schedule.runtime_type,
        input_arguments=arguments,
        arguments=None if arguments is None else read_arguments(arguments),
        input_file=schedule.input_file,
        stop_strategy=schedule.stop_strategy,
        resume_on_same_context=schedule.resume_on_same_context,
        entry_point_path=schedule.entry_point_path,
        starting_schedule_id=schedule.id,
        stop_after_seconds=schedule.stop_after_seconds,
        kill_after_seconds=schedule.kill_after_seconds,
    )
    starter = Starter(
        tenant_id=schedule.tenant_id,
        folder_id=schedule.folder_id,
        user_number=schedule.creator_user_number,
        clock=clock,
        chance=chance,
    )
    jobs: list[Job] = []
    try:
        with session.begin_nested():
            jobs.extend(start_jobs(session, request, starter))
    except OrchestratorError as refusal:
        _log.warning("schedule_not_fired", schedule=schedule.id, tenant=schedule.tenant_id, reason=refusal.public)
        _tell_failure(session, schedule, clock.now(), refusal.public)
    return len(jobs)


def _has_failed_too_often(session: Session, schedule: ProcessSchedule, now: datetime) -> bool:
    wanted = schedule.consecutive_job_failures_threshold
    if not wanted:
        return False
    count, first_end = store.count_failures_in_a_row(session, schedule.id, schedule.enabled_at)
    if count < wanted or first_end is None:
        return False
    return now - first_end >= timedelta(hours=schedule.job_failures_grace_period_in_hours)


def _tell_failure(session: Session, schedule: ProcessSchedule, now: datetime, reason: str) -> None:
    source = EventSource(session=session, tenant_id=schedule.tenant_id, at=now, folder_id=schedule.folder_id)
    announce_from(
        source,
        EventType.SCHEDULE_FAILED,
        lambda: {"Schedule": {"Id": schedule.id, "Key": schedule.key, "Name": schedule.name}, "Reason": reason},
    )
