"""What is told of a job when it moves: events to webhooks, lines in the log, an alert when it faults."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.alerts.schemas import Severity
from stagedoor.orchestrator.alerts.service import raise_alert
from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.jobs import store
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.schemas import SOURCE_TYPE
from stagedoor.orchestrator.robot_logs.service import write_job_lines
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots.scripts import Script
from stagedoor.orchestrator.scripted_robots.states import JOB_STATE, JobState
from stagedoor.orchestrator.webhooks.schemas import EventType

_EVENTS = {
    JobState.RUNNING: EventType.JOB_STARTED,
    JobState.SUCCESSFUL: EventType.JOB_COMPLETED,
    JobState.FAULTED: EventType.JOB_FAULTED,
    JobState.STOPPED: EventType.JOB_STOPPED,
    JobState.SUSPENDED: EventType.JOB_SUSPENDED,
}


def tell_of_start(
    session: Session, jobs: Sequence[Job], start_info: Mapping[str, Any], at: datetime, user_number: int | None
) -> None:
    """Tell webhooks that jobs were started together; ``start_info`` is what was asked for."""
    source = EventSource(
        session=session,
        tenant_id=jobs[0].tenant_id,
        at=at,
        folder_id=jobs[0].folder_id,
        user_number=user_number or None,
    )
    announce_from(
        source,
        EventType.JOB_CREATED,
        lambda: {"StartInfo": start_info, "Jobs": [describe_job(session, job) for job in jobs]},
    )


def tell_of_move(session: Session, job: Job, script: Script, at: datetime) -> None:
    """Tell everybody whom it concerns that a job has come to its state.

    Nothing is flushed for it: a batch of jobs that move is written with a few statements.
    """
    state = JobState(job.state)
    with session.no_autoflush:
        lines = _lines(job, script, state, at)
        if lines:
            write_job_lines(session, job, lines, at)
        if state is JobState.FAULTED:
            _raise_alert(session, job, at)
        event_type = _EVENTS.get(state)
        if event_type is not None:
            source = EventSource(session=session, tenant_id=job.tenant_id, at=at, folder_id=job.folder_id)
            announce_from(source, event_type, lambda: _fields(session, job, event_type))


def describe_job(session: Session, job: Job) -> dict[str, Any]:
    """Return a job as events show it: its arguments are objects, its robot and its release inside."""
    release = None if job.release_id is None else store.find_release(session, job.release_id)
    robot = None if job.robot_id is None else store.find_robot(session, job.robot_id)
    return {
        "Id": job.id,
        "Key": job.key,
        "State": JOB_STATE.word(job.state),
        "CreationTime": job.created_at,
        "StartTime": job.started_at,
        "EndTime": job.ended_at,
        "Info": job.info,
        "Source": SOURCE_TYPE.word(job.source_type),
        "SourceType": SOURCE_TYPE.word(job.source_type),
        "BatchExecutionKey": job.batch_execution_key,
        "ReleaseName": job.release_name,
        "Type": "Unattended",
        "RuntimeType": ROBOT_TYPE.word(job.runtime_type),
        "Reference": job.reference,
        "InputArguments": _object(job.input_arguments),
        "OutputArguments": _object(job.output_arguments),
        "HostMachineName": job.host_machine_name,
        "Robot": None
        if robot is None
        else {"Id": robot.id, "Name": robot.name, "MachineId": robot.machine_id, "UserName": robot.username},
        "Release": None
        if release is None
        else {"Id": release.id, "Key": release.key, "ProcessKey": release.process_key, "Name": release.name},
    }


def _fields(session: Session, job: Job, event_type: EventType) -> dict[str, Any]:
    described = describe_job(session, job)
    # The vendor stops several jobs in one event, and so lists them there.
    return {"Jobs": [described]} if event_type is EventType.JOB_STOPPED else {"Job": described}


def _lines(job: Job, script: Script, state: JobState, at: datetime) -> list[tuple[str, str]]:
    is_first_run = state is JobState.RUNNING and job.started_at == at
    spoken = [(line.level, line.message) for line in script.logs] if is_first_run else []
    if not script.logs_start_and_end:
        return spoken
    match state:
        case JobState.RUNNING if is_first_run:
            return [("Info", f"{job.release_name} execution started"), *spoken]
        case JobState.FAULTED:
            return [("Error", job.info or ""), ("Info", f"{job.release_name} execution ended")]
        case JobState.SUCCESSFUL | JobState.STOPPED if job.started_at is not None:
            return [("Info", f"{job.release_name} execution ended")]
        case _:
            return []


def _raise_alert(session: Session, job: Job, at: datetime) -> None:
    raise_alert(
        session,
        job.tenant_id,
        "Job.Faulted",
        {"JobKey": job.key, "ProcessName": job.release_name, "Reason": job.info},
        # Of the job and the moment: the same move told twice would be the same alert.
        key=str(uuid.uuid5(uuid.UUID(job.key), at.isoformat())),
        component="Jobs",
        severity=Severity.ERROR,
        at=at,
        folder_id=job.folder_id,
    )


def _object(text: str | None) -> Any:
    try:
        return None if text is None else orjson.loads(text)
    except orjson.JSONDecodeError:
        # A real robot may give back what is no JSON.
        return text
