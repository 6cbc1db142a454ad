"""Paths, functions and sums into what they mean for one entity; conditions are built from them in ``validate``."""

from collections.abc import Mapping
from datetime import UTC, datetime

from stagedoor.orchestrator.entity import Borrowed, EntityType, Navigation
from stagedoor.orchestrator.odata.bound import (
    Applied,
    Counted,
    Field,
    Kind,
    Term,
    TextTestName,
    Value,
)
from stagedoor.orchestrator.odata.coercion import NUMERIC, TEXTUAL, kind_of, plain_value, value_for
from stagedoor.orchestrator.odata.kept_as_json import JsonList, JsonThing, Owner, items_of, look_into
from stagedoor.orchestrator.odata.problem import query_problem, shorten, unknown_name
from stagedoor.orchestrator.odata.reckoning import reckon, reckon_values
from stagedoor.orchestrator.odata.tree import (
    Arithmetic,
    ArithmeticOperator,
    Function,
    Literal,
    Negative,
    Node,
    Path,
)
from stagedoor.orchestrator.odata.type_names import find_kind, type_name_of

STEPS_MAX = 4
"""Navigations in one path."""

# Each function's kinds of arguments and of its value. ``substring`` may also go without its third.
_FUNCTIONS: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    "tolower": ((Kind.TEXT,), Kind.TEXT),
    "toupper": ((Kind.TEXT,), Kind.TEXT),
    "trim": ((Kind.TEXT,), Kind.TEXT),
    "concat": ((Kind.TEXT, Kind.TEXT), Kind.TEXT),
    "substring": ((Kind.TEXT, Kind.INTEGER, Kind.INTEGER), Kind.TEXT),
    "length": ((Kind.TEXT,), Kind.INTEGER),
    "indexof": ((Kind.TEXT, Kind.TEXT), Kind.INTEGER),
    **dict.fromkeys(("year", "month", "day", "hour", "minute", "second"), ((Kind.TIME,), Kind.INTEGER)),
    "fractionalseconds": ((Kind.TIME,), Kind.NUMBER),
    "totaloffsetminutes": ((Kind.TIME,), Kind.INTEGER),
    "date": ((Kind.TIME,), Kind.DAY),
    "time": ((Kind.TIME,), Kind.CLOCK),
    "totalseconds": ((Kind.DURATION,), Kind.NUMBER),
    **dict.fromkeys(("round", "floor", "ceiling"), ((Kind.NUMBER,), Kind.NUMBER)),
}
_MOMENTS = ("now", "mindatetime", "maxdatetime")
_KNOWN_FUNCTIONS = (
    *_FUNCTIONS,
    *_MOMENTS,
    *(name.value for name in TextTestName),
    *("substringof", "cast", "isof"),
)
# What a value of the first kind may be made into, beside what it is; all of it without a row that cannot be.
_CASTS = frozenset(
    {
        (Kind.INTEGER, Kind.NUMBER),
        (Kind.NUMBER, Kind.INTEGER),
        (Kind.INTEGER, Kind.TEXT),
        (Kind.BOOLEAN, Kind.TEXT),
        (Kind.GUID, Kind.TEXT),
        (Kind.ENUM, Kind.TEXT),
        (Kind.TIME, Kind.DAY),
        (Kind.TIME, Kind.CLOCK),
    }
)


class Terms:
    """Finds the meaning of values for one entity; ``now`` is what ``now()`` means."""

    def __init__(self, entity_type: EntityType, option: str, now: datetime) -> None:
        self._option = option
        self._now = now
        self._scopes: list[Owner] = [entity_type]
        self._variables: dict[str, int] = {"$it": 0}

    def term(self, node: Node) -> Term:
        """Return the meaning of something that has a value."""
        match node:
            case Literal():
                return plain_value(node, self._option)
            case Path():
                return self._path(node)
            case Function():
                return self._function(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Negative():
                part = self._numeric(node.part)
                return reckon(ArithmeticOperator.SUB, Value(0, Kind.INTEGER), part)
            case _:
                raise query_problem(self._option, "a value is expected here, not a condition.", at=node.at)

    def _path(self, path: Path, *, may_be_entity: bool = False) -> Term:
        if path.names[-1].lower() == "$count":
            return self._count_of(path)
        scope, steps, owner, last = self._walk(path)
        part = owner.find_property(last)
        if part is None:
            navigation = owner.find_navigation(last)
            if navigation is None:
                names = [each.name for each in owner.properties] + [each.name for each in owner.navigations]
                raise unknown_name(self._option, "property", last, owner.name, names, at=path.at)
            if navigation.collection or not may_be_entity:
                hint = f"Ask {last}/any(x: …)." if navigation.collection else f"Name a property of it: {last}/…"
                raise query_problem(self._option, f"{navigation.name} is no value.", at=path.at, hint=hint)
            steps, part = (*steps, navigation), navigation.target().key_property
        if not part.is_searchable:
            raise query_problem(
                self._option,
                f"{part.name} is shown only; it can be neither filtered nor sorted.",
                at=path.at,
            )
        while isinstance(part.source, Borrowed) and isinstance(owner, EntityType):
            navigation, part = owner.lender_of(part.source)
            steps, owner = (*steps, navigation), navigation.target()
        return Field(scope, steps, part, kind_of(part))

    def _count_of(self, path: Path) -> Term:
        if len(path.names) > 1:
            scope, steps, owner, last = self._walk(Path(path.names[:-1], path.at))
            things = self._find_collection(owner, last)
            if things is not None:
                return Counted(scope, steps, things[0])
        raise query_problem(self._option, "$count follows the name of a collection.", at=path.at)

    def _find_collection(self, owner: Owner, name: str) -> tuple[Navigation | JsonList, Owner] | None:
        """Return a collection of this name and what is in it, or ``None`` where the database cannot look into it."""
        navigation = owner.find_navigation(name)
        if navigation is not None:
            return (navigation, navigation.target()) if navigation.collection else None
        part = owner.find_property(name)
        return None if part is None or not part.collection else items_of(owner, part)

    def _walk(self, path: Path) -> tuple[int, tuple[Navigation, ...], Owner, str]:
        names = path.names
        scope = self._variables.get(names[0].lower())
        if scope is not None and len(names) == 1 and isinstance(self._scopes[scope], JsonThing):
            # An item of a list is a value itself.
            names = ("",)
        elif scope is not None and len(names) > 1:
            names = names[1:]
        else:
            scope = 0
        owner = self._scopes[scope]
        steps: list[Navigation] = []
        for name in names[:-1]:
            navigation = owner.find_navigation(name)
            if navigation is None:
                inside = look_into(owner, name)
                if inside is not None:
                    owner = inside
                    continue
                if owner.find_property(name) is not None:
                    raise query_problem(self._option, f"one cannot look into {shorten(name)}.", at=path.at)
                known = [each.name for each in owner.navigations]
                raise unknown_name(self._option, "navigation", name, owner.name, known, at=path.at)
            if navigation.collection:
                raise query_problem(
                    self._option,
                    f"{navigation.name} has many members.",
                    at=path.at,
                    hint=f"Ask {navigation.name}/any(x: x/… eq …).",
                )
            steps.append(navigation)
            owner = navigation.target()
        if len(steps) > STEPS_MAX:
            raise query_problem(self._option, f"a path has {STEPS_MAX} navigations at most.", at=path.at)
        return scope, tuple(steps), owner, names[-1]

    def _function(self, node: Function) -> Term:
        if node.name in _MOMENTS:
            self._verify_count(node, 0, 0)
            return Value(self._moment(node.name), Kind.TIME)
        if node.name == "cast":
            return self._cast(node)
        signature = _FUNCTIONS.get(node.name)
        if signature is None:
            if node.name in _KNOWN_FUNCTIONS:
                raise query_problem(self._option, f"{node.name}(…) cannot stand here.", at=node.at)
            if node.name == "matchespattern":
                raise query_problem(
                    self._option,
                    "matchesPattern is not offered: one pattern may take a database any time.",
                    at=node.at,
                    hint="Use contains, startswith or endswith.",
                )
            raise unknown_name(self._option, "function", node.name, "The query language", _KNOWN_FUNCTIONS, at=node.at)
        kinds, result = signature
        self._verify_count(node, 2 if node.name == "substring" else len(kinds), len(kinds))
        arguments = tuple(
            self._typed(argument, kind, node.name) for argument, kind in zip(node.arguments, kinds, strict=False)
        )
        if node.name == "substring":
            for argument in arguments[1:]:
                if isinstance(argument, Value) and isinstance(argument.value, int) and argument.value < 0:
                    raise query_problem(self._option, "substring counts from 0.", at=node.at)
        return Applied(node.name, arguments, result)

    def _moment(self, name: str) -> datetime:
        if name == "now":
            return self._now
        least = datetime.min.replace(tzinfo=UTC)
        return least if name == "mindatetime" else datetime.max.replace(tzinfo=UTC)

    def _cast(self, node: Function) -> Term:
        self._verify_count(node, 2, 2)
        part, wanted = node.arguments
        name = type_name_of(wanted, self._option)
        kind = find_kind(name)
        if kind is None:
            raise query_problem(
                self._option, f"cast makes no {shorten(name)}.", at=wanted.at, hint="It makes Edm.String, Edm.Int64, …"
            )
        if isinstance(part, Literal):
            return value_for(part, Applied("cast", (), kind), self._option)
        term = self.term(part)
        if term.kind is kind:
            return term
        if (term.kind, kind) not in _CASTS:
            raise query_problem(self._option, f"{term.kind.value} cannot be made into {kind.value}.", at=node.at)
        return Applied({Kind.DAY: "date", Kind.CLOCK: "time"}.get(kind, "cast"), (term,), kind)

    def _typed(self, node: Node, kind: Kind, function: str) -> Term:
        if isinstance(node, Literal):
            value = value_for(node, Applied(function, (), kind), self._option)
            if value.kind is not Kind.NULL:
                return value
        else:
            term = self.term(node)
            alike = TEXTUAL if kind is Kind.TEXT else NUMERIC if kind is Kind.NUMBER else (kind,)
            if term.kind in alike:
                return term
        raise query_problem(self._option, f"{function} needs {kind.value} here.", at=node.at)

    def _numeric(self, node: Node) -> Term:
        term = self.term(node)
        if term.kind not in NUMERIC:
            raise query_problem(self._option, f"a number is expected here, not {term.kind.value}.", at=node.at)
        return term

    def _arithmetic(self, node: Arithmetic) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        if isinstance(left, Value) and isinstance(right, Value):
            value = reckon_values(node.operator, left, right)
            if value is not None:
                return value
        elif left.kind is right.kind is Kind.TIME and node.operator is ArithmeticOperator.SUB:
            return Applied("elapsed", (left, right), Kind.DURATION)
        elif left.kind in NUMERIC and right.kind in NUMERIC:
            term = reckon(node.operator, left, right)
            # PostgreSQL has no remainder of fractions.
            if term.kind is Kind.INTEGER or node.operator is not ArithmeticOperator.MOD:
                return term
        raise query_problem(
            self._option,
            f"{node.operator.value} cannot reckon {left.kind.value} with {right.kind.value} here.",
            at=node.at,
            hint="A time moves by a duration only where it is a constant: CreationTime lt now() sub duration'P1D'.",
        )

    def _verify_count(self, node: Function, least: int, most: int) -> None:
        if not least <= len(node.arguments) <= most:
            wanted = str(least) if least == most else f"{least} or {most}"
            raise query_problem(
                self._option, f"{node.name} takes {wanted} arguments, not {len(node.arguments)}.", at=node.at
            )
