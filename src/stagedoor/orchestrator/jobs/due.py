"""Moving jobs on: what their scripts made due is written down before anybody looks.

A job's times are those at which its moves were due, not those at which somebody looked, so that the same clock always
tells the same story.
"""

from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body, Call
from stagedoor.orchestrator.jobs import store
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.scripted_robots.moves import Move, move_on
from stagedoor.orchestrator.scripted_robots.scripts import Script, read_script
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState, StopStrategy

AT_ONCE = 500
HOST_WITHOUT_MACHINE = "SCRIPTED-ROBOT"
FAULT_CODE = "Robot.ScriptedFault"


def move_due_jobs(session: Session, tenant_id: str, now: datetime) -> None:
    """Make every move that is due in the tenant, each job as far as it has come by ``now``."""
    while jobs := store.list_due(session, tenant_id, now, limit=AT_ONCE):
        for job in jobs:
            script = script_of(job)
            while job.next_move_at is not None and job.next_move_at <= now:
                at = job.next_move_at
                move = move_on(JobState(job.state), script, at, was_resumed=job.resume_version is not None)
                apply_move(session, job, script, move, at)
        session.flush()


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
        job.host_machine_name = store.find_host_name(session, job) or HOST_WITHOUT_MACHINE
    if move.state in FINAL_STATES:
        job.ended_at = at
        _end(job, script, move.state, at)


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


DUE_MOVES = Settlement(_is_any_due, _settle)
