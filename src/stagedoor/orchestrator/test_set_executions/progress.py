"""Test cases follow their jobs: how far they have come is written down before anybody looks.

A case passes if its job succeeds and everything that it asserted holds. Where the order is kept, a case gets its job
when the one before it is at its end, at that very moment, so that the same clock always tells the same story.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import orjson

from stagedoor.kit.clock import HeldClock
from stagedoor.orchestrator.call import Body, Call
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.jobs.due import DUE_MOVES, move_due_jobs
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.schemas import read_start
from stagedoor.orchestrator.jobs.service import Starter, start_jobs
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.releases.schemas import REMOTE_CONTROL_ACCESS
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots.reports import TestReport, read_report
from stagedoor.orchestrator.scripted_robots.scripts import read_script
from stagedoor.orchestrator.scripted_robots.states import JobState
from stagedoor.orchestrator.stored_files.service import keep
from stagedoor.orchestrator.test_set_executions import store
from stagedoor.orchestrator.test_set_executions.conductor import Conductor
from stagedoor.orchestrator.test_set_executions.models import (
    CaseAssertion,
    CaseExecution,
    ExecutionAttachment,
    SetExecution,
)
from stagedoor.orchestrator.test_set_executions.schemas import ENDED, TRIGGER_TYPE, Status

PNG = "image/png"
_SOURCES = {"Scheduled": "Schedule", "TestManager": "TestManager"}


def follow_jobs(call: Call) -> None:
    """Bring every test case of the tenant to where its job is by now, and its test set with it."""
    session, tenant_id = call.session, call.tenant.tenant_id
    conductor = Conductor(session=session, tenant_id=tenant_id, user_number=None, clock=call.clock, chance=call.chance)
    move_due_jobs(session, tenant_id, call.clock.now())
    while behind := store.list_behind(session, tenant_id):
        for case, job in behind:
            _follow(call, case, job)
        session.flush()
        for execution_id in sorted({case.execution_id for case, _ in behind}):
            settle_execution(conductor, store.get_execution_to_change(session, execution_id))
        move_due_jobs(session, tenant_id, call.clock.now())


def settle_execution(conductor: Conductor, execution: SetExecution) -> None:
    """Work out where a test set's run stands from its cases, and give the next case in order its job."""
    cases = store.list_cases_of(conductor.session, execution.id)
    if execution.enforce_order and not any(case.is_open and case.job_id is not None for case in cases):
        _start_next(conductor, execution, cases)
    statuses = {case.status for case in cases}
    execution.status = _whole(statuses)
    starts = [case.started_at for case in cases if case.started_at is not None]
    execution.started_at = execution.started_at or min(starts, default=None)
    is_over = execution.status in ENDED
    ends = [case.ended_at for case in cases if case.ended_at is not None]
    execution.ended_at = max(ends, default=execution.created_at) if is_over else None
    conductor.session.flush()


def start_case(conductor: Conductor, execution: SetExecution, case: CaseExecution, at: datetime) -> None:
    """Give a test case its job; raises what a request to start it would."""
    release = store.find_release(conductor.session, case.release_id)
    runtime, access = execution.runtime_type, execution.remote_control_access
    trigger = TRIGGER_TYPE.word(execution.trigger_type)
    asked = {
        "ReleaseKey": None if release is None else release.key,
        "Strategy": None if execution.robot_id is None else "Specific",
        "RobotIds": [] if execution.robot_id is None else [execution.robot_id],
        "MachineRobots": [] if execution.machine_id is None else [{"MachineId": execution.machine_id}],
        "Source": _SOURCES.get(trigger, "Manual"),
        "RuntimeType": ROBOT_TYPE.word(runtime),
        "InputArguments": case.input_arguments,
        "EntryPointPath": case.entry_point_path,
        "BatchExecutionKey": execution.batch_execution_key,
        "RemoteControlAccess": None if access is None else REMOTE_CONTROL_ACCESS.word(access),
    }
    starter = Starter(
        tenant_id=execution.tenant_id,
        folder_id=execution.folder_id,
        user_number=execution.creator_user_number or 0,
        clock=HeldClock(at),
        chance=conductor.chance,
        script=None if execution.script is None else read_script(Body(execution.script)),
    )
    job = start_jobs(conductor.session, read_start(Body(asked)), starter)[0]
    case.job_id, case.job_key, case.robot_id = job.id, job.key, job.robot_id
    case.release_version_id = job.release_version_id


def close_case(case: CaseExecution, status: Status, at: datetime, info: str | None) -> None:
    """Bring a test case to its end."""
    case.status, case.is_open, case.ended_at, case.info = status, False, at, info


def _start_next(conductor: Conductor, execution: SetExecution, cases: Sequence[CaseExecution]) -> None:
    at = max((case.ended_at for case in cases if case.ended_at is not None), default=conductor.clock.now())
    for case in cases:
        if not case.is_open:
            continue
        try:
            start_case(conductor, execution, case, at)
        except OrchestratorError as refusal:
            # What was there when the set was started may be gone by the time of this case.
            close_case(case, Status.FAILED, at, refusal.public)
            continue
        return


def _whole(statuses: set[int]) -> Status:
    under_way = statuses - ENDED
    if Status.CANCELLING in under_way:
        return Status.CANCELLING
    if under_way == {Status.PENDING}:
        return Status.PENDING if statuses == under_way else Status.RUNNING
    if under_way:
        return Status.RUNNING
    if Status.FAILED in statuses:
        return Status.FAILED
    return Status.CANCELLED if Status.CANCELLED in statuses else Status.PASSED


def _follow(call: Call, case: CaseExecution, job: Job) -> None:
    state = JobState(job.state)
    case.started_at = job.started_at
    case.host_machine_name = job.host_machine_name
    case.robot_id = job.robot_id
    under_way = store.UNDER_WAY.get(state)
    if under_way is not None:
        case.status = under_way
        return
    case.output_arguments = job.output_arguments
    ended_at = job.ended_at or job.modified_at
    report = read_report(Body(job.script.get("test") or {}))
    if state is JobState.STOPPED:
        close_case(case, Status.CANCELLED, ended_at, job.info)
        return
    _write_report(call, case, report, ended_at)
    has_passed = state is JobState.SUCCESSFUL and all(assertion.succeeded for assertion in report.assertions)
    close_case(case, Status.PASSED if has_passed else Status.FAILED, ended_at, job.info)


def _write_report(call: Call, case: CaseExecution, report: TestReport, at: datetime) -> None:
    for assertion in report.assertions:
        picture = assertion.screenshot
        stored = None if picture is None else keep(call, BytesIO(picture), content_type=PNG).name
        row = CaseAssertion(
            tenant_id=case.tenant_id,
            case_execution_id=case.id,
            message=assertion.message,
            payload=assertion.payload,
            succeeded=assertion.succeeded,
            screenshot=stored,
            created_at=at,
        )
        store.add(call.session, row)
    for attachment in report.attachments:
        file = keep(call, BytesIO(attachment.content), content_type=attachment.mime_type)
        attached = ExecutionAttachment(
            tenant_id=case.tenant_id,
            execution_id=case.execution_id,
            case_execution_id=None if attachment.is_of_test_set else case.id,
            file_name=attachment.file_name,
            mime_type=attachment.mime_type,
            stored_name=file.name,
            tags=list(attachment.tags),
            created_at=at,
        )
        store.add(call.session, attached)


def write_arguments(arguments: dict[str, object]) -> str | None:
    """Return a job's input as JSON text, ``None`` where there is none."""
    return orjson.dumps(arguments).decode() if arguments else None


def _is_any_behind(call: Call) -> bool:
    return DUE_MOVES.is_due(call) or store.is_any_behind(call.session, call.tenant.tenant_id)


JOBS_FOLLOWED = Settlement(_is_any_behind, follow_jobs)
