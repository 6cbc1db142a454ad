"""The vendor's operations on licences."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_boolean, find_enum, get_body, get_required, get_text
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.licensing import service, store
from stagedoor.orchestrator.licensing.entities import NAMED_USERS, runtimes_of
from stagedoor.orchestrator.licensing.schemas import read_robot_type, read_units
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE

# How many jobs a machine runs depends on which have ended by now.
routes = Routes(settlement=DUE_MOVES)


@routes.writes("Licensing_Acquire", basis=Basis.GUESS, note="There are always enough; what is held is counted.")
def acquire_units(call: Call) -> Answer:
    """Give units to whoever asks."""
    service.acquire(call, read_units(get_body(call)))
    return Answer(content={"isSuccess": True})


@routes.writes(
    "Licensing_Release", basis=Basis.GUESS, note="More than is held under the reference is a conflict (409)."
)
def release_units(call: Call) -> Answer:
    """Take units back."""
    service.release(call, read_units(get_body(call)))
    return Answer(content={"isSuccess": True})


@routes.reads(
    "LicensesRuntime_GetLicensesRuntimeByRobottype",
    basis=Basis.GUESS,
    note="The machines that have runtimes of this type, each licensed; the key is the machine's.",
)
def list_runtimes(call: Call) -> Answer:
    """Answer the machines with runtimes of a type."""
    robot_type = read_robot_type(call.path_arguments["robotType"])
    return read_set(call, runtimes_of(robot_type), [store.has_runtimes(robot_type)])


@routes.writes(
    "LicensesRuntime_ToggleEnabledByKey", basis=Basis.GUESS, note="It is remembered; scripted robots run all the same."
)
def toggle_runtime(call: Call) -> Answer:
    """Switch a machine's runtimes of one type on or off."""
    body = get_body(call)
    key = call.path_arguments["key"].strip().lower()
    if get_text(body, "key", length_max=255).lower() != key:
        raise InvalidRequest("The key in the body is another one than in the path.", details={"field": "key"})
    robot_type = get_required(find_enum(body, "robotType", ROBOT_TYPE), "robotType")
    enabled = get_required(find_boolean(body, "enabled"), "enabled")
    service.switch_runtime(call, key, robot_type, enabled=enabled)
    return Answer()


@routes.reads(
    "LicensesNamedUser_GetLicensesNamedUserByRobottype",
    note="The robots of this type that log in as somebody, each licensed; the key is the robot's, the vendor's is the "
    "user's name.",
)
def list_named_users(call: Call) -> Answer:
    """Answer the named users of a type."""
    robot_type = read_robot_type(call.path_arguments["robotType"])
    return read_set(call, NAMED_USERS, [store.is_named_user(call.tenant.tenant_id, call.reach, robot_type)])
