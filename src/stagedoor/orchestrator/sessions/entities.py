"""How a robot session looks in the vendor's API: as a session, and as a runtime of its machine."""

from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.orchestrator.entity import (
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.schemas import MACHINE_SCOPE, MACHINE_TYPE
from stagedoor.orchestrator.robots.entities import ROBOT_WITH_LICENSE
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import (
    MAINTENANCE_MODE,
    PLATFORM,
    ROBOT_SESSION_TYPE,
    SESSION_STATE,
)

_BUSY = SESSION_STATE.members["Busy"]


def _of_machine(column: InstrumentedAttribute[Any]) -> Expression:
    def build(one: Any) -> ColumnElement[Any]:
        return select(column).where(Machine.id == one.machine_id).correlate_except(Machine).scalar_subquery()

    return Expression(build)


def _of_robot(column: InstrumentedAttribute[Any]) -> Expression:
    def build(one: Any) -> ColumnElement[Any]:
        return select(column).where(Robot.id == one.robot_id).correlate_except(Robot).scalar_subquery()

    return Expression(build)


def _folder_name(one: Any) -> ColumnElement[Any]:
    name = select(Folder.fully_qualified_name).where(Folder.id == one.folder_id)
    return name.correlate_except(Folder).scalar_subquery()


SESSION = EntityType(
    name="SessionDto",
    model=RobotSession,
    properties=(
        Property("HostMachineName", EdmType.STRING, RobotSession.host_machine_name),
        Property("MachineId", EdmType.INT64, RobotSession.machine_id),
        Property("MachineName", EdmType.STRING, _of_machine(Machine.name)),
        Property("State", SESSION_STATE, RobotSession.state, nullable=False),
        Property("ReportingTime", EdmType.DATE_TIME_OFFSET, RobotSession.reporting_time),
        Property("Info", EdmType.STRING),
        Property("IsUnresponsive", EdmType.BOOLEAN, Constant(value=False)),
        Property("OrganizationUnitId", EdmType.INT64, RobotSession.folder_id),
        Property("FolderName", EdmType.STRING, Expression(_folder_name)),
        Property("RobotSessionType", ROBOT_SESSION_TYPE, Constant(0)),
        Property("Version", EdmType.STRING, RobotSession.version),
        Property("Platform", PLATFORM, RobotSession.platform),
        Property("DebugModeExpirationDate", EdmType.DATE_TIME_OFFSET, RobotSession.debug_mode_until),
        Property("Id", EdmType.INT64, RobotSession.id, nullable=False),
    ),
    navigations=(Navigation("Robot", lambda: ROBOT_WITH_LICENSE, local=RobotSession.robot_id, remote=Robot.id),),
)

MACHINE_SESSION_RUNTIME = EntityType(
    name="MachineSessionRuntimeDto",
    model=RobotSession,
    key="SessionId",
    properties=(
        Property("SessionId", EdmType.INT64, RobotSession.id, nullable=False),
        Property("MachineId", EdmType.INT64, RobotSession.machine_id),
        Property("MachineName", EdmType.STRING, _of_machine(Machine.name)),
        Property("MaintenanceMode", MAINTENANCE_MODE, RobotSession.maintenance_mode),
        Property("HostMachineName", EdmType.STRING, RobotSession.host_machine_name),
        Property("RuntimeType", ROBOT_TYPE, _of_robot(Robot.type)),
        Property("MachineType", MACHINE_TYPE, _of_machine(Machine.type)),
        Property("MachineScope", MACHINE_SCOPE, _of_machine(Machine.scope)),
        Property("Status", SESSION_STATE, RobotSession.state),
        Property("IsUnresponsive", EdmType.BOOLEAN, Constant(value=False)),
        Property("Runtimes", EdmType.INT64, RobotSession.runtimes),
        Property(
            "UsedRuntimes",
            EdmType.INT64,
            Expression(lambda one: case((one.state == _BUSY, 1), else_=0)),
        ),
        Property("ServiceUserName", EdmType.STRING, _of_robot(Robot.username)),
        Property("ReportingTime", EdmType.DATE_TIME_OFFSET, RobotSession.reporting_time),
        Property("Version", EdmType.STRING, RobotSession.version),
        Property("Platform", PLATFORM, RobotSession.platform),
    ),
)

SESSIONS = EntitySet(name="Sessions", entity_type=SESSION)
MACHINE_SESSION_RUNTIMES = EntitySet(name="MachineSessionRuntimes", entity_type=MACHINE_SESSION_RUNTIME)
