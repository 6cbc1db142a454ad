"""The list of environments; one of them is declared beside the robots, which lead back to it."""

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.robots.entities import ENVIRONMENT

ENVIRONMENTS = EntitySet("Environments", ENVIRONMENT)
