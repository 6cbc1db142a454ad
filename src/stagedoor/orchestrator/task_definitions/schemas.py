"""What a caller sends of a task definition."""

from dataclasses import dataclass

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_text, find_texts, get_object

NAME_LENGTH_MAX = 50
ACTION_LENGTH_MAX = 256


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """What a version is made of."""

    schema: str | None
    allowed_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefinitionValues:
    """A definition as it was sent; ``None`` where nothing was said."""

    name: str | None
    description: str | None
    properties: PropertyValues | None


def read_definition(body: Body) -> DefinitionValues:
    """Read a definition; a name that is sent may not be blank."""
    name = find_text(body, "Name", length_max=NAME_LENGTH_MAX)
    if name is not None and not name.strip():
        raise InvalidRequest("The Name field may not be blank.", details={"field": "Name"})
    properties = None
    if body.get("Properties") is not None:
        sent = get_object(body, "Properties")
        actions = find_texts(sent, "allowedActions") or []
        if any(len(action) > ACTION_LENGTH_MAX or "\0" in action for action in actions):
            raise InvalidRequest(
                f"An allowed action may have {ACTION_LENGTH_MAX} characters.", details={"field": "allowedActions"}
            )
        properties = PropertyValues(find_text(sent, "schema"), tuple(actions))
    return DefinitionValues(
        name=None if name is None else name.strip(),
        description=find_text(body, "Description", length_max=512),
        properties=properties,
    )
