"""What a query means: names became declarations, values got the type of what they are compared with.

``scope`` says whose property it is: 0 for the entity that is listed, higher numbers for the variables of lambdas.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

from stagedoor.orchestrator.entity import Navigation, Property
from stagedoor.orchestrator.odata.kept_as_json import JsonList
from stagedoor.orchestrator.odata.tree import ArithmeticOperator, ComparisonOperator


class Kind(StrEnum):
    """What values can be compared with each other."""

    TEXT = "a text"
    GUID = "a GUID"
    INTEGER = "a whole number"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    TIME = "a time"
    DAY = "a day"
    CLOCK = "a time of day"
    DURATION = "a duration"
    ENUM = "a word of a list"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Value:
    """A constant, already of the type that the store keeps."""

    value: str | float | bool | datetime | date | time | timedelta | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the entity in ``scope``, reached through ``steps``."""

    scope: int
    steps: tuple[Navigation, ...]
    property: Property
    kind: Kind


@dataclass(frozen=True, slots=True)
class Applied:
    """A function's value."""

    function: str
    arguments: tuple["Term", ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A sum or product."""

    operator: ArithmeticOperator
    left: "Term"
    right: "Term"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Counted:
    """How many things a collection has."""

    scope: int
    steps: tuple[Navigation, ...]
    things: Navigation | JsonList
    kind: Kind = Kind.INTEGER


Term: TypeAlias = Value | Field | Applied | Reckoned | Counted


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms compared; a missing value equals only ``null`` and is neither more nor less than anything."""

    operator: ComparisonOperator
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class OneOf:
    """A term that is one of the values, or missing if ``or_null``."""

    term: Term
    values: tuple[Value, ...]
    or_null: bool


class TextTestName(StrEnum):
    """The three questions about a part of a text."""

    CONTAINS = "contains"
    STARTS = "startswith"
    ENDS = "endswith"


@dataclass(frozen=True, slots=True)
class TextTest:
    """Whether a text contains, starts or ends with a part."""

    name: TextTestName
    text: Term
    part: Term


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all or one must hold."""

    is_and: bool
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Inverse:
    """A condition that must not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether any, or all, of a collection meet a condition in which they are scope ``inner``."""

    scope: int
    steps: tuple[Navigation, ...]
    things: Navigation | JsonList
    is_any: bool
    inner: int
    condition: "Condition | None"


@dataclass(frozen=True, slots=True)
class Always:
    """True or false whatever the row."""

    truth: bool


Condition: TypeAlias = Compare | OneOf | TextTest | Joined | Inverse | Exists | Always
