"""The operations of robots."""

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.events import announce_entities
from stagedoor.orchestrator.fields import (
    INT64_MAX,
    find_boolean,
    find_enum,
    find_integer,
    find_integers,
    find_query_integer,
    get_body,
    get_number_argument,
    get_required,
    get_text,
)
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.folders.service import get_folder as get_folder_within_reach
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots import service, store
from stagedoor.orchestrator.robots.entities import EXTENDED_ROBOTS, ROBOTS
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import NAME_LENGTH_MAX, ROBOT_TYPE, read_changes, read_machine_choice
from stagedoor.orchestrator.sessions.service import connect_robot
from stagedoor.orchestrator.webhooks.schemas import EventType

routes = Routes()


@routes.reads("Robots_Get")
def list_robots(call: Call) -> Answer:
    """Answer the robots of the folder."""
    return read_set(call, ROBOTS, (Robot.folder_id == get_folder(call).id,))


@routes.reads("Robots_GetConfiguredRobots")
def list_configured_robots(call: Call) -> Answer:
    """Answer the robots of the folder: each is configured as soon as it is made."""
    return read_set(call, EXTENDED_ROBOTS, (Robot.folder_id == get_folder(call).id,))


@routes.reads("Robots_FindAllAcrossFolders")
def list_robots_across_folders(call: Call) -> Answer:
    """Answer the robots of every folder within reach."""
    reachable = select_ids_within_reach(call.tenant.tenant_id, call.reach)
    return read_set(call, EXTENDED_ROBOTS, (Robot.folder_id.in_(reachable),))


@routes.reads("Robots_GetRobotsFromFolderByFolderid")
def list_robots_from_folder(call: Call) -> Answer:
    """Answer the robots of the folder named in the path, on one machine if ``machineId`` names one."""
    return _list_from_folder(call, find_query_integer(call, "machineId", most=INT64_MAX))


@routes.reads("Robots_GetFolderRobotsByFolderidAndMachineid")
def list_folder_robots(call: Call) -> Answer:
    """Answer the robots of the folder and machine named in the path."""
    return _list_from_folder(call, get_number_argument(call, "machineId"))


@routes.reads("Robots_GetUsernames")
def list_usernames(call: Call) -> Answer:
    """Answer the accounts that the folder's robots run under."""
    names = store.list_usernames(call.session, get_folder(call).id)
    return answer_value(call, "Collection(Edm.String)", names)


@routes.reads("Robots_GetMachineNameToLicenseKeyMappings")
def list_license_keys(call: Call) -> Answer:
    """Answer the licence key of each machine of the tenant, by the machine's name."""
    pairs = store.list_license_keys(call.session, call.tenant.tenant_id)
    kind = f"Collection({NAMESPACE}.KeyValuePairOfStringString)"
    return answer_value(call, kind, [{"Key": name, "Value": key} for name, key in pairs])


@routes.reads(
    "Robots_GetRobotsForProcessByProcessid",
    basis=Basis.GUESS,
    note="Every robot of the folder that is not switched off can run each process of the folder.",
)
def list_robots_for_process(call: Call) -> Answer:
    """Answer the robots that can run a process of the folder."""
    folder, process_id = get_folder(call), call.path_arguments["processId"]
    if not store.has_process(call.session, folder, process_id):
        raise NotFound(f"There is no process {process_id[:100]!r} in this folder.")
    return read_set(call, ROBOTS, (store.in_folder(folder), store.can_run()))


@routes.reads("Robots_GetById")
def show_robot(call: Call) -> Answer:
    """Answer one robot of the folder."""
    robot_id = get_number_argument(call, "key")
    return read_one(call, ROBOTS, (Robot.folder_id == get_folder(call).id, Robot.id == robot_id))


@routes.writes("Robots_Post")
def create_robot(call: Call) -> Answer:
    """Make a robot in the folder. It connects at once, for there is no machine to wait for."""
    folder, body = get_folder(call), get_body(call)
    get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    get_required(find_enum(body, "Type", ROBOT_TYPE), "Type")
    robot = service.create_robot(
        call.session,
        call.tenant.tenant_id,
        folder,
        read_changes(body),
        read_machine_choice(body),
        user_number=call.caller.number or None,
        clock=call.clock,
        chance=call.chance,
    )
    connect_robot(call.session, robot, clock=call.clock)
    _tell(call, EventType.ROBOT_CREATED, [robot.id])
    return read_one(call, ROBOTS, (Robot.id == robot.id,), status=201)


@routes.writes("Robots_PutById")
@routes.writes("Robots_PatchById")
def update_robot(call: Call) -> Answer:
    """Change a robot; what is not sent stays as it is."""
    robot = service.get_robot(call.session, get_folder(call), get_number_argument(call, "key"))
    body = get_body(call)
    service.update_robot(
        call.session,
        robot,
        read_changes(body),
        read_machine_choice(body),
        user_number=call.caller.number or None,
        clock=call.clock,
    )
    _tell(call, EventType.ROBOT_UPDATED, [robot.id])
    return Answer()


@routes.writes("Robots_DeleteById")
def delete_robot(call: Call) -> Answer:
    """Delete a robot of the folder."""
    return _delete(call, [get_number_argument(call, "key")])


@routes.writes("Robots_DeleteBulk")
def delete_robots(call: Call) -> Answer:
    """Delete several robots of the folder, all or none."""
    return _delete(call, get_required(find_integers(get_body(call), "robotIds") or None, "robotIds"))


@routes.writes("Robots_ConvertToFloating")
def convert_to_floating(call: Call) -> Answer:
    """Let an attended robot of the folder float."""
    robot_id = get_required(find_integer(get_body(call), "robotId"), "robotId")
    robot = service.get_robot(call.session, get_folder(call), robot_id)
    service.convert_to_floating(call.session, robot, clock=call.clock, chance=call.chance)
    _tell(call, EventType.ROBOT_UPDATED, [robot.id])
    return Answer()


@routes.writes("Robots_ToggleEnabledStatus")
def toggle_robots(call: Call) -> Answer:
    """Let several robots of the folder take jobs, or no longer; all or none."""
    body = get_body(call)
    robot_ids = get_required(find_integers(body, "robotIds"), "robotIds")
    enabled = get_required(find_boolean(body, "enabled"), "enabled")
    service.set_enabled(call.session, get_folder(call), robot_ids, enabled=enabled)
    _tell(call, EventType.ROBOT_UPDATED, robot_ids)
    return Answer()


def _delete(call: Call, robot_ids: list[int]) -> Answer:
    _tell(call, EventType.ROBOT_DELETED, robot_ids)
    service.delete_robots(call.session, get_folder(call), robot_ids)
    return Answer(status=204)


def _list_from_folder(call: Call, machine_id: int | None) -> Answer:
    folder_id = get_number_argument(call, "folderId")
    folder = get_folder_within_reach(call.session, call.tenant.tenant_id, folder_id, call.reach)
    conditions = [Robot.folder_id == folder.id]
    if machine_id is not None:
        conditions.append(Robot.machine_id == machine_id)
    return read_set(call, EXTENDED_ROBOTS, conditions)


def _tell(call: Call, event_type: EventType, robot_ids: list[int]) -> None:
    where = (Robot.folder_id == get_folder(call).id, Robot.id.in_(robot_ids))
    announce_entities(call, event_type, "Robots", ROBOTS, where)
