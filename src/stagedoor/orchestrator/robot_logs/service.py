"""Writing lines down: those that robots send, and those of scripted robots."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.machines.robots import find_machine_id
from stagedoor.orchestrator.robot_logs import store
from stagedoor.orchestrator.robot_logs.models import RobotLog
from stagedoor.orchestrator.robot_logs.schemas import LOG_LEVEL, Line


def submit_lines(call: Call, lines: Sequence[Line]) -> None:
    """Write down lines that a robot sends, each in the folder of its job, or of its robot; all of them or none.

    The robot of a machine writes to the jobs that its machine was given, and nowhere else. Raises ``InvalidRequest``
    for a line that names neither within the caller's reach: nobody would ever see it.
    """
    machine_id = find_machine_id(call.caller)
    jobs: dict[str, Job | None] = {}
    folders: dict[str, int | None] = {}
    now = call.clock.now()
    rows = []
    for line in lines:
        job = None
        if line.job_key is not None:
            if line.job_key not in jobs:
                jobs[line.job_key] = store.find_job(call.session, call.tenant.tenant_id, call.reach, line.job_key)
            job = jobs[line.job_key]
        if machine_id is not None and (job is None or job.machine_id != machine_id):
            raise InvalidRequest("The log entry names no job of this machine.", details={"field": "jobId"})
        folder_id = job.folder_id if job is not None else _find_folder_id(call, line, folders)
        if folder_id is None:
            raise InvalidRequest(
                "The log entry names no job and no robot of this tenant.",
                hint="Send jobId, the key of the job, or robotName; or name the folder by a header.",
                details={"field": "jobId"},
            )
        rows.append(
            RobotLog(
                tenant_id=call.tenant.tenant_id,
                folder_id=folder_id,
                level=line.level,
                message=line.message,
                time_stamp=line.time_stamp or now,
                process_name=line.process_name or (None if job is None else job.release_name),
                windows_identity=line.windows_identity,
                robot_name=line.robot_name,
                host_machine_name=line.host_machine_name,
                job_key=line.job_key,
                machine_id=line.machine_id if line.machine_id is not None or job is None else job.machine_id,
                machine_key=line.machine_key,
                runtime_type=None if job is None else job.runtime_type,
                raw_message=line.raw,
            )
        )
    store.add_lines(call.session, rows)


def write_job_lines(session: Session, job: Job, lines: Sequence[tuple[str, str]], at: datetime) -> None:
    """Write down what a scripted robot says of its job: pairs of a level's word and a message."""
    robot_name = store.find_robot_name(session, job.robot_id)
    store.add_lines(
        session,
        [
            RobotLog(
                tenant_id=job.tenant_id,
                folder_id=job.folder_id,
                level=LOG_LEVEL.members[level],
                message=message,
                time_stamp=at,
                process_name=job.release_name,
                robot_name=robot_name,
                host_machine_name=job.host_machine_name,
                job_key=job.key,
                machine_id=job.machine_id,
                runtime_type=job.runtime_type,
            )
            for level, message in lines
        ],
    )


def _find_folder_id(call: Call, line: Line, known: dict[str, int | None]) -> int | None:
    name = line.robot_name
    if name:
        if name not in known:
            robot = store.find_robot(call.session, call.tenant.tenant_id, call.reach, name)
            known[name] = None if robot is None else robot.folder_id
        if known[name] is not None:
            return known[name]
    return None if call.folder is None else call.folder.id
