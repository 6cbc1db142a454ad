"""How an environment looks in the vendor's API, in the spelling of the servers that had them."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Navigation, Property, Through
from stagedoor.orchestrator.environments.models import Environment, EnvironmentRobot
from stagedoor.orchestrator.environments.schemas import ENVIRONMENT_TYPE
from stagedoor.orchestrator.robots.entities import ROBOT
from stagedoor.orchestrator.robots.models import Robot

ENVIRONMENT = EntityType(
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

ENVIRONMENTS = EntitySet("Environments", ENVIRONMENT)
