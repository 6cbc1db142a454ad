"""What a caller sends to acquire and release units."""

from dataclasses import dataclass

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_integer, find_text, get_required, get_text
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE

TYPE_LENGTH_MAX = 128
REFERENCE_LENGTH_MAX = 256
COUNT_MAX = 10**12


@dataclass(frozen=True, slots=True)
class Units:
    """Some units of a type, by what their holder calls them."""

    type: str
    reference: str
    count: int


def read_units(body: Body) -> Units:
    """Read units to acquire or release."""
    return Units(
        type=get_text(body, "type", length_max=TYPE_LENGTH_MAX),
        reference=(find_text(body, "reference", length_max=REFERENCE_LENGTH_MAX) or "").strip(),
        count=get_required(find_integer(body, "count", least=1, most=COUNT_MAX), "count"),
    )


def read_robot_type(written: str) -> int:
    """Return the number of a robot type in the path; raises ``InvalidRequest`` for any other word."""
    number = ROBOT_TYPE.find_number(written)
    if number is None:
        raise InvalidRequest(
            f"The robotType must be one of {', '.join(ROBOT_TYPE.members)}.", details={"field": "robotType"}
        )
    return number
