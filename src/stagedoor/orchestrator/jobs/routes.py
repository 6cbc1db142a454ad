"""The vendor's operations on jobs."""

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.answers import answer_object, done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.exports.csv_rows import rows_of_set
from stagedoor.orchestrator.exports.schemas import ExportKind
from stagedoor.orchestrator.exports.service import start_export, write_export
from stagedoor.orchestrator.fields import (
    find_calling_job_key,
    find_guid,
    find_integer,
    find_integers,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_object,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.jobs import service, store
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.jobs.entities import JOBS
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.jobs.schemas import JOBS_AT_ONCE_MAX, read_start, read_stop_strategy
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.scripted_robots.service import find_script_of_call

EXPORTED = (
    "Id",
    "Key",
    "ReleaseName",
    "State",
    "SourceType",
    "HostMachineName",
    "CreationTime",
    "StartTime",
    "EndTime",
    "Info",
    "InputArguments",
    "OutputArguments",
    "Reference",
)

routes = Routes(settlement=DUE_MOVES)


@routes.reads("Jobs_Get")
def list_jobs(call: Call) -> Answer:
    """Answer the folder's jobs."""
    return read_set(call, JOBS, [store.in_folder(call.tenant.tenant_id, get_folder(call))])


def _write_jobs(call: Call) -> KeptFile:
    where = [store.in_folder(call.tenant.tenant_id, get_folder(call))]
    return write_export(call, rows_of_set(call, JOBS, EXPORTED, where))


@routes.writes(
    "Jobs_Export",
    survey=_write_jobs,
    basis=Basis.GUESS,
    note="The file has at most 20,000 jobs and Stagedoor's columns.",
)
def export_jobs(call: Call) -> Answer:
    """Write the jobs that the filter picks down as a file."""
    return start_export(call, ExportKind.JOBS)


@routes.reads("Jobs_GetById")
def get_job(call: Call) -> Answer:
    """Answer one job by its id."""
    return read_one(
        call,
        JOBS,
        [store.has_id(get_number_argument(call, "key")), store.in_folder(call.tenant.tenant_id, get_folder(call))],
    )


@routes.reads("Jobs_GetByKeyByIdentifier")
def get_job_by_key(call: Call) -> Answer:
    """Answer one job by its key."""
    key = get_guid_argument(call, "identifier")
    return read_one(call, JOBS, [store.has_key(key), store.in_folder(call.tenant.tenant_id, get_folder(call))])


@routes.writes("Jobs_StartJobs")
def start_jobs(call: Call) -> Answer:
    """Start jobs and answer them, pending."""
    request = read_start(get_object(get_body(call), "startInfo"))
    jobs = service.start_jobs(call.session, request, _starter(call))
    return read_set(call, JOBS, [store.is_one_of(jobs)], status=201)


@routes.writes("Jobs_StopJobById")
def stop_job(call: Call) -> Answer:
    """Ask one job to stop, or kill it."""
    strategy = read_stop_strategy(get_body(call))
    job = _job(call, get_number_argument(call, "key"))
    service.stop_jobs(call.session, [job], strategy, clock=call.clock)
    return done(call)


@routes.writes("Jobs_StopJobs")
def stop_jobs(call: Call) -> Answer:
    """Ask many jobs to stop, or kill them; all of them or none."""
    body = get_body(call)
    strategy = read_stop_strategy(body)
    ids = get_required(find_integers(body, "jobIds", entries_max=JOBS_AT_ONCE_MAX), "jobIds")
    jobs = service.get_jobs(call.session, call.tenant.tenant_id, get_folder(call).id, ids)
    service.stop_jobs(call.session, jobs, strategy, clock=call.clock)
    return done(call)


@routes.writes("Jobs_RestartJob")
def restart_job(call: Call) -> Answer:
    """Start a finished job anew and answer the new one."""
    job = _job(call, get_required(find_integer(get_body(call), "jobId"), "jobId"))
    again = service.restart_job(call.session, job, _starter(call))
    return read_one(call, JOBS, [store.has_id(again.id)])


@routes.writes("Jobs_ResumeJob")
def resume_job(call: Call) -> Answer:
    """Let a suspended job go on."""
    key = get_required(find_guid(get_body(call), "jobKey"), "jobKey")
    job = service.resume_job(call.session, call.tenant.tenant_id, get_folder(call).id, key, clock=call.clock)
    return read_one(call, JOBS, [store.has_id(job.id)])


@routes.reads("Jobs_ValidateExistingJobById")
def validate_job(call: Call) -> Answer:
    """Answer whether a job could run, and if not, why."""
    job_id = get_number_argument(call, "key")
    job = service.get_job_to_look_at(call.session, call.tenant.tenant_id, get_folder(call).id, job_id)
    try:
        service.get_release_of(call.session, job)
    except OrchestratorError as refusal:
        return _show_validation(call, [refusal.public])
    return _show_validation(call, [])


@routes.reads("Jobs_ValidateDynamicJob")
def validate_start(call: Call) -> Answer:
    """Answer whether a request would start jobs, and if not, why."""
    try:
        request = read_start(get_object(get_body(call), "startInfo"))
        service.verify_start(call.session, request, _starter(call))
    except OrchestratorError as refusal:
        return _show_validation(call, [refusal.public])
    return _show_validation(call, [])


def _starter(call: Call) -> service.Starter:
    return service.Starter(
        tenant_id=call.tenant.tenant_id,
        folder_id=get_folder(call).id,
        user_number=call.caller.number,
        clock=call.clock,
        chance=call.chance,
        script=find_script_of_call(call.headers),
        parent_job_key=find_calling_job_key(call),
    )


def _job(call: Call, job_id: int) -> Job:
    return service.get_job(call.session, call.tenant.tenant_id, get_folder(call).id, job_id)


def _show_validation(call: Call, problems: list[str]) -> Answer:
    fields = {"IsValid": not problems, "Errors": problems, "ErrorCodes": []}
    return answer_object(call, "ValidationResultDto", fields)
