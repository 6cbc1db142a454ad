"""Sums, products and comparisons of constants, done before any row is read."""

import operator as python
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from math import isnan
from typing import Any

from stagedoor.orchestrator.odata.bound import Kind, Reckoned, Term, Value
from stagedoor.orchestrator.odata.bounds import INT64_MAX
from stagedoor.orchestrator.odata.coercion import NUMERIC, can_compare
from stagedoor.orchestrator.odata.tree import ArithmeticOperator, ComparisonOperator

_COMPARE: dict[ComparisonOperator, Callable[[Any, Any], bool]] = {
    ComparisonOperator.EQ: python.eq,
    ComparisonOperator.NE: python.ne,
    ComparisonOperator.GT: python.gt,
    ComparisonOperator.GE: python.ge,
    ComparisonOperator.LT: python.lt,
    ComparisonOperator.LE: python.le,
}


def reckon(operator: ArithmeticOperator, left: Term, right: Term) -> Reckoned:
    """Return the sum or product of two numeric terms; whole if both are and the operator keeps it so."""
    whole = left.kind is right.kind is Kind.INTEGER and operator is not ArithmeticOperator.DIVBY
    return Reckoned(operator, left, right, Kind.INTEGER if whole else Kind.NUMBER)


def reckon_values(operator: ArithmeticOperator, left: Value, right: Value) -> Value | None:
    """Return what two constants make, or ``None`` where they make nothing: other types, no divisor, out of range."""
    first, second = left.value, right.value
    if left.kind is Kind.DAY and isinstance(first, date):
        first = datetime.combine(first, time.min, UTC)
    try:
        if isinstance(first, datetime) and isinstance(second, timedelta):
            if operator is ArithmeticOperator.ADD:
                return Value(first + second, Kind.TIME)
            return Value(first - second, Kind.TIME) if operator is ArithmeticOperator.SUB else None
        if isinstance(first, datetime) and isinstance(second, datetime) and operator is ArithmeticOperator.SUB:
            return Value(first - second, Kind.DURATION)
        if left.kind in NUMERIC and right.kind in NUMERIC:
            return _number(operator, first, second)
    except (OverflowError, ZeroDivisionError):
        return None
    return None


def compare_values(operator: ComparisonOperator, left: Value, right: Value) -> bool | None:
    """Return how two constants compare, or ``None`` for constants of different types."""
    if Kind.NULL in (left.kind, right.kind):
        same = left.kind is right.kind
        return same if operator is ComparisonOperator.EQ else not same and operator is ComparisonOperator.NE
    if not can_compare(left.kind, right.kind):
        return None
    first, second = (value.value.casefold() if isinstance(value.value, str) else value.value for value in (left, right))
    return _COMPARE[operator](first, second)


def _number(operator: ArithmeticOperator, first: Any, second: Any) -> Value | None:
    match operator:
        case ArithmeticOperator.ADD:
            result = first + second
        case ArithmeticOperator.SUB:
            result = first - second
        case ArithmeticOperator.MUL:
            result = first * second
        case ArithmeticOperator.DIVBY:
            result = first / second
        case ArithmeticOperator.MOD:
            result = first - second * _truncated(first, second)
        case _:
            whole = isinstance(first, int) and isinstance(second, int)
            result = _truncated(first, second) if whole else first / second
    if isinstance(result, float):
        return Value(result, Kind.NUMBER) if not isnan(result) and abs(result) < 1e300 else None
    return Value(result, Kind.INTEGER) if abs(result) <= INT64_MAX else None


def _truncated(first: Any, second: Any) -> Any:
    quotient = abs(first) // abs(second)
    return quotient if (first < 0) == (second < 0) else -quotient
