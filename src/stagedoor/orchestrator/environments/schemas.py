"""What a caller sends of an environment."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import find_enum, find_text, get_text

NAME_LENGTH_MAX = 100
DESCRIPTION_LENGTH_MAX = 500
ENVIRONMENT_TYPE = EnumType("EnvironmentType", {"Dev": 0, "Test": 1, "Prod": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentChanges:
    """What a caller may set on an environment. A field left :data:`UNSET` stays as it is."""

    name: str
    description: str | None = UNSET
    type: int = UNSET


def read_environment(body: Body) -> EnvironmentChanges:
    """Read an environment, which needs a name."""
    changes: dict[str, Any] = {}
    if "Description" in body:
        changes["description"] = find_text(body, "Description", length_max=DESCRIPTION_LENGTH_MAX)
    number = find_enum(body, "Type", ENVIRONMENT_TYPE)
    if number is not None:
        changes["type"] = number
    return EnvironmentChanges(name=get_text(body, "Name", length_max=NAME_LENGTH_MAX), **changes)
