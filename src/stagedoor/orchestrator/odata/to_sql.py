"""A query's meaning into SQL with bound parameters, in a form that indexes can serve.

Three habits matter. Truth has two values: a test on a missing value is false, and its inverse true. Texts compare
without regard to case, by the property's folded column or by ``lower()`` on both sides. A test on a property behind a
navigation becomes ``local IN (SELECT …)``, so that the database may start from either end.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    Integer,
    Interval,
    Numeric,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from stagedoor.kit.db import UtcDateTime
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import Constant, EntityType, EnumType, Expression, Navigation, Property
from stagedoor.orchestrator.odata.bound import (
    Applied,
    Compare,
    Condition,
    Counted,
    Exists,
    Field,
    Inverse,
    Joined,
    Kind,
    OneOf,
    Reckoned,
    Term,
    TextTest,
    TextTestName,
    Value,
)
from stagedoor.orchestrator.odata.folding import Folding, folded_alone, made_alike
from stagedoor.orchestrator.odata.joining import Joint, is_reference
from stagedoor.orchestrator.odata.sql_functions import position_of, starts_with, time_part
from stagedoor.orchestrator.odata.tree import ArithmeticOperator, ComparisonOperator

TEXT_PLACE_MAX = 1_000_000_000


_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: String(),
    Kind.GUID: String(),
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Float(),
    Kind.BOOLEAN: Boolean(),
    Kind.TIME: UtcDateTime(),
    Kind.DURATION: Interval(),
    Kind.ENUM: BigInteger(),
}


class SqlWriter:
    """Writes SQL for one list of one entity; ``entity`` is the model or the alias of it that the statement reads."""

    def __init__(self, call: Call, entity_type: EntityType, entity: Any = None) -> None:
        self.call = call
        self.entity: Any = entity_type.model if entity is None else entity
        self._entities: dict[int, Any] = {0: self.entity}

    def condition(self, condition: Condition) -> ColumnElement[bool]:
        """Return SQL that is true for the rows that meet the condition, and false or null for the others."""
        match condition:
            case Compare():
                return self._compare(condition)
            case OneOf():
                return self._one_of(condition)
            case TextTest():
                return self._on(condition.text, (condition.part,), lambda text: self._text_test(condition, text))
            case Joined():
                parts = [self.condition(part) for part in condition.parts]
                return and_(*parts) if condition.is_and else or_(*parts)
            case Inverse():
                return self._inverse(condition.part)
            case Exists():
                return self._exists(condition)
            case _:
                return true() if condition.truth else false()

    def sort_key(self, term: Term, *, descending: bool) -> ColumnElement[Any]:
        """Return what rows are ordered by; missing values are the least, on every database."""
        column = self._sql(*folded_alone(term))
        ordered = column.desc() if descending else column.asc()
        if _is_always_there(term):
            return ordered
        return ordered.nulls_last() if descending else ordered.nulls_first()

    def value(self, term: Term) -> ColumnElement[Any]:
        """Return a term's own value."""
        return self._sql(term, Folding.EXACT)

    # Conditions

    def _compare(self, condition: Compare) -> ColumnElement[bool]:
        operator, left, right = condition.operator, condition.left, condition.right
        if right.kind is Kind.NULL:
            column = self._sql(left, Folding.EXACT)
            return column.is_(None) if operator is ComparisonOperator.EQ else column.is_not(None)
        if operator is ComparisonOperator.NE:
            return self._compare_columns(operator, left, right)
        return self._on(left, (right,), lambda term: self._compare_columns(operator, term, right))

    def _compare_columns(self, operator: ComparisonOperator, left: Term, right: Term) -> ColumnElement[bool]:
        left, right, folding = made_alike(left, right)
        first, second = self._sql(left, folding), self._sql(right, folding)
        match operator:
            case ComparisonOperator.EQ:
                either_missing = not (_is_always_there(left) or _is_always_there(right))
                return first.is_not_distinct_from(second) if either_missing else first == second
            case ComparisonOperator.NE:
                both_there = _is_always_there(left) and _is_always_there(right)
                return first != second if both_there else first.is_distinct_from(second)
            case ComparisonOperator.GT:
                return first > second
            case ComparisonOperator.GE:
                return first >= second
            case ComparisonOperator.LT:
                return first < second
            case _:
                return first <= second

    def _one_of(self, condition: OneOf) -> ColumnElement[bool]:
        def test(term: Term) -> ColumnElement[bool]:
            left, folding = folded_alone(term)
            values = [self._plain(value, left, folding) for value in condition.values]
            return self._sql(left, folding).in_(values)

        if not condition.or_null:
            return self._on(condition.term, condition.values, test)
        missing = self._sql(condition.term, Folding.EXACT).is_(None)
        return or_(missing, test(condition.term)) if condition.values else missing

    def _text_test(self, condition: TextTest, text: Term) -> ColumnElement[bool]:
        text, part, folding = made_alike(text, condition.part)
        whole, sought = self._sql(text, folding), self._sql(part, folding)
        match condition.name:
            case TextTestName.CONTAINS:
                return position_of(whole, sought) > 0
            case TextTestName.STARTS:
                return starts_with(whole, sought)
            case _:
                return func.substr(whole, func.length(whole) - func.length(sought) + 1) == sought

    def _inverse(self, part: Condition) -> ColumnElement[bool]:
        if isinstance(part, Compare) and part.operator is ComparisonOperator.EQ:
            return self.condition(replace(part, operator=ComparisonOperator.NE))
        if isinstance(part, Compare) and part.operator is ComparisonOperator.NE:
            return self.condition(replace(part, operator=ComparisonOperator.EQ))
        return not_(func.coalesce(self.condition(part), false()))

    def _exists(self, condition: Exists) -> ColumnElement[bool]:
        if condition.is_any or condition.condition is None:
            return self._any(condition, condition.condition)
        return not_(func.coalesce(self._any(condition, Inverse(condition.condition)), false()))

    def _any(self, condition: Exists, inner: Condition | None) -> ColumnElement[bool]:
        def leaf(entity: Any) -> ColumnElement[bool]:
            joint = Joint(self.call, condition.navigation)
            self._entities[condition.inner] = joint.entity
            wanted = [joint.near == getattr(entity, condition.navigation.local.key), *joint.links]
            if inner is not None:
                wanted.append(self.condition(inner))
            return joint.select(literal(1)).where(*wanted).correlate(*self._outer(joint.entity)).exists()

        return self._semi_join(self._entities[condition.scope], condition.steps, leaf)

    # The way through navigations

    def _on(
        self, term: Term, others: Sequence[Term], test: Callable[[Term], ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        """Return ``test(term)``; for a property behind navigations compared with constants, as a semi-join."""
        if not isinstance(term, Field) or not all(isinstance(other, Value) for other in others):
            return test(term)
        field = _shortened(term)

        def leaf(entity: Any) -> ColumnElement[bool]:
            scope = self._new_scope(entity)
            return test(replace(field, scope=scope, steps=()))

        if not field.steps:
            return test(field)
        return self._semi_join(self._entities[field.scope], field.steps, leaf)

    def _semi_join(
        self, entity: Any, steps: tuple[Navigation, ...], leaf: Callable[[Any], ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        if not steps:
            return leaf(entity)
        joint = Joint(self.call, steps[0])
        self._new_scope(joint.entity)
        inner = self._semi_join(joint.entity, steps[1:], leaf)
        local: ColumnElement[Any] = getattr(entity, steps[0].local.key)
        return local.in_(joint.select(joint.near).where(*joint.links, inner).correlate(*self._outer(joint.entity)))

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

    # Terms

    def _sql(self, term: Term, folding: Folding) -> ColumnElement[Any]:
        match term:
            case Value():
                return self._constant(term, folding)
            case Field():
                field = _shortened(term)
                return self._scalar(
                    self._entities[field.scope], field.steps, lambda entity: _column(entity, field, folding)
                )
            case Counted():
                return self._scalar(
                    self._entities[term.scope], term.steps, lambda entity: self._count(entity, term.navigation)
                )
            case Reckoned():
                return self._reckoned(term)
            case _:
                return self._applied(term, folding)

    def _constant(self, term: Value, folding: Folding) -> ColumnElement[Any]:
        value = term.value
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
        if term.kind is Kind.INTEGER:
            return literal(value.value, _TYPES[value.kind])
        return value.value

    def _count(self, entity: Any, navigation: Navigation) -> ColumnElement[Any]:
        joint = Joint(self.call, navigation)
        wanted = [joint.near == getattr(entity, navigation.local.key), *joint.links]
        return joint.select(func.count()).where(*wanted).correlate(*self._outer(joint.entity)).scalar_subquery()

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
            case part:
                return time_part(part, self._sql(arguments[0], Folding.EXACT))


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


def _same_for_all(part: Property, value: Any, kind: Kind) -> ColumnElement[Any]:
    if value is not None and isinstance(part.type, EnumType):
        value = part.type.find_number(str(value))
    # The cast gives the missing value a type, without which PostgreSQL would not compare it.
    return cast(literal(value, _TYPES[kind]), _TYPES[kind])


def _shortened(field: Field) -> Field:
    source = field.property.source
    if field.steps and isinstance(source, InstrumentedAttribute) and is_reference(field.steps[-1], source):
        near = replace(field.property, source=field.steps[-1].local, folded=None)
        return replace(field, steps=field.steps[:-1], property=near)
    return field


def _is_always_there(term: Term) -> bool:
    if isinstance(term, Value | Counted):
        return True
    if not isinstance(term, Field) or term.steps or not isinstance(term.property.source, InstrumentedAttribute):
        return False
    # A column of a subquery does not say whether it may be missing.
    return not getattr(term.property.source.property.columns[0], "nullable", True)


def _place(number: ColumnElement[Any]) -> ColumnElement[Any]:
    # PostgreSQL counts letters in 32 bits and refuses to count below zero; no stored text is longer than this.
    return cast(case((number < 0, 0), (number > TEXT_PLACE_MAX, TEXT_PLACE_MAX), else_=number), Integer())
