"""The two operations of the robots' service; a robot sends its log lines by ``Logs_SubmitLogs`` (``robot_logs``)."""

from dataclasses import replace
from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import get_body
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.machines.robots import find_machine_id
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots_service import service
from stagedoor.orchestrator.robots_service.schemas import read_heartbeat, read_report
from stagedoor.orchestrator.robots_service.service import Taken
from stagedoor.orchestrator.scripted_robots.states import STOP_STRATEGY
from stagedoor.passage import FolderPlace

OWN_WORDS = "The vendor publishes nothing of what its robots send; body and answer are those of `stagedoor robot`."

routes = Routes(settlement=DUE_MOVES)


@routes.writes("RobotsService_SubmitHeartbeat", basis=Basis.GUESS, note=OWN_WORDS)
def submit_heartbeat(call: Call) -> Answer:
    """Take a robot's sign of life; answer the jobs that it is given and those that it is to end."""
    beat, folder = read_heartbeat(get_body(call)), get_folder(call)
    machine_id = find_machine_id(call.caller)
    if machine_id is not None:
        beat = replace(beat, machine_id=machine_id)
    tenant_id = call.tenant.tenant_id
    orders = service.list_stop_orders(call.session, tenant_id, folder, beat.job_keys)
    taken = service.take_jobs(call.session, tenant_id, folder, beat, clock=call.clock, chance=call.chance)
    stops = [{"JobKey": order.job_key, "Strategy": STOP_STRATEGY.word(order.strategy)} for order in orders]
    return Answer(content={"Jobs": [_show(each, folder) for each in taken], "StopOrders": stops})


@routes.writes("RobotsService_SubmitJobState", basis=Basis.GUESS, note=OWN_WORDS)
def submit_job_state(call: Call) -> Answer:
    """Take from a robot how a job ended, with its output, or what it waits for."""
    report = read_report(get_body(call))
    service.take_report(
        call.session,
        call.tenant.tenant_id,
        get_folder(call),
        report,
        machine_id=find_machine_id(call.caller),
        clock=call.clock,
    )
    return Answer(status=204)


def _show(taken: Taken, folder: FolderPlace) -> dict[str, Any]:
    job, release = taken.job, taken.release
    return {
        "JobKey": job.key,
        "Id": job.id,
        "ReleaseName": job.release_name,
        "PackageKey": release.package.key,
        "FeedId": release.package.feed_id,
        "EntryPointPath": job.entry_point_path or release.entry_point_path or release.package.main_entry_point_path,
        "FolderKey": folder.key,
        "FolderPath": folder.path,
        "InputArguments": job.input_arguments,
        "EnvironmentVariables": job.environment_variables,
        "KeptState": taken.kept_state,
    }
