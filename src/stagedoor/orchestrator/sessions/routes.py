"""The operations of robot sessions and of the runtimes that they make."""

from typing import Any

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import (
    INT64_MAX,
    find_boolean,
    find_enum,
    find_integer,
    find_integers,
    find_query_enum,
    find_query_integer,
    get_body,
    get_number_argument,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.folders.service import get_folder as get_folder_within_reach
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.jobs.service import stop_jobs
from stagedoor.orchestrator.jobs.store import list_jobs_under_way
from stagedoor.orchestrator.machines.service import get_machine
from stagedoor.orchestrator.machines.store import list_assigned
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.scripted_robots.states import STOP_STRATEGY, StopStrategy
from stagedoor.orchestrator.sessions import service, store
from stagedoor.orchestrator.sessions.entities import MACHINE_SESSION_RUNTIMES, SESSIONS
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import MAINTENANCE_MODE

routes = Routes(settlement=DUE_MOVES)

DEBUG_MINUTES = 30
DEBUG_MINUTES_MAX = 7 * 24 * 60


@routes.reads("Sessions_Get")
def list_sessions(call: Call) -> Answer:
    """Answer the sessions of the folder's robots."""
    return read_set(call, SESSIONS, (RobotSession.folder_id == get_folder(call).id,))


@routes.reads("Sessions_GetGlobalSessions")
def list_sessions_across_folders(call: Call) -> Answer:
    """Answer the sessions of every folder within reach."""
    return read_set(call, SESSIONS, (store.is_within_reach(call.tenant.tenant_id, call.reach),))


@routes.reads("Sessions_GetMachineSessionsByKey")
def list_machine_sessions(call: Call) -> Answer:
    """Answer the sessions from one machine, as far as reach goes."""
    machine = get_machine(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))
    return read_set(
        call,
        SESSIONS,
        (store.is_within_reach(call.tenant.tenant_id, call.reach), RobotSession.machine_id == machine.id),
    )


@routes.reads("Sessions_GetMachineSessionRuntimes")
def list_runtimes(call: Call) -> Answer:
    """Answer one runtime for each session within reach, of one ``runtimeType`` if it is named."""
    return read_set(
        call,
        MACHINE_SESSION_RUNTIMES,
        (store.is_within_reach(call.tenant.tenant_id, call.reach), *_of_runtime_type(call)),
    )


@routes.reads("Sessions_GetMachineSessionRuntimesByFolderId")
def list_folder_runtimes(call: Call) -> Answer:
    """Answer one runtime for each session in the folder named in the path."""
    folder_id = get_number_argument(call, "folderId")
    folder = get_folder_within_reach(call.session, call.tenant.tenant_id, folder_id, call.reach)
    conditions = [RobotSession.folder_id == folder.id, *_of_runtime_type(call)]
    robot_id = find_query_integer(call, "robotId", most=INT64_MAX)
    if robot_id is not None:
        conditions.append(RobotSession.robot_id == robot_id)
    return read_set(call, MACHINE_SESSION_RUNTIMES, conditions)


@routes.reads("Machines_GetRuntimesForFolderByFolderid")
def count_folder_runtimes(call: Call) -> Answer:
    """Answer how many licence slots of each kind the folder's machines have."""
    folder_id = get_number_argument(call, "folderId")
    folder = get_folder_within_reach(call.session, call.tenant.tenant_id, folder_id, call.reach)
    runtimes = service.count_runtimes(call.session, list_assigned(call.session, folder))
    return answer_value(call, f"Collection({NAMESPACE}.MachineRuntimeDto)", runtimes)


@routes.reads("Sessions_GetUsernames")
def list_usernames(call: Call) -> Answer:
    """Answer the accounts of the robots that are connected within reach."""
    return answer_value(
        call, "Collection(Edm.String)", store.list_usernames(call.session, call.tenant.tenant_id, call.reach)
    )


@routes.writes("Sessions_SetMaintenanceMode")
def set_maintenance_mode(call: Call) -> Answer:
    """Put a session into maintenance, or take it out."""
    body = get_body(call)
    session_id = get_required(find_integer(body, "sessionId"), "sessionId")
    mode = get_required(find_enum(body, "maintenanceMode", MAINTENANCE_MODE), "maintenanceMode")
    strategy = find_enum(body, "stopJobsStrategy", STOP_STRATEGY)
    robot_session = service.get_session(call.session, call.tenant.tenant_id, session_id, call.reach)
    service.set_maintenance_mode(call.session, robot_session, mode)
    if strategy is not None and mode == MAINTENANCE_MODE.members["Enabled"]:
        jobs = list_jobs_under_way(call.session, call.tenant.tenant_id, robot_session.robot_id)
        stop_jobs(call.session, jobs, StopStrategy(strategy), clock=call.clock)
    return Answer(status=204)


@routes.writes(
    "Sessions_ToggleMachineSessionDebugModeById",
    basis=Basis.GUESS,
    note="The end of the debug mode is kept and shown; scripted robots tell no more than before.",
)
def toggle_debug_mode(call: Call) -> Answer:
    """Let a session tell more of what it does, for ``minutes``, or no longer."""
    body = get_body(call)
    enabled = get_required(find_boolean(body, "enabled"), "enabled")
    minutes = find_integer(body, "minutes", least=1, most=DEBUG_MINUTES_MAX) or DEBUG_MINUTES
    key = get_number_argument(call, "key")
    robot_session = service.get_session(call.session, call.tenant.tenant_id, key, call.reach)
    service.set_debug_mode(call.session, robot_session, minutes if enabled else None, clock=call.clock)
    return Answer(status=204)


@routes.writes("Sessions_DeleteInactiveUnattendedSessions")
def delete_inactive_sessions(call: Call) -> Answer:
    """Delete sessions that are disconnected; the others stay."""
    session_ids = get_required(find_integers(get_body(call), "sessionIds"), "sessionIds")
    store.delete_inactive(call.session, call.tenant.tenant_id, session_ids, call.reach)
    return Answer(status=204)


def _of_runtime_type(call: Call) -> list[Any]:
    number = find_query_enum(call, "runtimeType", ROBOT_TYPE)
    return [] if number is None else [store.is_of_robot_type(number)]
