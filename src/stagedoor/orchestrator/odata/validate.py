"""A tree into its meaning for one entity: every name found, every value of the right type, or a refusal that says why.

What comes out holds no word of the caller's but constants, which :mod:`~stagedoor.orchestrator.odata.to_sql` binds as
parameters.
"""

from datetime import UTC, date, datetime, time, timedelta

from stagedoor.orchestrator.entity import EntityType
from stagedoor.orchestrator.odata.bound import (
    Always,
    Applied,
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
from stagedoor.orchestrator.odata.bounds import EXPRESSIONS_MAX
from stagedoor.orchestrator.odata.coercion import can_compare, flagged_members, plain_value, value_for
from stagedoor.orchestrator.odata.problem import query_problem, unknown_name
from stagedoor.orchestrator.odata.reckoning import compare_values
from stagedoor.orchestrator.odata.terms import Terms
from stagedoor.orchestrator.odata.tree import (
    Arithmetic,
    ArithmeticOperator,
    Comparison,
    ComparisonOperator,
    Flagged,
    Function,
    Junction,
    Lambda,
    Literal,
    Membership,
    Node,
    Not,
    Path,
)
from stagedoor.orchestrator.odata.type_names import is_called, is_type, type_name_of
from stagedoor.orchestrator.odata.words import find_words

LAMBDAS_DEPTH_MAX = 3

_TEXT_TESTS = {name.value: name for name in TextTestName}
_CONDITIONS = (Junction, Not, Comparison, Membership, Flagged, Lambda)
_CONDITION_FUNCTIONS = frozenset((*_TEXT_TESTS, "substringof", "isof"))

_EQUALITY = (ComparisonOperator.EQ, ComparisonOperator.NE)
_MIRRORED = {
    ComparisonOperator.GT: ComparisonOperator.LT,
    ComparisonOperator.GE: ComparisonOperator.LE,
    ComparisonOperator.LT: ComparisonOperator.GT,
    ComparisonOperator.LE: ComparisonOperator.GE,
}


class Binder(Terms):
    """Finds the meaning of trees for one entity; one binder serves one query option."""

    def __init__(self, entity_type: EntityType, option: str, now: datetime) -> None:
        super().__init__(entity_type, option, now)
        self._open_lambdas = 0
        self._expressions = 0

    def condition(self, node: Node) -> Condition:
        """Return the meaning of something that is true or false."""
        match node:
            case Junction():
                return Joined(node.is_and, tuple(self.condition(part) for part in node.parts))
            case Not():
                inner = self.condition(node.part)
                return inner.part if isinstance(inner, Inverse) else Inverse(inner)
            case Comparison():
                return self._comparison(node)
            case Membership():
                return self._membership(node)
            case Flagged():
                return self._flagged(node)
            case Lambda():
                return self._lambda(node)
            case Function() if node.name == "isof":
                return self._is_of(node)
            case Function() if node.name in _TEXT_TESTS or node.name == "substringof":
                return self._text_test(node)
            case Literal() if isinstance(node.value, bool):
                return Always(node.value)
            case Path() | Function():
                term = self.term(node)
                if term.kind is Kind.BOOLEAN:
                    self._count_expression(node.at)
                    return Compare(ComparisonOperator.EQ, term, Value(True, Kind.BOOLEAN))
            case _:
                pass
        raise query_problem(
            self._option, "a condition is expected here.", at=node.at, hint="Compare it: … eq …, … in (…)."
        )

    def _comparison(self, node: Comparison) -> Condition:
        self._count_expression(node.at)
        node = _with_times_moved(node)
        for condition, other in ((node.left, node.right), (node.right, node.left)):
            if _is_condition(condition):
                return self._compared_condition(node, condition, other)
        operator, left, right = node.operator, node.left, node.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            operator, left, right = _MIRRORED.get(operator, operator), right, left
        if isinstance(right, Function) and right.name == "date" and not isinstance(left, Function):
            operator, left, right = _MIRRORED.get(operator, operator), right, left
        if isinstance(left, Function) and left.name == "date" and not self._is_day_of_row(right):
            return self._day_comparison(operator, left, right)
        if isinstance(right, Literal):
            if right.value is None and isinstance(left, Path):
                return self._null_comparison(node, operator, left)
            if isinstance(left, Literal):
                return self._constant_comparison(node, operator, left, right)
            term = self.term(left)
            return self._checked_compare(node, operator, term, value_for(right, term, self._option))
        first, second = self.term(left), self.term(right)
        if not can_compare(first.kind, second.kind):
            raise query_problem(
                self._option, f"{first.kind.value} cannot be compared with {second.kind.value}.", at=node.at
            )
        return self._checked_compare(node, operator, first, second)

    def _checked_compare(self, node: Comparison, operator: ComparisonOperator, left: Term, right: Term) -> Condition:
        words, others = find_words(left), find_words(right)
        if operator not in _EQUALITY:
            if right.kind is Kind.NULL:
                return Always(False)
            if left.kind is Kind.BOOLEAN or (words is not None and words.stores_words):
                raise query_problem(
                    self._option, f"{left.kind.value} has no order.", at=node.at, hint="Use eq, ne or in."
                )
        if words is not None and others is not None and not words.can_compare(others):
            raise query_problem(self._option, "words of two lists cannot be compared.", at=node.at)
        if _is_elapsed(left) or _is_elapsed(right):
            left, right = _in_seconds(left), _in_seconds(right)
        return Compare(operator, left, right)

    def _compared_condition(self, node: Comparison, condition: Node, other: Node) -> Condition:
        if not (isinstance(other, Literal) and isinstance(other.value, bool)) or node.operator not in _EQUALITY:
            raise query_problem(
                self._option, "a condition can only be compared with true or false, by eq or ne.", at=node.at
            )
        meaning = self.condition(condition)
        return meaning if other.value is (node.operator is ComparisonOperator.EQ) else Inverse(meaning)

    def _null_comparison(self, node: Comparison, operator: ComparisonOperator, path: Path) -> Condition:
        return self._checked_compare(node, operator, self._path(path, may_be_entity=True), Value(None, Kind.NULL))

    def _constant_comparison(
        self, node: Comparison, operator: ComparisonOperator, left: Literal, right: Literal
    ) -> Condition:
        first, second = plain_value(left, self._option), plain_value(right, self._option)
        truth = compare_values(operator, first, second)
        if truth is None:
            raise query_problem(
                self._option,
                f"{first.kind.value} cannot be compared with {second.kind.value}.",
                at=node.at,
                hint="Names of properties stand without quotes.",
            )
        return Always(truth)

    def _day_comparison(self, operator: ComparisonOperator, left: Function, right: Node) -> Condition:
        # A day is a span of times, so that the column itself is compared and its index can serve.
        self._verify_count(left, 1, 1)
        moment = self._typed(left.arguments[0], Kind.TIME, "date")
        day = self._day(right)
        start = datetime.combine(day, time.min, UTC)
        try:
            end = start + timedelta(days=1)
        except OverflowError:
            end = datetime.max.replace(tzinfo=UTC)
        from_start = Compare(ComparisonOperator.GE, moment, Value(start, Kind.TIME))
        before_end = Compare(ComparisonOperator.LT, moment, Value(end, Kind.TIME))
        match operator:
            case ComparisonOperator.EQ:
                return Joined(True, (from_start, before_end))
            case ComparisonOperator.NE:
                return Inverse(Joined(True, (from_start, before_end)))
            case ComparisonOperator.GT:
                return Compare(ComparisonOperator.GE, moment, Value(end, Kind.TIME))
            case ComparisonOperator.GE:
                return from_start
            case ComparisonOperator.LT:
                return Compare(ComparisonOperator.LT, moment, Value(start, Kind.TIME))
            case _:
                return before_end

    def _day(self, node: Node) -> date:
        if isinstance(node, Function) and node.name == "date":
            self._verify_count(node, 1, 1)
            node = node.arguments[0]
        if isinstance(node, Literal):
            anything = Applied("date", (), Kind.TIME)
            value = value_for(node, anything, self._option).value
        else:
            term = self.term(node)
            value = term.value if isinstance(term, Value) else None
        if not isinstance(value, datetime):
            raise query_problem(
                self._option, "date(…) is compared with a day.", at=node.at, hint="Write date(Time) eq 2024-01-31."
            )
        return value.date()

    def _membership(self, node: Membership) -> Condition:
        self._count_expression(node.at)
        if isinstance(node.value, Literal) or _is_condition(node.value):
            raise query_problem(self._option, "in needs a property on its left.", at=node.at)
        term = self.term(node.value)
        values = [value_for(item, term, self._option) for item in node.items]
        given = tuple(dict.fromkeys(value for value in values if value.kind is not Kind.NULL))
        if _is_elapsed(term):
            term, given = _in_seconds(term), tuple(_seconds(value) for value in given)
        return OneOf(term, given, any(value.kind is Kind.NULL for value in values))

    def _flagged(self, node: Flagged) -> Condition:
        self._count_expression(node.at)
        term = None if _is_condition(node.value) else self.term(node.value)
        words = None if term is None else find_words(term)
        if term is None or words is None:
            raise query_problem(self._option, "has needs a word of a list on its left.", at=node.at)
        return OneOf(term, flagged_members(node.flags, words, self._option), or_null=False)

    def _is_of(self, node: Function) -> Condition:
        self._count_expression(node.at)
        self._verify_count(node, 1, 2)
        name = type_name_of(node.arguments[-1], self._option)
        if len(node.arguments) == 1:
            return Always(is_called(self._scopes[0].name, name))
        part = node.arguments[0]
        if not isinstance(part, Path):
            raise query_problem(self._option, "isof asks about a property.", at=node.at)
        term = self._path(part, may_be_entity=True)
        _, _, owner, last = self._walk(part)
        navigation = owner.find_navigation(last)
        if navigation is not None:
            same = is_called(navigation.target().name, name)
        else:
            same = isinstance(term, Field) and is_type(term.property, name)
        return Compare(ComparisonOperator.NE, term, Value(None, Kind.NULL)) if same else Always(False)

    def _is_day_of_row(self, node: Node) -> bool:
        if not (isinstance(node, Function) and node.name == "date" and len(node.arguments) == 1):
            return False
        part = node.arguments[0]
        return not isinstance(part, Literal) and not isinstance(self.term(part), Value)

    def _text_test(self, node: Function) -> Condition:
        self._count_expression(node.at)
        self._verify_count(node, 2, 2)
        whole, part = node.arguments
        if node.name == "substringof":
            whole, part = part, whole
        name = _TEXT_TESTS.get(node.name, TextTestName.CONTAINS)
        return TextTest(name, self._typed(whole, Kind.TEXT, node.name), self._typed(part, Kind.TEXT, node.name))

    def _lambda(self, node: Lambda) -> Condition:
        self._count_expression(node.at)
        if self._open_lambdas >= LAMBDAS_DEPTH_MAX:
            raise query_problem(self._option, f"any and all go {LAMBDAS_DEPTH_MAX} deep at most.", at=node.at)
        scope, steps, owner, last = self._walk(node.path)
        found = self._find_collection(owner, last)
        if found is None:
            part = owner.find_property(last)
            if part is not None and part.collection:
                raise query_problem(
                    self._option, f"{part.name} is kept as a whole: any and all cannot look into it.", at=node.at
                )
            collections = [each.name for each in owner.navigations if each.collection]
            raise unknown_name(self._option, "collection", last, owner.name, collections, at=node.path.at)
        things, member = found
        self._scopes.append(member)
        inner = len(self._scopes) - 1
        if node.variable is None or node.condition is None:
            return Exists(scope, steps, things, node.is_any, inner, None)
        outer = self._variables
        self._variables = {**outer, node.variable.lower(): inner}
        self._open_lambdas += 1
        condition = self.condition(node.condition)
        self._open_lambdas -= 1
        self._variables = outer
        return Exists(scope, steps, things, node.is_any, inner, condition)

    def _count_expression(self, at: int) -> None:
        self._expressions += 1
        if self._expressions > EXPRESSIONS_MAX:
            raise query_problem(
                self._option,
                f"it has more than {EXPRESSIONS_MAX} expressions.",
                at=at,
                hint="Use in ('a','b') for many values of one property, or ask in several requests.",
            )


def _is_condition(node: Node) -> bool:
    if isinstance(node, Function):
        return node.name in _CONDITION_FUNCTIONS
    return isinstance(node, _CONDITIONS)


def _with_times_moved(node: Comparison) -> Comparison:
    """Return a comparison in which no time of a row is moved by a duration.

    ``Start add duration'PT1H' lt now()`` compares the column itself with a constant, and so by its index; with another
    time of the row it becomes a comparison of what lies between the two.
    """
    for operator, this, other in (
        (node.operator, node.left, node.right),
        (_MIRRORED.get(node.operator, node.operator), node.right, node.left),
    ):
        match this:
            case Arithmetic(ArithmeticOperator.ADD | ArithmeticOperator.SUB, moved, Literal(timedelta() as duration)):
                if _is_constant(moved):
                    continue
                back = duration if this.operator is ArithmeticOperator.SUB else -duration
                if _is_constant(other):
                    by = Literal(back, this.at)
                    return Comparison(operator, moved, Arithmetic(ArithmeticOperator.ADD, other, by, this.at), node.at)
                between = Arithmetic(ArithmeticOperator.SUB, moved, other, this.at)
                return Comparison(operator, between, Literal(back, this.at), node.at)
            case _:
                pass
    return node


def _is_constant(node: Node) -> bool:
    match node:
        case Literal():
            return True
        case Function():
            return all(_is_constant(part) for part in node.arguments)
        case Arithmetic():
            return _is_constant(node.left) and _is_constant(node.right)
        case _:
            return False


def _is_elapsed(term: Term) -> bool:
    return isinstance(term, Applied) and term.function == "elapsed"


def _in_seconds(term: Term) -> Term:
    return _seconds(term) if isinstance(term, Value) else Applied("totalseconds", (term,), Kind.NUMBER)


def _seconds(value: Value) -> Value:
    return Value(value.value.total_seconds(), Kind.NUMBER) if isinstance(value.value, timedelta) else value
