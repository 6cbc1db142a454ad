"""What a filter means, in plain Python over dictionaries: a second reading of the query language, to judge the first.

The text is parsed by a library of somebody else's (odata-query) and carried out row by row, without a database. It
follows what ``src/stagedoor/orchestrator/odata/README.md`` promises: truth has two values, texts compare without
regard to case, a missing value equals nothing but another missing one.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from operator import eq, ge, gt, le, lt
from typing import Any, cast

from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser

Row = Mapping[str, Any]


def parse(text: str) -> ast._Node:
    """Return the tree of a filter, as odata-query reads it."""
    return cast("ast._Node", ODataParser().parse(ODataLexer().tokenize(text)))


def holds(node: ast._Node, row: Row, now: datetime) -> bool:
    """Tell whether a row meets a filter."""
    return _Reading({"": row}, now).truth(node)


_ORDERS: dict[type, Callable[[Any, Any], bool]] = {ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge}


class _Reading:
    def __init__(self, names: Mapping[str, Any], now: datetime) -> None:
        # The row has no name; the variables of any and all have one.
        self._names = names
        self._now = now

    def truth(self, node: ast._Node) -> bool:
        match node:
            case ast.BoolOp(op=ast.And()):
                return self.truth(node.left) and self.truth(node.right)
            case ast.BoolOp():
                return self.truth(node.left) or self.truth(node.right)
            case ast.UnaryOp(op=ast.Not()):
                return not self.truth(node.operand)
            case ast.Compare():
                return self._compare(node)
            case ast.CollectionLambda():
                return self._about_many(node)
            case ast.Call() if node.func.name.lower() in _TESTS:
                whole, part = (self.value(each) for each in node.args)
                return whole is not None and part is not None and _TESTS[node.func.name.lower()](whole, part)
            case _:
                return self.value(node) is True

    def value(self, node: ast._Node) -> Any:
        match node:
            case ast.Null():
                return None
            case ast.Boolean():
                return node.val == "true"
            case ast.String():
                return node.val.lower()
            case ast.GUID():
                return node.val.lower()
            case ast._Literal():
                return node.py_val
            case ast.Identifier():
                # The name of a variable stands for the item itself.
                return self._names[node.name] if node.name in self._names else _plain(self._names[""][node.name])
            case ast.Attribute():
                owner = self.value(node.owner)
                return None if owner is None else _plain(owner.get(node.attr))
            case ast.UnaryOp():
                number = self.value(node.operand)
                return None if number is None else -number
            case ast.BinOp():
                return _reckoned(node.op, self.value(node.left), self.value(node.right))
            case ast.Call():
                return self._call(node.func.name.lower(), [self.value(part) for part in node.args])
            case _:
                raise AssertionError(f"no value: {node}")

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        if isinstance(node.comparator, ast.In):
            assert isinstance(node.right, ast.List)
            return any(left == self.value(item) for item in node.right.val)
        right = self.value(node.right)
        if isinstance(node.comparator, ast.Eq):
            return bool(eq(left, right))
        if isinstance(node.comparator, ast.NotEq):
            return bool(left != right)
        return left is not None and right is not None and _ORDERS[type(node.comparator)](left, right)

    def _about_many(self, node: ast.CollectionLambda) -> bool:
        things = self.value(node.owner) or []
        if node.lambda_ is None:
            return bool(things)
        name, condition = node.lambda_.identifier.name, node.lambda_.expression
        found = (_Reading({**self._names, name: _plain(thing)}, self._now).truth(condition) for thing in things)
        return any(found) if isinstance(node.operator, ast.Any) else all(found)

    def _call(self, name: str, arguments: list[Any]) -> Any:
        if name == "now":
            return self._now
        return None if None in arguments else _FUNCTIONS[name](*arguments)


def _plain(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _reckoned(operator: ast._BinOpToken, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case _ if right == 0:
            return None
        case ast.Div():
            whole = isinstance(left, int) and isinstance(right, int)
            return _truncated(left, right) if whole else left / right
        case _:
            return left - right * _truncated(left, right)


def _truncated(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _rounded(number: float) -> float:
    return math.copysign(math.floor(abs(number) + 0.5), number)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _clock(moment: datetime) -> time:
    return moment.astimezone(UTC).time()


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda whole, part: part in whole,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tolower": str.lower,
    "toupper": str.lower,
    "trim": lambda text: text.strip(" "),
    "length": len,
    "indexof": str.find,
    "concat": lambda left, right: left + right,
    "substring": lambda text, start, length=None: text[start:][:length],
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "date": _day,
    "time": _clock,
    "round": _rounded,
    "floor": math.floor,
    "ceiling": math.ceil,
}
