"""Starting, stopping, restarting and resuming jobs; each within one folder of one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.jobs import store
from stagedoor.orchestrator.jobs.due import apply_move, resume_at, script_of, wake_waiters
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.news import tell_of_start
from stagedoor.orchestrator.jobs.schemas import SOURCE, STRATEGY, Seat, StartRequest, Strategy, read_arguments
from stagedoor.orchestrator.maintenance.pause import verify_not_paused
from stagedoor.orchestrator.releases.models import Release
from stagedoor.orchestrator.releases.store import find_release_by_key, find_release_by_name
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots import moves
from stagedoor.orchestrator.scripted_robots.scripts import Script
from stagedoor.orchestrator.scripted_robots.service import choose_script
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JOB_STATE, JobState, StopStrategy

UNATTENDED = ROBOT_TYPE.members["Unattended"]
PRIORITY_VALUES = {0: 25, 1: 45, 2: 65}
"""What the vendor's three words are on its scale from 1 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """Who starts jobs, where and when; ``script`` set goes before what the rules say."""

    tenant_id: str
    folder_id: int
    user_number: int
    clock: Clock
    chance: Chance
    script: Script | None = None
    parent_job_key: str | None = None


def start_jobs(session: Session, request: StartRequest, starter: Starter) -> Sequence[Job]:
    """Start the jobs that a request asks for and return them, pending.

    Raises ``NotFound`` for a release, robot or machine that the folder does not have, ``InvalidRequest`` for a
    request that does not fit its strategy, and ``UnderMaintenance`` (409).
    """
    verify_not_paused(session, starter.tenant_id)
    release = _get_release(session, request, starter)
    seats = _seats(session, request, starter)
    now = starter.clock.now()
    input_arguments = request.input_arguments or release.input_arguments
    arguments = read_arguments(input_arguments) if input_arguments else {}
    script = starter.script or choose_script(session, starter.tenant_id, release.name, arguments)
    begun = moves.begin(script, now)
    priority = release.job_priority if request.job_priority is None else request.job_priority
    usual_value = release.specific_priority_value if request.job_priority is None else PRIORITY_VALUES[priority]
    batch_key = request.batch_execution_key or random_guid(starter.chance)
    access = request.remote_control_access
    jobs = [
        Job(
            tenant_id=starter.tenant_id,
            folder_id=starter.folder_id,
            key=random_guid(starter.chance),
            release_id=release.id,
            release_version_id=release.current_version_id,
            release_name=release.name,
            robot_id=seat.robot_id,
            machine_id=seat.machine_id,
            state=begun.state,
            next_move_at=begun.next_at,
            script=script.to_json(),
            job_priority=priority,
            specific_priority_value=request.specific_priority_value or usual_value,
            source_type=request.source,
            runtime_type=UNATTENDED if request.runtime_type is None else request.runtime_type,
            stop_strategy=request.stop_strategy,
            remote_control_access=release.remote_control_access if access is None else access,
            batch_execution_key=batch_key,
            reference=request.reference,
            input_arguments=input_arguments,
            input_file=request.input_file,
            environment_variables=request.environment_variables or release.environment_variables,
            entry_point_path=request.entry_point_path or release.entry_point_path,
            requires_user_interaction=request.requires_user_interaction,
            resume_on_same_context=request.resume_on_same_context,
            parent_job_key=starter.parent_job_key,
            parent_operation_id=request.parent_operation_id,
            profiling_options=request.profiling_options,
            trace_id=request.trace_id,
            parent_span_id=request.parent_span_id,
            root_span_id=request.root_span_id,
            starting_schedule_id=request.starting_schedule_id,
            stop_after_seconds=request.stop_after_seconds,
            kill_after_seconds=request.kill_after_seconds,
            creator_user_number=starter.user_number,
            created_at=now,
            modified_at=now,
        )
        for seat in seats
    ]
    store.add_jobs(session, jobs)
    start_info = {
        "ReleaseKey": release.key,
        "Strategy": None if request.strategy is None else STRATEGY.word(request.strategy),
        "RobotIds": list(request.robot_ids),
        "JobsCount": len(jobs),
        "Source": SOURCE.word(request.source),
    }
    tell_of_start(session, jobs, start_info, now, starter.user_number)
    return jobs


def verify_start(session: Session, request: StartRequest, starter: Starter) -> None:
    """Raise what :func:`start_jobs` would raise, and start nothing."""
    _get_release(session, request, starter)
    _seats(session, request, starter)


def get_job_to_look_at(session: Session, tenant_id: str, folder_id: int, job_id: int) -> Job:
    """Return a job of the folder, or raise ``NotFound``."""
    job = store.find_job(session, tenant_id, folder_id, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id} in this folder.")
    return job


def get_job(session: Session, tenant_id: str, folder_id: int, job_id: int) -> Job:
    """Return a job of the folder, locked until the transaction ends, or raise ``NotFound``."""
    return get_jobs(session, tenant_id, folder_id, [job_id])[0]


def get_jobs(session: Session, tenant_id: str, folder_id: int, ids: Sequence[int]) -> Sequence[Job]:
    """Return jobs of the folder, locked until the transaction ends; raises ``NotFound`` naming those not there."""
    found = store.list_jobs_to_change(session, tenant_id, folder_id, ids)
    missing = sorted(set(ids) - {job.id for job in found})
    if missing:
        raise NotFound(f"There is no job {', '.join(map(str, missing))} in this folder.")
    return found


def stop_jobs(session: Session, jobs: Sequence[Job], strategy: StopStrategy, *, clock: Clock) -> None:
    """Ask jobs to stop, or kill them; raises ``Conflict`` (409) if one of them is at its end, and stops none."""
    ended = [job for job in jobs if job.state in FINAL_STATES]
    if ended:
        raise Conflict(
            "; ".join(f"The job {job.id} is {JOB_STATE.word(job.state)} already" for job in ended) + ".",
            hint="Stop jobs that are Pending, Running, Stopping, Suspended or Resumed.",
        )
    now = clock.now()
    for job in jobs:
        script = script_of(job)
        move = moves.stop(JobState(job.state), script, now, strategy)
        if move is not None:
            job.stop_strategy = strategy
            apply_move(session, job, script, move, now)
    session.flush()
    if jobs:
        wake_waiters(session, jobs[0].tenant_id, jobs)


def restart_job(session: Session, job: Job, starter: Starter) -> Job:
    """Start a job anew and return the new one.

    Raises ``Conflict`` (409) for one that is not at its end, and ``UnderMaintenance`` (409).
    """
    verify_not_paused(session, job.tenant_id)
    if job.state not in FINAL_STATES:
        raise Conflict(f"The job {job.id} is {JOB_STATE.word(job.state)}; only one at its end can be restarted.")
    release = get_release_of(session, job)
    now = starter.clock.now()
    arguments = read_arguments(job.input_arguments) if job.input_arguments else {}
    script = starter.script or choose_script(session, starter.tenant_id, release.name, arguments)
    begun = moves.begin(script, now)
    again = Job(
        key=random_guid(starter.chance),
        state=begun.state,
        next_move_at=begun.next_at,
        script=script.to_json(),
        batch_execution_key=random_guid(starter.chance),
        creator_user_number=starter.user_number,
        created_at=now,
        modified_at=now,
        release_name=release.name,
        release_version_id=release.current_version_id,
        **{name: getattr(job, name) for name in _KEPT_ON_RESTART},
    )
    store.add_jobs(session, [again])
    start_info = {"ReleaseKey": release.key, "JobsCount": 1, "Source": SOURCE.word(again.source_type)}
    tell_of_start(session, [again], start_info, now, starter.user_number)
    return again


def get_release_of(session: Session, job: Job) -> Release:
    """Return a job's release; raises ``Conflict`` (409) if it was deleted since."""
    release = None if job.release_id is None else store.find_release(session, job.release_id)
    if release is None:
        raise Conflict(f"The process {job.release_name!r} of the job {job.id} is not there any more.")
    return release


def resume_job(session: Session, tenant_id: str, folder_id: int, key: str, *, clock: Clock) -> Job:
    """Let a suspended job go on; raises ``NotFound``, or ``Conflict`` (409) for a job in any other state."""
    job = store.find_job_to_change_by_key(session, tenant_id, folder_id, key)
    if job is None:
        raise NotFound(f"There is no job with the key {key} in this folder.")
    if job.state != JobState.SUSPENDED:
        raise Conflict(f"The job {job.id} is {JOB_STATE.word(job.state)}, not Suspended.")
    resume_at(session, job, clock.now())
    session.flush()
    return job


_KEPT_ON_RESTART = (
    "tenant_id",
    "folder_id",
    "release_id",
    "robot_id",
    "machine_id",
    "job_priority",
    "specific_priority_value",
    "source_type",
    "runtime_type",
    "remote_control_access",
    "reference",
    "input_arguments",
    "input_file",
    "environment_variables",
    "entry_point_path",
    "requires_user_interaction",
    "resume_on_same_context",
)


def _get_release(session: Session, request: StartRequest, starter: Starter) -> Release:
    if request.release_key is not None:
        release = find_release_by_key(session, starter.folder_id, request.release_key)
        named = f"with the key {request.release_key}"
    elif request.release_name:
        release = find_release_by_name(session, starter.folder_id, request.release_name)
        named = f"named {request.release_name!r}"
    else:
        raise InvalidRequest("The ReleaseKey or the ReleaseName field is required.", details={"field": "ReleaseKey"})
    if release is None or release.tenant_id != starter.tenant_id:
        raise NotFound(
            f"There is no process {named} in this folder.",
            hint="Releases lists the processes of a folder; a process runs in its own folder alone.",
        )
    return release


def _seats(session: Session, request: StartRequest, starter: Starter) -> Sequence[Seat]:
    """Return one seat for each job to start."""
    robots = {robot.id: robot for robot in store.list_robots(session, starter.tenant_id, starter.folder_id)}
    machines = store.list_machine_ids(session, starter.tenant_id, starter.folder_id)
    wanted = [*request.robot_ids, *(seat.robot_id for seat in request.seats if seat.robot_id is not None)]
    for robot_id in wanted:
        if robot_id not in robots:
            raise NotFound(f"There is no robot {robot_id} in this folder that could run a job.")
    for seat in request.seats:
        if seat.machine_id is not None and seat.machine_id not in machines:
            raise NotFound(f"There is no machine {seat.machine_id} in this folder.")

    def seat_of(robot_id: int) -> Seat:
        return Seat(robots[robot_id].machine_id or (machines[0] if machines else None), robot_id)

    match request.strategy:
        case Strategy.SPECIFIC:
            if not request.robot_ids:
                raise InvalidRequest("The RobotIds field is required for this strategy.", details={"field": "RobotIds"})
            return [seat_of(robot_id) for robot_id in request.robot_ids]
        case Strategy.ALL:
            if not robots:
                raise InvalidRequest("No robot of this folder can run the job.", details={"field": "Strategy"})
            return [seat_of(robot_id) for robot_id in robots]
        case None if request.robot_ids and request.count is None:
            return [seat_of(robot_id) for robot_id in request.robot_ids]
        case Strategy.ROBOT_COUNT | Strategy.JOBS_COUNT if not request.count:
            field = "NoOfRobots" if request.strategy is Strategy.ROBOT_COUNT else "JobsCount"
            raise InvalidRequest(f"The {field} field is required for this strategy.", details={"field": field})
        case _:
            free = [seat_of(robot_id) for robot_id in robots] or [Seat(machines[0] if machines else None)]
            chosen = [
                seat_of(seat.robot_id) if seat.machine_id is None and seat.robot_id is not None else seat
                for seat in request.seats
            ]
            return list(islice(cycle(chosen or free), request.count or 1))
