"""How runtimes of machines and named users look in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.licensing.models import SwitchedOffRuntime
from stagedoor.orchestrator.licensing.store import SLOTS
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.schemas import MACHINE_SCOPE, MACHINE_TYPE
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.scripted_robots.states import JobState
from stagedoor.orchestrator.sessions.models import RobotSession


def _robots(machine: Any) -> ColumnElement[Any]:
    return (
        select(func.count()).select_from(Robot).where(Robot.machine_id == machine.id).correlate_except(Robot)
    ).scalar_subquery()


def _executing(machine: Any) -> ColumnElement[Any]:
    running = (Job.machine_id == machine.id, Job.state == JobState.RUNNING)
    return select(func.count()).select_from(Job).where(*running).correlate_except(Job).scalar_subquery()


def _is_online(machine: Any) -> ColumnElement[Any]:
    return exists().where(RobotSession.machine_id == machine.id)


def runtimes_of(robot_type: int) -> EntitySet:
    """Return the list of machines with runtimes of one type."""
    slots = SLOTS[robot_type]

    def is_enabled(machine: Any) -> ColumnElement[Any]:
        switch = SwitchedOffRuntime
        return ~exists().where(switch.machine_id == machine.id, switch.robot_type == robot_type)

    runtime = EntityType(
        "LicenseRuntimeDto",
        Machine,
        (
            Property("Key", EdmType.STRING, Machine.key, nullable=False, writable=False),
            Property("MachineId", EdmType.INT64, Machine.id, nullable=False, writable=False),
            Property("MachineName", EdmType.STRING, Machine.name, writable=False),
            Property("HostMachineName", EdmType.STRING, writable=False),
            Property("ServiceUserName", EdmType.STRING, writable=False),
            Property("MachineType", MACHINE_TYPE, Machine.type, nullable=False, writable=False),
            Property("Runtimes", EdmType.INT32, slots, nullable=False, writable=False),
            Property("RobotsCount", EdmType.INT32, Expression(_robots), nullable=False, writable=False),
            Property("ExecutingCount", EdmType.INT32, Expression(_executing), nullable=False, writable=False),
            Property("IsOnline", EdmType.BOOLEAN, Expression(_is_online), nullable=False, writable=False),
            Property("IsLicensed", EdmType.BOOLEAN, Constant(value=True), nullable=False, writable=False),
            Property("Enabled", EdmType.BOOLEAN, Expression(is_enabled), nullable=False, writable=False),
            Property("MachineScope", MACHINE_SCOPE, Machine.scope, nullable=False, writable=False),
        ),
        key="Key",
    )
    return EntitySet("LicensesRuntime", runtime)


def _machines(robot: Any) -> ColumnElement[Any]:
    return case((robot.machine_id.is_(None), 0), else_=1)


NAMED_USER = EntityType(
    "LicenseNamedUserDto",
    Robot,
    (
        Property("Key", EdmType.STRING, Robot.key, nullable=False, writable=False),
        Property("UserName", EdmType.STRING, Robot.username, writable=False),
        Property("LastLoginDate", EdmType.DATE_TIME_OFFSET, writable=False),
        Property("MachinesCount", EdmType.INT32, Expression(_machines), nullable=False, writable=False),
        Property("IsLicensed", EdmType.BOOLEAN, Constant(value=True), nullable=False, writable=False),
        Property("IsExternalLicensed", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("ActiveRobotId", EdmType.INT64, Robot.id, writable=False),
        Property("MachineNames", EdmType.STRING, Constant([]), collection=True, writable=False),
        Property("ActiveMachineNames", EdmType.STRING, Constant([]), collection=True, writable=False),
    ),
    key="Key",
)
NAMED_USERS = EntitySet("LicensesNamedUser", NAMED_USER)
