"""Moving jobs on: what their scripts made due is written down before anybody looks.

A job's times are those at which its moves were due, not those at which somebody looked, so that the same clock always
tells the same story.
"""

from datetime import datetime, timedelta

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body, Call
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.job_triggers.store import add_inbox, end_waits
from stagedoor.orchestrator.jobs import store
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.news import tell_of_move
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.scripted_robots.moves import Move, move_on, stop
from stagedoor.orchestrator.scripted_robots.scripts import Script, read_script
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState, StopStrategy

AT_ONCE = 500
HOST_WITHOUT_MACHINE = "SCRIPTED-ROBOT"
FAULT_CODE = "Robot.ScriptedFault"


def move_due_jobs(session: Session, tenant_id: str, now: datetime) -> None:
    """Make every move that is due in the tenant, each job as far as it has come by ``now``."""
    while jobs := store.list_due(session, tenant_id, now, limit=AT_ONCE):
        for job in jobs:
            _move_until(session, job, now)
        session.flush()


def _move_until(session: Session, job: Job, now: datetime) -> None:
    script = script_of(job)
    while True:
        moves_at = job.next_move_at if job.next_move_at is not None and job.next_move_at <= now else None
        stops_at = job.stop_at if job.stop_at is not None and job.stop_at <= now else None
        if stops_at is not None and (moves_at is None or stops_at < moves_at):
            _stop(session, job, script, stops_at)
        elif moves_at is not None:
            move = move_on(JobState(job.state), script, moves_at, was_resumed=job.resume_version is not None)
            apply_move(session, job, script, move, moves_at)
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


def script_of(job: Job) -> Script:
    """Return the script that a job follows."""
    return read_script(Body(job.script))


def apply_move(session: Session, job: Job, script: Script, move: Move, at: datetime) -> None:
    """Bring a job to the state of a move, with everything that the vendor shows of it."""
    job.state = move.state
    job.next_move_at = move.next_at
    job.modified_at = at
    if move.state is JobState.RUNNING:
        job.started_at = job.started_at or at
        if job.stop_after_seconds is not None:
            job.stop_at = at + timedelta(seconds=job.stop_after_seconds)
        job.host_machine_name = store.find_host_name(session, job) or HOST_WITHOUT_MACHINE
    if move.state is JobState.SUSPENDED:
        add_inbox(session, job, at)
    if move.state is JobState.RESUMED:
        end_waits(session, job, at)
    if move.state in FINAL_STATES:
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
    move_due_jobs(call.session, call.tenant.tenant_id, call.clock.now())


def _move_all(duty: DutyCall) -> None:
    now = duty.clock.now()
    with duty.database.read() as session:
        tenants = store.list_tenants_with_due(session, now)
    for tenant_id in tenants:
        with duty.database.write() as session:
            move_due_jobs(session, tenant_id, now)


DUE_MOVES = Settlement(_is_any_due, _settle)

MOVE_JOBS = Duty("move jobs", every=timedelta(seconds=1), carry_out=_move_all, is_due=store.is_any_due_anywhere)
"""Nobody has to look at jobs for them to end: what waits for their end hears of it in time."""
