"""The vendor's operations on what jobs wait for."""

import orjson

from stagedoor.orchestrator.call import Answer, Call, unwrap
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    find_calling_job_key,
    get_body,
    get_guid_argument,
    get_number_argument,
    read_guid,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.job_triggers import store
from stagedoor.orchestrator.job_triggers.entities import JOB_TRIGGERS, JOB_WAITS
from stagedoor.orchestrator.job_triggers.models import JobTrigger
from stagedoor.orchestrator.job_triggers.schemas import TriggerStatus, read_external
from stagedoor.orchestrator.job_triggers.service import add_waits
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.jobs.service import get_job_to_look_at, resume_job
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.scripted_robots.states import FINAL_STATES, JobState

PAYLOAD_BYTES_MAX = 4000

NOTE = (
    "A job that a script suspends waits at one inbox, whose id is the ItemKey, and for the tasks that name it as their "
    "creatorJobKey; a payload delivered there or the end of such a task resumes it. One in the hands of a robot "
    "waits for what its program named: a task, a job, a time, an inbox."
)
TRACE = "x-uipath-traceparent-id"

routes = Routes(settlement=DUE_MOVES)


@routes.reads("JobTriggers_Get", basis=Basis.GUESS, note=NOTE)
def list_waits(call: Call) -> Answer:
    """Answer what the folder's jobs wait for, or waited for."""
    return read_set(call, JOB_TRIGGERS, [store.in_folder(call.tenant.tenant_id, get_folder(call))])


@routes.reads("JobTriggers_GetByJobKey", basis=Basis.GUESS, note=NOTE)
def list_waits_of_job(call: Call) -> Answer:
    """Answer what one job waits for."""
    key = get_guid_argument(call, "jobKey")
    job_id = store.find_job_id(call.session, call.tenant.tenant_id, get_folder(call), key)
    if job_id is None:
        raise NotFound(f"There is no job with the key {key} in this folder.")
    return read_set(call, JOB_TRIGGERS, [store.of_job(job_id)])


@routes.reads("JobTriggers_GetWithWaitEventsByJobid", basis=Basis.GUESS, note=NOTE)
def list_waits_with_events(call: Call) -> Answer:
    """Answer what one job waits for, with what is known of it."""
    job_id = get_number_argument(call, "jobId")
    job = get_job_to_look_at(call.session, call.tenant.tenant_id, get_folder(call).id, job_id)
    return read_set(call, JOB_WAITS, [store.of_job(job.id)])


@routes.writes("JobTriggers_DeliverPayloadByInboxid", basis=Basis.GUESS, note=NOTE)
def deliver_payload(call: Call) -> Answer:
    """Put a payload into an inbox, once, and let the job that waits there go on."""
    payload = unwrap(call.body)
    if len(orjson.dumps(payload)) > PAYLOAD_BYTES_MAX:
        raise InvalidRequest(f"The payload may have {PAYLOAD_BYTES_MAX} bytes as JSON.")
    wait = _inbox(call)
    if wait.delivered_at is not None:
        return Answer(status=208)
    wait.payload = {"payload": payload}
    wait.delivered_at = wait.modified_at = call.clock.now()
    job = get_job_to_look_at(call.session, call.tenant.tenant_id, get_folder(call).id, wait.job_id)
    if job.state == JobState.SUSPENDED:
        resume_job(call.session, call.tenant.tenant_id, job.folder_id, job.key, clock=call.clock)
    elif wait.status == TriggerStatus.NEW:
        wait.status = TriggerStatus.READY
    return Answer(status=202)


@routes.writes(
    "JobTriggers_SaveExternalTrigger",
    basis=Basis.CLIENT,
    note="The vendor's Python library calls it before its job is suspended by what lies outside of the Orchestrator "
    "(context grounding, document extraction). The job is the one of the header X-UIPATH-JobKey or of the trace; it "
    "then shows a wait of the type Api, and a payload delivered at the external id resumes it. Where no job is named, "
    "the wait is made when the job's robot says that it is suspended.",
)
def save_external_trigger(call: Call) -> Answer:
    """Write down what outside of the Orchestrator a running job is going to wait for."""
    wait = read_external(get_body(call))
    key = find_calling_job_key(call) or _traced_key(call.headers.get(TRACE, ""))
    job = None if key is None else store.find_job_within(call.session, call.tenant.tenant_id, call.reach, key)
    if job is not None and job.state not in FINAL_STATES:
        add_waits(call.session, job, [wait], call.clock.now())
    return Answer(status=204)


@routes.reads("JobTriggers_GetPayloadByInboxid", basis=Basis.GUESS, note=NOTE)
def get_payload(call: Call) -> Answer:
    """Answer what was delivered to an inbox."""
    wait = _inbox(call)
    if wait.delivered_at is None:
        raise NotFound("Nothing was delivered to this inbox yet.")
    return Answer(content=wait.payload["payload"])


def _traced_key(traceparent: str) -> str | None:
    """Return the key of the job whose trace a request belongs to: a robot makes the trace's id of its job's key."""
    parts = traceparent.split("-")
    if len(parts) != 4 or len(parts[1]) != 32:
        return None
    trace = parts[1]
    return read_guid("-".join((trace[:8], trace[8:12], trace[12:16], trace[16:20], trace[20:])))


def _inbox(call: Call) -> JobTrigger:
    inbox_id = get_guid_argument(call, "inboxId")
    wait = store.find_inbox(call.session, call.tenant.tenant_id, get_folder(call), inbox_id)
    if wait is None:
        raise NotFound("There is no such inbox in this folder.")
    return wait
