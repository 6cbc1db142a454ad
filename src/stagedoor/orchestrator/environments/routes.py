"""The operations of environments, which old clients call."""

from dataclasses import replace

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.environments import service, store
from stagedoor.orchestrator.environments.entities import ENVIRONMENTS
from stagedoor.orchestrator.environments.models import Environment
from stagedoor.orchestrator.environments.schemas import read_environment
from stagedoor.orchestrator.fields import find_integer, find_integers, get_body, get_number_argument, get_required
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import options_of, read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots.entities import ROBOTS
from stagedoor.orchestrator.robots.store import in_folder as robot_in_folder

routes = Routes()


@routes.reads("Environments_Get", basis=Basis.CLIENT)
def list_environments(call: Call) -> Answer:
    """Answer the folder's environments."""
    return read_set(call, ENVIRONMENTS, [store.in_folder(get_folder(call))])


@routes.reads("Environments_GetById", basis=Basis.CLIENT)
def show_environment(call: Call) -> Answer:
    """Answer one environment."""
    environment_id = get_number_argument(call, "key")
    return read_one(call, ENVIRONMENTS, [store.has_id(environment_id), store.in_folder(get_folder(call))])


@routes.writes("Environments_Post", basis=Basis.CLIENT)
def create_environment(call: Call) -> Answer:
    """Make an environment."""
    changes = read_environment(get_body(call))
    environment = service.create_environment(call.session, call.tenant.tenant_id, get_folder(call), changes)
    return read_one(call, ENVIRONMENTS, [store.has_id(environment.id)], status=201)


@routes.writes("Environments_PutById", basis=Basis.CLIENT)
def update_environment(call: Call) -> Answer:
    """Change an environment's name, description and type."""
    environment = _environment_in_path(call)
    service.update_environment(call.session, environment, read_environment(get_body(call)))
    return read_one(call, ENVIRONMENTS, [store.has_id(environment.id)])


@routes.writes("Environments_DeleteById", basis=Basis.CLIENT)
def delete_environment(call: Call) -> Answer:
    """Delete an environment; its robots stay."""
    store.delete_environment(call.session, _environment_in_path(call))
    return Answer(status=204)


@routes.reads("Environments_GetRobotsForEnvironmentByKey", basis=Basis.CLIENT)
def list_robots(call: Call) -> Answer:
    """Answer all robots of the folder, those of the environment first unless the call names an order."""
    environment = _environment_in_path(call)
    asked = options_of(call, ROBOTS)
    options = asked if asked.orderby else replace(asked, orderby=(store.members_first(environment.id),))
    return read_set(call, ROBOTS, [robot_in_folder(get_folder(call))], options=options)


@routes.reads("Environments_GetRobotIdsForEnvironmentByKey", basis=Basis.CLIENT)
def list_robot_ids(call: Call) -> Answer:
    """Answer the ids of the environment's robots."""
    ids = store.list_robot_ids(call.session, _environment_in_path(call).id)
    return answer_value(call, "Collection(Edm.Int64)", list(ids))


@routes.writes("Environments_AddRobotById", basis=Basis.CLIENT)
def add_robot(call: Call) -> Answer:
    """Put a robot into the environment."""
    robot_id = get_required(find_integer(get_body(call), "robotId"), "robotId")
    service.set_robots(call.session, _environment_in_path(call), get_folder(call), [robot_id], [])
    return Answer()


@routes.writes("Environments_RemoveRobotById", basis=Basis.CLIENT)
def remove_robot(call: Call) -> Answer:
    """Take a robot out of the environment."""
    robot_id = get_required(find_integer(get_body(call), "robotId"), "robotId")
    service.set_robots(call.session, _environment_in_path(call), get_folder(call), [], [robot_id])
    return Answer()


@routes.writes("Environments_SetRobotsById", basis=Basis.CLIENT)
def set_robots(call: Call) -> Answer:
    """Put robots into the environment and take others out, all or none."""
    body = get_body(call)
    added, removed = find_integers(body, "addedRobotIds") or [], find_integers(body, "removedRobotIds") or []
    service.set_robots(call.session, _environment_in_path(call), get_folder(call), added, removed)
    return Answer()


def _environment_in_path(call: Call) -> Environment:
    environment_id = get_number_argument(call, "key")
    return service.get_environment(call.session, call.tenant.tenant_id, get_folder(call), environment_id)
