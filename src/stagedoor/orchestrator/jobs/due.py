"""Moving jobs on: what their scripts made due is written down before anybody looks.

A job's times are those at which its moves were due, not those at which somebody looked, so that the same clock always
tells the same story.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body, Call
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.job_triggers import store as waits
from stagedoor.orchestrator.job_triggers.schemas import TriggerStatus, TriggerType, Wait
from stagedoor.orchestrator.jobs import store
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.news import tell_of_move
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.scripted_robots.moves import Move, move_on, resume, stop
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script, read_script
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState, StopStrategy

AT_ONCE = 500
HOST_WITHOUT_MACHINE = "SCRIPTED-ROBOT"
FAULT_CODE = "Robot.ScriptedFault"


def move_due_jobs(session: Session, tenant_id: str, now: datetime) -> None:
    """Make every move that is due in the tenant, each job as far as it has come by ``now``."""
    while move_some_jobs(session, tenant_id, now):
        pass


def move_some_jobs(session: Session, tenant_id: str, now: datetime) -> bool:
    """Move the jobs that are due longest as far as they have come, 500 at most; return whether there were any.

    Those that waited for them may be due then.
    """
    jobs = store.list_due(session, tenant_id, now, limit=AT_ONCE)
    for job in jobs:
        _move_until(session, job, now)
    session.flush()
    wake_waiters(session, tenant_id, jobs)
    return bool(jobs)


def _move_until(session: Session, job: Job, now: datetime) -> None:
    script = script_of(job)
    while True:
        moves_at = job.next_move_at if job.next_move_at is not None and job.next_move_at <= now else None
        stops_at = job.stop_at if job.stop_at is not None and job.stop_at <= now else None
        if stops_at is not None and (moves_at is None or stops_at < moves_at):
            _stop(session, job, script, stops_at)
        elif moves_at is not None and job.state == JobState.SUSPENDED:
            # What it waits for is a time, and that has come.
            resume_at(session, job, moves_at)
        elif moves_at is not None:
            move = move_on(JobState(job.state), script, moves_at, was_resumed=job.resume_version is not None)
            apply_move(session, job, script, move, moves_at)
            if job.state == JobState.SUSPENDED:
                waits.add_inbox(session, job, moves_at)
                settle_waits(session, job, moves_at)
        else:
            return


def _stop(session: Session, job: Job, script: Script, at: datetime) -> None:
    """Stop a job that ran for too long: as its trigger says, and for good where it does not listen."""
    asked_already = job.state != JobState.RUNNING
    strategy = StopStrategy.KILL if asked_already else StopStrategy(job.stop_strategy or StopStrategy.SOFT_STOP)
    is_soft = strategy is StopStrategy.SOFT_STOP and job.kill_after_seconds is not None
    job.stop_at = at + timedelta(seconds=job.kill_after_seconds or 0) if is_soft else None
    move = stop(JobState(job.state), script, at, strategy)
    if move is not None:
        job.stop_strategy = strategy
        apply_move(session, job, script, move, at)


def resume_at(session: Session, job: Job, at: datetime) -> None:
    """Let a suspended job go on."""
    script = script_of(job)
    apply_move(session, job, script, resume(script, at), at)
    job.resume_version = (job.resume_version or 0) + 1
    job.resumed_at = at


def settle_waits(session: Session, job: Job, at: datetime) -> None:
    """Resume a suspended job if something that it waits for is over, else at the first time that it waits for."""
    if job.state != JobState.SUSPENDED:
        return
    found = waits.list_waits(session, job)
    if any(wait.status == TriggerStatus.READY for wait in found):
        resume_at(session, job, at)
    else:
        job.next_move_at = min((wait.due_at for wait in found if wait.due_at is not None), default=None)


def wake(session: Session, tenant_id: str, kind: TriggerType, ended: Mapping[str, datetime]) -> None:
    """Let the jobs go on that wait for one of these things, which ended at these times.

    One that is not suspended yet will find it ready.
    """
    for wait, job in waits.list_waiting_for(session, tenant_id, kind, ended):
        if wait.status == TriggerStatus.FIRED:
            # The job went on a moment ago, for another of these things.
            continue
        at = ended[wait.item_key or ""]
        wait.status, wait.modified_at = TriggerStatus.READY, at
        if job.state == JobState.SUSPENDED:
            resume_at(session, job, at)


def wake_waiters(session: Session, tenant_id: str, jobs: Iterable[Job]) -> None:
    """Let the jobs go on that wait for one of these, as far as these are at their end."""
    ended = {job.key: job.ended_at for job in jobs if job.state in FINAL_STATES and job.ended_at is not None}
    if ended:
        wake(session, tenant_id, TriggerType.JOB, ended)


def wait_for_task(session: Session, tenant_id: str, folder_id: int, job_key: str, task_key: str, at: datetime) -> None:
    """Let the job that made a task wait for it, if its script suspends it.

    A job in the hands of a real robot says itself what it waits for.
    """
    job = store.find_job_to_change_by_key(session, tenant_id, folder_id, job_key)
    if job is not None and job.state not in FINAL_STATES and script_of(job).ending is Ending.SUSPEND:
        waits.put_wait(session, job, Wait(type=TriggerType.TASK, item_key=task_key), at)


def script_of(job: Job) -> Script:
    """Return the script that a job follows."""
    return read_script(Body(job.script))


def apply_move(session: Session, job: Job, script: Script, move: Move, at: datetime) -> None:
    """Bring a job to the state of a move, with everything that the vendor shows of it."""
    was = job.state
    job.state = move.state
    job.next_move_at = move.next_at
    job.modified_at = at
    if move.state is JobState.RUNNING:
        job.started_at = job.started_at or at
        if job.stop_after_seconds is not None:
            job.stop_at = at + timedelta(seconds=job.stop_after_seconds)
        job.host_machine_name = store.find_host_name(session, job) or HOST_WITHOUT_MACHINE
    if was == JobState.SUSPENDED:
        waits.end_waits(session, job, at)
    if move.state in FINAL_STATES:
        if job.resume_version is not None or was == JobState.SUSPENDED:
            waits.drop_state(session, job)
        job.ended_at = at
        job.stop_at = None
        _end(job, script, move.state, at)
    tell_of_move(session, job, script, at)


def _end(job: Job, script: Script, state: JobState, at: datetime) -> None:
    match state:
        case JobState.SUCCESSFUL:
            job.info = "Job completed"
            output = job.input_arguments if script.output is None else orjson.dumps(script.output).decode()
            job.output_arguments = output or "{}"
        case JobState.FAULTED:
            job.info = script.reason
            job.error_code = FAULT_CODE
            job.error = {
                "code": FAULT_CODE,
                "title": script.reason.splitlines()[0],
                "detail": script.reason,
                "category": "User",
                "status": None,
                "timestamp": at.isoformat().replace("+00:00", "Z"),
            }
        case _:
            killed = job.stop_strategy == StopStrategy.KILL
            job.info = "Job was killed" if killed else "Job was stopped"


def _is_any_due(call: Call) -> bool:
    return store.is_any_due(call.session, call.tenant.tenant_id, call.clock.now())


def _settle(call: Call) -> None:
    move_some_jobs(call.session, call.tenant.tenant_id, call.clock.now())


def _move_all(duty: DutyCall) -> None:
    now = duty.clock.now()
    with duty.database.read() as session:
        tenants = store.list_tenants_with_due(session, now)
    for tenant_id in tenants:
        more_are_due = True
        while more_are_due:
            with duty.database.write() as session:
                more_are_due = move_some_jobs(session, tenant_id, now)


DUE_MOVES = Settlement(_is_any_due, _settle)

MOVE_JOBS = Duty("move jobs", every=timedelta(seconds=1), carry_out=_move_all, is_due=store.is_any_due_anywhere)
"""Nobody has to look at jobs for them to end: what waits for their end hears of it in time."""
