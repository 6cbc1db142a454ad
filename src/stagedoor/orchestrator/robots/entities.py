"""How a robot looks in the vendor's API, and the group of robots that an environment is."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from stagedoor.orchestrator.entity import (
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
    Through,
)
from stagedoor.orchestrator.environments.models import Environment, EnvironmentRobot
from stagedoor.orchestrator.environments.schemas import ENVIRONMENT_TYPE
from stagedoor.orchestrator.folders.schemas import PROVISION_TYPE
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.robots.schemas import CREDENTIAL_TYPE, HOSTING_TYPE, ROBOT_TYPE
from stagedoor.orchestrator.users.entities import USER
from stagedoor.orchestrator.users.models import User


def _machine_name(robot: Any) -> ColumnElement[Any]:
    return select(Machine.name).where(Machine.id == robot.machine_id).correlate_except(Machine).scalar_subquery()


def _environments(robot: Any) -> ColumnElement[Any]:
    names = (
        select(func.coalesce(func.aggregate_strings(Environment.name, ","), ""))
        .join(EnvironmentRobot, EnvironmentRobot.environment_id == Environment.id)
        .where(EnvironmentRobot.robot_id == robot.id)
    )
    return names.correlate_except(Environment, EnvironmentRobot).scalar_subquery()


ENVIRONMENT: EntityType = EntityType(
    "EnvironmentDto",
    Environment,
    (
        Property("Name", EdmType.STRING, Environment.name, nullable=False, folded=Environment.name_folded),
        Property("Description", EdmType.STRING, Environment.description),
        Property("Type", ENVIRONMENT_TYPE, Environment.type, nullable=False),
        Property("Id", EdmType.INT64, Environment.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "Robots",
            lambda: ROBOT,
            local=Environment.id,
            remote=Robot.id,
            collection=True,
            through=Through(near=EnvironmentRobot.environment_id, far=EnvironmentRobot.robot_id),
        ),
    ),
)

ROBOT: EntityType = EntityType(
    name="RobotDto",
    model=Robot,
    properties=(
        Property("LicenseKey", EdmType.STRING, Robot.license_key, confidential=True),
        Property("MachineName", EdmType.STRING, Expression(_machine_name)),
        Property("MachineId", EdmType.INT64, Robot.machine_id),
        Property("Name", EdmType.STRING, Robot.name, nullable=False, folded=Robot.name_folded),
        Property("Username", EdmType.STRING, Robot.username),
        Property("ExternalName", EdmType.STRING, Robot.external_name),
        Property("Description", EdmType.STRING, Robot.description),
        Property("Type", ROBOT_TYPE, Robot.type, nullable=False),
        Property("HostingType", HOSTING_TYPE, Robot.hosting_type, nullable=False),
        Property("ProvisionType", PROVISION_TYPE, Robot.provision_type, writable=False),
        Property("Password", EdmType.STRING, filterable=False),
        Property("CredentialStoreId", EdmType.INT64),
        Property("UserId", EdmType.INT64, Robot.user_number),
        Property("Enabled", EdmType.BOOLEAN, Robot.enabled, nullable=False),
        Property("CredentialType", CREDENTIAL_TYPE, Robot.credential_type),
        Property("RobotEnvironments", EdmType.STRING, Expression(_environments), writable=False),
        Property("ExecutionSettings", EdmType.UNTYPED, Robot.execution_settings),
        Property("IsExternalLicensed", EdmType.BOOLEAN, Constant(value=False)),
        Property("LimitConcurrentExecution", EdmType.BOOLEAN, Robot.limit_concurrent_execution),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Robot.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, Robot.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Robot.created_at, writable=False),
        Property("CreatorUserId", EdmType.INT64, Robot.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, Robot.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "Environments",
            lambda: ENVIRONMENT,
            local=Robot.id,
            remote=Environment.id,
            collection=True,
            through=Through(near=EnvironmentRobot.robot_id, far=EnvironmentRobot.environment_id),
        ),
    ),
)

ROBOT_LICENSE = EntityType(
    name="RobotLicenseDto",
    model=Robot,
    properties=(
        Property("RobotId", EdmType.INT64, Robot.id),
        Property("Timestamp", EdmType.DATE_TIME_OFFSET),
        Property("Id", EdmType.INT64, Robot.id, nullable=False),
    ),
)
"""What a robot runs by; a license is never wanting here, so that there is one for each robot."""

_USER = Navigation("User", lambda: USER, local=Robot.user_number, remote=User.number)

EXTENDED_ROBOT = EntityType(
    name="ExtendedRobotDto", model=Robot, properties=ROBOT.properties, navigations=(*ROBOT.navigations, _USER)
)

ROBOT_WITH_LICENSE = EntityType(
    name="RobotWithLicenseDto",
    model=Robot,
    properties=ROBOT.properties,
    navigations=(
        *EXTENDED_ROBOT.navigations,
        Navigation("License", lambda: ROBOT_LICENSE, local=Robot.id, remote=Robot.id),
    ),
)
"""A robot as its sessions show it."""

ROBOTS = EntitySet(name="Robots", entity_type=ROBOT)
EXTENDED_ROBOTS = EntitySet(name="Robots", entity_type=EXTENDED_ROBOT)
