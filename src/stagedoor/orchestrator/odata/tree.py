"""What a query says before anybody asks whether it makes sense: the parser's nodes, names and values as written.

``at`` is a node's place in the text, for messages.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PrefixedText:
    """A text that names its type: ``UiPath.Server.Configuration.OData.JobState'Running'``."""

    prefix: str
    text: str


@dataclass(frozen=True, slots=True)
class GuidText:
    """A GUID without quotes, in lower case."""

    text: str


LiteralValue: TypeAlias = (
    bool | int | Decimal | str | GuidText | datetime | date | time | timedelta | PrefixedText | None
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value."""

    value: LiteralValue
    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """A property, perhaps through navigations: ``Robot/Id``."""

    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its arguments; ``name`` in lower case."""

    name: str
    arguments: tuple["Node", ...]
    at: int


class ComparisonOperator(StrEnum):
    """The six comparisons."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


class ArithmeticOperator(StrEnum):
    """Sums and products. ``div`` of whole numbers is whole; ``divby`` never is."""

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"
    DIVBY = "divby"
    MOD = "mod"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared."""

    operator: ComparisonOperator
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values reckoned together."""

    operator: ArithmeticOperator
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A value that is one of some: ``Key in ('a','b')``."""

    value: "Node"
    items: tuple[Literal, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """A word of a list that has all of some flags: ``Days has Some.Weekday'Monday'``."""

    value: "Node"
    flags: Literal
    at: int


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by ``and`` or by ``or``; a chain is one node, however long."""

    is_and: bool
    parts: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """A condition turned round."""

    part: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with a minus in front."""

    part: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Lambda:
    """A question about a collection: ``Robots/any(r: r/Name eq 'x')``; ``variable`` is ``None`` for ``any()``."""

    path: Path
    is_any: bool
    variable: str | None
    condition: "Node | None"
    at: int


Node: TypeAlias = (
    Literal | Path | Function | Comparison | Arithmetic | Membership | Flagged | Junction | Not | Negative | Lambda
)
