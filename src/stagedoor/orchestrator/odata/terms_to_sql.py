"""What values mean into SQL: columns, functions, sums; conditions are built from them in ``to_sql``."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Interval,
    Numeric,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from stagedoor.kit.db import UtcDateTime
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import Constant, EntityType, EnumType, Expression, Navigation, Property
from stagedoor.orchestrator.odata.bound import Applied, Counted, Field, Kind, Reckoned, Term, Value
from stagedoor.orchestrator.odata.folding import Folding, folded_alone, made_alike
from stagedoor.orchestrator.odata.joining import Joint, is_reference
from stagedoor.orchestrator.odata.kept_as_json import JsonList
from stagedoor.orchestrator.odata.sql_functions import (
    clock_of,
    day_of,
    json_items,
    position_of,
    rounded,
    second_fraction,
    seconds_between,
    seconds_of,
    time_part,
)
from stagedoor.orchestrator.odata.tree import ArithmeticOperator
from stagedoor.orchestrator.odata.words import Words, find_words

TEXT_PLACE_MAX = 1_000_000_000

_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: String(),
    Kind.GUID: String(),
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Float(),
    Kind.BOOLEAN: Boolean(),
    Kind.TIME: UtcDateTime(),
    Kind.DAY: String(),
    Kind.CLOCK: String(),
    Kind.DURATION: Interval(),
    Kind.ENUM: BigInteger(),
}
_ROUNDINGS = {"round": "round", "floor": "floor", "ceiling": "ceil"}


class TermWriter:
    """Writes SQL for values; ``entity`` is the model or the alias of it that the statement reads."""

    def __init__(self, call: Call, entity_type: EntityType, entity: Any = None) -> None:
        self.call = call
        self.entity: Any = entity_type.model if entity is None else entity
        self._entities: dict[int, Any] = {0: self.entity}

    def sort_key(self, term: Term, *, descending: bool) -> ColumnElement[Any]:
        """Return what rows are ordered by; missing values are the least, on every database."""
        column = self._sql(*folded_alone(term))
        ordered = column.desc() if descending else column.asc()
        if is_always_there(term):
            return ordered
        return ordered.nulls_last() if descending else ordered.nulls_first()

    def value(self, term: Term) -> ColumnElement[Any]:
        """Return a term's own value."""
        return self._sql(term, Folding.EXACT)

    def _scalar(
        self, entity: Any, steps: tuple[Navigation, ...], leaf: Callable[[Any], ColumnElement[Any]]
    ) -> ColumnElement[Any]:
        if not steps:
            return leaf(entity)
        joint = Joint(self.call, steps[0])
        self._new_scope(joint.entity)
        inner = self._scalar(joint.entity, steps[1:], leaf)
        wanted = [joint.near == getattr(entity, steps[0].local.key), *joint.links]
        statement = joint.select(inner).where(*wanted).correlate(*self._outer(joint.entity)).limit(1)
        return statement.scalar_subquery()

    def _new_scope(self, entity: Any) -> int:
        # Below zero: the numbers above are the lambdas' own.
        scope = -len(self._entities)
        self._entities[scope] = entity
        return scope

    def _outer(self, own: Any) -> list[Any]:
        return [entity for entity in self._entities.values() if entity is not own]

    def _sql(self, term: Term, folding: Folding) -> ColumnElement[Any]:
        match term:
            case Value():
                return self._constant(term, folding)
            case Field():
                field = shortened(term)
                return self._scalar(
                    self._entities[field.scope], field.steps, lambda entity: _column(entity, field, folding)
                )
            case Counted():
                return self._scalar(
                    self._entities[term.scope], term.steps, lambda entity: self._count(entity, term.things)
                )
            case Reckoned():
                return self._reckoned(term)
            case _:
                return self._applied(term, folding)

    def _constant(self, term: Value, folding: Folding) -> ColumnElement[Any]:
        value = term.value
        if term.kind in (Kind.DAY, Kind.CLOCK):
            return literal(_written(value), String())
        if term.kind is Kind.ENUM:
            return literal(value, String() if isinstance(value, str) else BigInteger())
        if isinstance(value, str) and folding is not Folding.EXACT:
            if folding is Folding.FOLDED:
                return literal(value.casefold(), String())
            # Beyond ASCII the two databases disagree about letters, so each lowers its own way on both sides.
            return literal(value.lower(), String()) if value.isascii() else func.lower(literal(value, String()))
        return literal(value, _TYPES[term.kind])

    def _plain(self, value: Value, term: Term, folding: Folding) -> Any:
        if isinstance(value.value, str) and term.kind is Kind.TEXT and folding is not Folding.EXACT:
            return self._constant(value, folding)
        if term.kind in (Kind.INTEGER, Kind.DAY, Kind.CLOCK):
            return self._constant(value, folding)
        return value.value

    def _count(self, entity: Any, things: Navigation | JsonList) -> ColumnElement[Any]:
        member, statement = self._members(entity, things, func.count())
        return statement.correlate(*self._outer(member)).scalar_subquery()

    def _members(
        self, entity: Any, things: Navigation | JsonList, shown: ColumnElement[Any]
    ) -> tuple[Any, Select[Any]]:
        """Return one member of a collection of an entity, and the statement that shows something of all of them."""
        if isinstance(things, JsonList):
            items: FromClause = json_items(things.build(entity)).table_valued("value")
            return items, select(shown).select_from(items)
        joint = Joint(self.call, things)
        return joint.entity, joint.select(shown).where(joint.near == getattr(entity, things.local.key), *joint.links)

    def _reckoned(self, term: Reckoned) -> ColumnElement[Any]:
        # Whole numbers are reckoned as decimals, which have no largest value to overflow.
        number: TypeEngine[Any] = Numeric() if term.kind is Kind.INTEGER else Float()
        left = cast(self._sql(term.left, Folding.EXACT), number)
        right = cast(self._sql(term.right, Folding.EXACT), number)
        match term.operator:
            case ArithmeticOperator.ADD:
                return left + right
            case ArithmeticOperator.SUB:
                return left - right
            case ArithmeticOperator.MUL:
                return left * right
            case ArithmeticOperator.MOD:
                return left % func.nullif(right, 0)
            case ArithmeticOperator.DIV if term.kind is Kind.INTEGER:
                divisor = func.nullif(right, 0)
                return (left - left % divisor).op("/", precedence=8)(divisor)
            case _:
                return left / func.nullif(right, 0)

    def _applied(self, term: Applied, folding: Folding) -> ColumnElement[Any]:
        arguments = term.arguments
        match term.function:
            case "tolower" | "toupper" if folding is Folding.LOWER:
                return self._sql(arguments[0], folding)
            case "tolower":
                return func.lower(self._sql(arguments[0], Folding.EXACT))
            case "toupper":
                return func.upper(self._sql(arguments[0], Folding.EXACT))
            case "trim":
                return func.trim(self._sql(arguments[0], folding))
            case "concat":
                return self._sql(arguments[0], folding).concat(self._sql(arguments[1], folding))
            case "length":
                return func.length(self._sql(arguments[0], Folding.EXACT))
            case "indexof":
                whole, part, alike = made_alike(arguments[0], arguments[1])
                return position_of(self._sql(whole, alike), self._sql(part, alike)) - 1
            case "substring":
                start = _place(self._sql(arguments[1], Folding.EXACT)) + 1
                length = [_place(self._sql(argument, Folding.EXACT)) for argument in arguments[2:]]
                return func.substr(self._sql(arguments[0], folding), start, *length)
            case "cast":
                made = self._cast(arguments[0], term.kind)
                return func.lower(made) if folding is Folding.LOWER and term.kind is Kind.TEXT else made
            case _:
                return self._worked_out(term, [self._sql(argument, Folding.EXACT) for argument in arguments])

    def _worked_out(self, term: Applied, values: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        match term.function:
            case "round" | "floor" | "ceiling":
                return rounded(_ROUNDINGS[term.function], values[0])
            case "date":
                return day_of(values[0])
            case "time":
                return clock_of(values[0])
            case "fractionalseconds":
                return second_fraction(values[0])
            case "totaloffsetminutes":
                # Every time is kept in UTC.
                return case((values[0].is_not(None), 0), else_=null())
            case "elapsed":
                return seconds_between(values[1], values[0])
            case "totalseconds":
                span = term.arguments[0]
                if isinstance(span, Value) and isinstance(span.value, timedelta):
                    return literal(span.value.total_seconds(), Float())
                # What lies between two times is seconds already.
                return values[0] if isinstance(span, Applied) else seconds_of(values[0])
            case part:
                return time_part(part, values[0])

    def _cast(self, term: Term, kind: Kind) -> ColumnElement[Any]:
        column = self._sql(term, Folding.EXACT)
        words = find_words(term)
        if words is not None:
            return _word_of(words, column)
        match term.kind:
            case Kind.NUMBER:
                return rounded("trunc", column)
            case Kind.BOOLEAN:
                return case((column.is_(True), "true"), (column.is_(False), "false"), else_=null())
            case _:
                return cast(column, _TYPES[kind])


def _column(entity: Any, field: Field, folding: Folding) -> ColumnElement[Any]:
    part = field.property
    if folding is Folding.FOLDED and part.folded is not None:
        folded: ColumnElement[Any] = getattr(entity, part.folded.key)
        return folded
    column: ColumnElement[Any]
    if isinstance(part.source, InstrumentedAttribute):
        column = getattr(entity, part.source.key)
    elif isinstance(part.source, Constant):
        column = _same_for_all(part, part.source.value, field.kind)
    else:
        assert isinstance(part.source, Expression)  # noqa: S101  # no other source is searchable
        column = part.source.build(entity)
    return func.lower(column) if folding is Folding.LOWER and field.kind is Kind.TEXT else column


def _word_of(words: Words, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if words.stores_words:
        return column
    named = [(column == literal(number, BigInteger()), word) for word, number in words.enum.members.items()]
    return case(*named, else_=cast(column, String()))


def _written(value: object) -> str:
    return value.isoformat(timespec="microseconds") if isinstance(value, time) else str(value)


def _same_for_all(part: Property, value: Any, kind: Kind) -> ColumnElement[Any]:
    if value is not None and isinstance(part.type, EnumType):
        value = part.type.find_number(str(value))
    # The cast gives the missing value a type, without which PostgreSQL would not compare it.
    return cast(literal(value, _TYPES[kind]), _TYPES[kind])


def shortened(field: Field) -> Field:
    """Return the same property by fewer navigations, where the near table holds a copy of it."""
    source = field.property.source
    if field.steps and isinstance(source, InstrumentedAttribute) and is_reference(field.steps[-1], source):
        near = replace(field.property, source=field.steps[-1].local, folded=None)
        return replace(field, steps=field.steps[:-1], property=near)
    return field


def is_always_there(term: Term) -> bool:
    """Tell whether a value is never missing."""
    if isinstance(term, Value | Counted):
        return True
    if not isinstance(term, Field) or term.steps or not isinstance(term.property.source, InstrumentedAttribute):
        return False
    # A column of a subquery does not say whether it may be missing.
    return not getattr(term.property.source.property.columns[0], "nullable", True)


def _place(number: ColumnElement[Any]) -> ColumnElement[Any]:
    # PostgreSQL counts letters in 32 bits and refuses to count below zero; no stored text is longer than this.
    return cast(case((number < 0, 0), (number > TEXT_PLACE_MAX, TEXT_PLACE_MAX), else_=number), Integer())
