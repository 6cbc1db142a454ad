"""Robots of a folder: made, changed, switched on and off, deleted."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.field_changes import UNSET, apply_changes
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.service import get_machine
from stagedoor.orchestrator.machines.store import find_machine_by_name
from stagedoor.orchestrator.robots import store
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import BESIDE_A_PERSON, HOSTING_TYPE, MachineChoice, RobotChanges
from stagedoor.passage import FolderPlace


def get_robot(session: Session, folder: FolderPlace, robot_id: int) -> Robot:
    """Return the robot; raises :class:`NotFound` if it is not in this folder."""
    robot = store.find_robot(session, folder.id, robot_id)
    if robot is None:
        raise NotFound(f"The robot {robot_id} was not found in the folder '{folder.path}'.")
    return robot


def create_robot(
    session: Session,
    tenant_id: str,
    folder: FolderPlace,
    changes: RobotChanges,
    machine: MachineChoice,
    *,
    user_number: int | None,
    clock: Clock,
    chance: Chance,
) -> Robot:
    """Make a robot in a folder.

    Raises :class:`NameInUse` for a name that the tenant has in any letter case, and :class:`InvalidRequest` for a
    standard robot without a machine.
    """
    _verify_name_is_free(session, tenant_id, changes.name)
    robot = Robot(
        tenant_id=tenant_id,
        key=random_guid(chance),
        folder_id=folder.id,
        license_key=random_guid(chance),
        created_at=clock.now(),
        creator_user_number=user_number,
    )
    chosen = _find_machine(session, tenant_id, machine)
    if chosen is None and changes.hosting_type != HOSTING_TYPE.members["Floating"]:
        raise InvalidRequest(
            "A robot of hosting type Standard needs a MachineId or MachineName.", details={"field": "MachineName"}
        )
    _bind(robot, chosen)
    apply_changes(robot, changes)
    store.add_robot(session, robot)
    return robot


def update_robot(
    session: Session,
    robot: Robot,
    changes: RobotChanges,
    machine: MachineChoice,
    *,
    user_number: int | None,
    clock: Clock,
) -> None:
    """Change what ``changes`` set, and the machine if one is named; raises as creation does."""
    if changes.name is not UNSET and changes.name.casefold() != robot.name_folded:
        _verify_name_is_free(session, robot.tenant_id, changes.name)
    chosen = _find_machine(session, robot.tenant_id, machine)
    if chosen is not None:
        _bind(robot, chosen)
    apply_changes(robot, changes)
    robot.modified_at = clock.now()
    robot.modifier_user_number = user_number
    session.flush()


def convert_to_floating(session: Session, robot: Robot, *, clock: Clock, chance: Chance) -> None:
    """Let a standard robot that works beside a person go to whichever machine that person is at.

    Raises :class:`Conflict` (409) for one that floats already and :class:`InvalidRequest` for one that works alone.
    """
    if robot.hosting_type == HOSTING_TYPE.members["Floating"]:
        raise Conflict(f"The robot '{robot.name}' is a floating one already.")
    if robot.type not in BESIDE_A_PERSON:
        raise InvalidRequest(
            f"The robot '{robot.name}' is not attended, and cannot be made floating.", details={"field": "robotId"}
        )
    robot.hosting_type = HOSTING_TYPE.members["Floating"]
    robot.machine_id = None
    robot.license_key = random_guid(chance)
    robot.modified_at = clock.now()
    session.flush()


def set_enabled(session: Session, folder: FolderPlace, robot_ids: Sequence[int], *, enabled: bool) -> None:
    """Let robots take jobs, or no longer; all or none."""
    store.set_enabled(session, _verified_ids(session, folder, robot_ids), enabled=enabled)


def delete_robots(session: Session, folder: FolderPlace, robot_ids: Sequence[int]) -> None:
    """Delete robots, all or none; raises :class:`NotFound` for one that is not in this folder."""
    store.delete_robots(session, _verified_ids(session, folder, robot_ids))


def _verified_ids(session: Session, folder: FolderPlace, robot_ids: Sequence[int]) -> Sequence[int]:
    there = store.list_robot_ids(session, folder.id, robot_ids)
    missing = set(robot_ids) - set(there)
    if missing:
        raise NotFound(f"The robot {min(missing)} was not found in the folder '{folder.path}'.")
    return there


def _find_machine(session: Session, tenant_id: str, choice: MachineChoice) -> Machine | None:
    if choice.machine_id is not None:
        return get_machine(session, tenant_id, choice.machine_id)
    if not choice.machine_name:
        return None
    machine = find_machine_by_name(session, tenant_id, choice.machine_name)
    if machine is None:
        raise NotFound(f"The machine '{choice.machine_name[:100]}' was not found.")
    return machine


def _bind(robot: Robot, machine: Machine | None) -> None:
    robot.machine_id = machine.id if machine else None
    if machine is not None:
        robot.license_key = machine.license_key


def _verify_name_is_free(session: Session, tenant_id: str, name: str) -> None:
    if store.find_robot_by_name(session, tenant_id, name) is not None:
        raise NameInUse(f"There is a robot '{name}' already.")
