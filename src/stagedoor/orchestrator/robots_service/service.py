"""Giving jobs to real robots, each to one, and taking back how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.job_triggers.service import add_waits
from stagedoor.orchestrator.job_triggers.store import find_state, keep_state
from stagedoor.orchestrator.jobs.due import apply_move, wake_waiters
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.store import find_job_to_change_by_key
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.robots_service import store
from stagedoor.orchestrator.robots_service.presence import SILENT_AFTER, hear_of_robot, settle_state
from stagedoor.orchestrator.robots_service.schemas import Heartbeat, JobReport
from stagedoor.orchestrator.scripted_robots.moves import Move
from stagedoor.orchestrator.scripted_robots.scripts import DEFAULT_REASON, SECONDS_MAX, Ending, Script
from stagedoor.orchestrator.scripted_robots.service import create_rule, list_waiting_rules
from stagedoor.orchestrator.scripted_robots.states import IN_HAND_STATES, JobState, StopStrategy
from stagedoor.orchestrator.scripted_robots.store import delete_rules
from stagedoor.orchestrator.sessions.store import is_another_there
from stagedoor.passage import FolderPlace

SOFT_STOP_SECONDS = 300.0
KILL_SECONDS = 30.0

WAITING = Script(pending_seconds=SECONDS_MAX)
"""A job that no robot takes waits, as it would with the vendor."""

LOST_AFTER = SILENT_AFTER
"""A silent robot counts as gone, and its jobs as lost."""

IN_HANDS = Script(
    pending_seconds=SECONDS_MAX,
    running_seconds=LOST_AFTER.total_seconds(),
    ending=Ending.FAULT,
    reason="The robot that ran this job has not been heard of for two minutes.",
    stopping_seconds=SOFT_STOP_SECONDS,
    terminating_seconds=KILL_SECONDS,
    logs_start_and_end=False,
)
"""A job that a robot has ends when it says so. One whose robot is silent for too long faults by itself."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that a robot was given, the release that it runs, and what it goes on from if it was suspended."""

    job: Job
    release: Release
    kept_state: str | None = None


@dataclass(frozen=True, slots=True)
class StopOrder:
    """A job that its robot is to end, and how."""

    job_key: str
    strategy: StopStrategy


def take_jobs(
    session: Session, tenant_id: str, folder: FolderPlace, beat: Heartbeat, *, clock: Clock, chance: Chance
) -> list[Taken]:
    """Give a robot as many pending jobs as it takes, which run from now on; each job is given to exactly one.

    From the first sign of life on jobs that a real robot can run wait for one; when it leaves they no longer do.
    Raises :class:`NotFound` for a machine key that the folder does not have.
    """
    machine = _machine_of(session, tenant_id, folder, beat)
    now = clock.now()
    robot_session = None
    if beat.robot_key is not None:
        robot_session = hear_of_robot(session, tenant_id, folder, beat, machine, clock=clock, chance=chance)
    for job in store.list_jobs(session, tenant_id, folder.id, beat.job_keys):
        if job.state == JobState.RUNNING and beat.machine_id in (None, job.machine_id):
            job.next_move_at = now + LOST_AFTER
    others = robot_session is not None and is_another_there(session, robot_session)
    _let_jobs_wait(session, tenant_id, folder, is_leaving=beat.is_leaving and not others)
    if beat.jobs_max == 0 or beat.is_leaving:
        session.flush()
        if robot_session is not None and not beat.is_leaving:
            settle_state(session, robot_session)
        return []
    taken = []
    for job, release in store.list_waiting(session, tenant_id, folder.id, limit=beat.jobs_max):
        if machine is not None:
            job.machine_id = machine.id
        if robot_session is not None:
            job.robot_id = robot_session.robot_id
        job.script = IN_HANDS.to_json()
        apply_move(session, job, IN_HANDS, Move(JobState.RUNNING, now + LOST_AFTER), now)
        job.host_machine_name = beat.host_machine_name or job.host_machine_name
        taken.append(Taken(job, release, find_state(session, job) if job.resume_version is not None else None))
    session.flush()
    if robot_session is not None:
        settle_state(session, robot_session)
    return taken


def list_stop_orders(session: Session, tenant_id: str, folder: FolderPlace, keys: Sequence[str]) -> list[StopOrder]:
    """Return which of a robot's jobs it is to end; those that ended without it, or are gone, it is to kill."""
    states = {job.key: job.state for job in store.list_jobs(session, tenant_id, folder.id, keys)}
    orders = []
    for key in keys:
        state = states.get(key)
        if state == JobState.STOPPING:
            orders.append(StopOrder(key, StopStrategy.SOFT_STOP))
        elif state != JobState.RUNNING:
            orders.append(StopOrder(key, StopStrategy.KILL))
    return orders


def take_report(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    report: JobReport,
    *,
    machine_id: int | None = None,
    clock: Clock,
) -> None:
    """Write down how a job ended, or what it waits for from now on.

    ``machine_id`` is the machine whose secret the robot signed in with; to it the jobs of others are not there.
    Raises :class:`NotFound`, :class:`Conflict` for a job that no robot has, and ``InvalidRequest`` for an inbox that
    belongs to another job.
    """
    job = find_job_to_change_by_key(session, tenant_id, folder.id, report.job_key)
    if job is None or machine_id not in (None, job.machine_id):
        raise NotFound(f"There is no job {report.job_key} in this folder.")
    if job.state not in IN_HAND_STATES:
        raise Conflict(f"The job {report.job_key} is in no robot's hands.")
    now = clock.now()
    if report.state is JobState.SUSPENDED:
        if job.state in (JobState.STOPPING, JobState.TERMINATING):
            raise Conflict(f"The job {report.job_key} was asked to stop; report it as Stopped.")
        apply_move(session, job, IN_HANDS, Move(JobState.SUSPENDED, None), now)
        session.flush()
        if report.kept_state is not None:
            keep_state(session, job, report.kept_state)
        add_waits(session, job, report.waits, now)
        return
    script = Script(output=report.output, reason=report.info or DEFAULT_REASON, logs_start_and_end=False)
    job.script = script.to_json()
    apply_move(session, job, script, Move(report.state, None), now)
    session.flush()
    wake_waiters(session, tenant_id, [job])


def _machine_of(session: Session, tenant_id: str, folder: FolderPlace, beat: Heartbeat) -> Machine | None:
    if beat.machine_id is not None:
        machine = store.find_machine(session, tenant_id, folder.id, Machine.id == beat.machine_id)
    elif beat.machine_key is not None:
        machine = store.find_machine(session, tenant_id, folder.id, Machine.license_key == beat.machine_key)
    else:
        return None
    if machine is None:
        # The key itself is left out: it opens something.
        raise NotFound(f"The folder '{folder.path}' has no machine with this key.")
    return machine


def _let_jobs_wait(session: Session, tenant_id: str, folder: FolderPlace, *, is_leaving: bool) -> None:
    names = {name.casefold() for name in store.list_process_names(session, tenant_id, folder.id)}
    rules = [rule for rule in list_waiting_rules(session, tenant_id) if rule.process_pattern in names]
    if is_leaving:
        delete_rules(session, tenant_id, [rule.id for rule in rules])
        return
    for name in sorted(names - {rule.process_pattern for rule in rules}):
        create_rule(session, tenant_id, name, WAITING)
