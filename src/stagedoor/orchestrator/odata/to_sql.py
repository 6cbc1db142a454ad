"""A query's meaning into SQL with bound parameters, in a form that indexes can serve.

Three habits matter. Truth has two values: a test on a missing value is false, and its inverse true. Texts compare
without regard to case, by the property's folded column or by ``lower()`` on both sides. A test on a property behind a
navigation becomes ``local IN (SELECT …)``, so that the database may start from either end.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, true

from stagedoor.orchestrator.entity import Navigation
from stagedoor.orchestrator.odata.bound import (
    Compare,
    Condition,
    Exists,
    Field,
    Inverse,
    Joined,
    Kind,
    OneOf,
    Term,
    TextTest,
    TextTestName,
    Value,
)
from stagedoor.orchestrator.odata.folding import Folding, folded_alone, made_alike
from stagedoor.orchestrator.odata.joining import Joint
from stagedoor.orchestrator.odata.sql_functions import position_of, starts_with
from stagedoor.orchestrator.odata.terms_to_sql import TermWriter, is_always_there, shortened
from stagedoor.orchestrator.odata.tree import ComparisonOperator


class SqlWriter(TermWriter):
    """Writes SQL for one list of one entity: its conditions, what it is sorted by and single values."""

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
                either_missing = not (is_always_there(left) or is_always_there(right))
                return first.is_not_distinct_from(second) if either_missing else first == second
            case ComparisonOperator.NE:
                both_there = is_always_there(left) and is_always_there(right)
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
            member, statement = self._members(entity, condition.things, literal(1))
            self._entities[condition.inner] = member
            if inner is not None:
                statement = statement.where(self.condition(inner))
            return statement.correlate(*self._outer(member)).exists()

        return self._semi_join(self._entities[condition.scope], condition.steps, leaf)

    # The way through navigations

    def _on(
        self, term: Term, others: Sequence[Term], test: Callable[[Term], ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        """Return ``test(term)``; for a property behind navigations compared with constants, as a semi-join."""
        if not isinstance(term, Field) or not all(isinstance(other, Value) for other in others):
            return test(term)
        field = shortened(term)

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
