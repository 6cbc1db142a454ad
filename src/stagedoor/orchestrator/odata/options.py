"""A request's query options, read and checked for one entity: what a list is asked to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stagedoor.orchestrator.entity import TOP_MAX, EntitySet, EntityType, Navigation, Property
from stagedoor.orchestrator.odata.bound import Condition, Term, Value
from stagedoor.orchestrator.odata.bounds import (
    EXPAND_DEPTH_MAX,
    EXPAND_ITEMS_MAX,
    SKIP_MAX,
    SORT_KEYS_MAX,
)
from stagedoor.orchestrator.odata.choice import Choice, Paths, read_choice
from stagedoor.orchestrator.odata.expansion import NamedExpansion, split_expand
from stagedoor.orchestrator.odata.parser import parse_filter, parse_orderby
from stagedoor.orchestrator.odata.problem import query_problem, shorten, unknown_name
from stagedoor.orchestrator.odata.validate import Binder

_KNOWN = ("$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count", "$format")
_NESTED = (*_KNOWN[:-1], "$levels")
_OF_ONE = ("$select", "$expand", "$levels")
_NOT_OFFERED = ("$apply", "$compute", "$search", "$skiptoken", "$deltatoken", "$index", "$schemaversion")
"""The language's own, which the vendor's document gives to no operation."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One thing that rows are sorted by."""

    term: Term
    descending: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """One navigation to be shown with the entity, and how."""

    navigation: Navigation
    options: "QueryOptions"


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """What a list is asked to be.

    ``select`` are the properties to show; ``None`` means all. Of those named in ``within`` only what these paths lead
    to is shown. ``top`` and ``count`` are ``None`` where the caller did not say.
    """

    filter: Condition | None = None
    orderby: tuple[SortKey, ...] = ()
    select: tuple[Property, ...] | None = None
    within: Mapping[str, Paths] = field(default_factory=dict)
    expand: tuple[Expansion, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool | None = None


def parse_options(query: Mapping[str, str], entity_set: EntitySet, now: datetime) -> QueryOptions:
    """Return the options among a request's query values, checked against what the set offers.

    ``query`` has lower-case names. An option may be written without its ``$``, as OData 4.01 allows (URL Conventions,
    section 5.1) and clients do; every other name without one belongs to the operation and is left alone. An empty
    option counts as absent. Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for an option that is
    unknown, wrong or beyond its bounds.
    """
    given = {_with_dollar(name): value for name, value in query.items() if value.strip()}
    given = {name: value for name, value in given.items() if name.startswith("$")}
    for name in given:
        if name not in _KNOWN:
            hint = f"It understands {', '.join(_KNOWN)}."
            if name in _NOT_OFFERED:
                raise query_problem(name, "this API does not offer the option.", hint=hint)
            raise query_problem(shorten(name), "the embedded Orchestrator does not know this option.", hint=hint)
    kind = given.pop("$format", "json").strip().lower()
    if kind != "json" and not kind.startswith("application/json"):
        raise query_problem("$format", f"{shorten(kind)} is not offered.", hint="Answers are JSON.")
    # What a filter writes as @p stands in the query by this name.
    aliases = {name: value for name, value in query.items() if name.startswith("@")}
    return _Reader(now, entity_set.top_max, aliases).read(given, entity_set.entity_type, "", 0)


def _with_dollar(name: str) -> str:
    return f"${name}" if f"${name}" in _KNOWN else name


class _Reader:
    def __init__(self, now: datetime, top_max: int, aliases: Mapping[str, str]) -> None:
        self._now = now
        self._aliases = aliases
        self._top_max = top_max
        self._expanded = 0

    def read(self, given: Mapping[str, str], entity_type: EntityType, place: str, depth: int) -> QueryOptions:
        """Return the options of one level; ``place`` says for messages where they stand, ``depth`` how deep."""
        top_max = TOP_MAX if depth else self._top_max
        choice = read_choice(given.get("$select"), entity_type, f"$select{place}")
        return QueryOptions(
            filter=self._filter(given.get("$filter"), entity_type, place),
            orderby=self._orderby(given.get("$orderby"), entity_type, place),
            select=choice.properties,
            within=choice.within,
            expand=self._expand(given.get("$expand"), entity_type, f"$expand{place}", depth, choice),
            top=_number(given.get("$top"), f"$top{place}", top_max),
            skip=_number(given.get("$skip"), f"$skip{place}", SKIP_MAX) or 0,
            count=_truth(given.get("$count"), f"$count{place}"),
        )

    def _filter(self, text: str | None, entity_type: EntityType, place: str) -> Condition | None:
        if text is None:
            return None
        option = f"$filter{place}"
        return Binder(entity_type, option, self._now).condition(parse_filter(text, option, self._aliases))

    def _orderby(self, text: str | None, entity_type: EntityType, place: str) -> tuple[SortKey, ...]:
        if text is None:
            return ()
        option = f"$orderby{place}"
        keys = parse_orderby(text, option, self._aliases)
        if len(keys) > SORT_KEYS_MAX:
            raise query_problem(option, f"it has {len(keys)} sort keys; {SORT_KEYS_MAX} are allowed.")
        binder = Binder(entity_type, option, self._now)
        sort_keys: list[SortKey] = []
        for node, descending in keys:
            term = binder.term(node)
            if isinstance(term, Value):
                raise query_problem(option, "a constant sorts nothing.", at=node.at, hint="Name a property.")
            sort_keys.append(SortKey(term, descending))
        return tuple(sort_keys)

    def _expand(
        self, text: str | None, entity_type: EntityType, option: str, depth: int, choice: Choice
    ) -> tuple[Expansion, ...]:
        if text is None:
            choice.verify_expanded(())
            return ()
        if depth >= EXPAND_DEPTH_MAX:
            raise query_problem(option, f"expansions go {EXPAND_DEPTH_MAX} levels deep at most.")
        named = split_expand(text, option)
        if "*" in named:
            every = {navigation.name: named["*"] for navigation in entity_type.navigations}
            named = {**every, **{name: item for name, item in named.items() if name != "*"}}
        choice.verify_expanded(named)
        return tuple(
            self._expansion(choice.narrow(name, item), name, entity_type, option, depth) for name, item in named.items()
        )

    def _expansion(
        self, item: NamedExpansion, name: str, entity_type: EntityType, option: str, depth: int
    ) -> Expansion:
        self._expanded += 1
        if self._expanded > EXPAND_ITEMS_MAX:
            raise query_problem(option, f"it names more than {EXPAND_ITEMS_MAX} things.")
        navigation = entity_type.find_navigation(name)
        if navigation is None:
            known = [each.name for each in entity_type.navigations]
            raise unknown_name(option, "navigation", name, entity_type.name, known, at=item.at)
        place = f" in $expand={navigation.name}"
        for nested in item.options:
            if nested not in _NESTED:
                hint = f"It takes {', '.join(_NESTED)}."
                raise query_problem(option, f"{shorten(nested)} cannot stand in an expansion.", at=item.at, hint=hint)
            if not navigation.collection and nested not in _OF_ONE:
                raise query_problem(
                    option,
                    f"{navigation.name} is one thing, so {nested} has nothing to choose from.",
                    at=item.at,
                    hint="Use $select and $expand inside it.",
                )
        options = self._levelled(item, navigation, entity_type, place, depth)
        return Expansion(navigation, self.read(options, navigation.target(), place, depth + 1))

    def _levelled(
        self, item: NamedExpansion, navigation: Navigation, entity_type: EntityType, place: str, depth: int
    ) -> Mapping[str, str]:
        """Return an expansion's options with ``$levels`` written out: the same expansion again inside itself."""
        options = dict(item.options)
        written = options.pop("$levels", "1").strip()
        option, most = f"$levels{place}", EXPAND_DEPTH_MAX - depth
        levels = most if written.lower() == "max" else _number(written, option, most)
        if "$levels" in item.options and navigation.target() is not entity_type:
            raise query_problem(option, f"{navigation.name} does not lead to more of its own kind.", at=item.at)
        if not levels:
            raise query_problem(option, "there is at least one level.", at=item.at)
        if levels > 1:
            inner = ";".join(f"{name}={value}" for name, value in {**options, "$levels": str(levels - 1)}.items())
            again = f"{navigation.name}({inner})"
            options["$expand"] = f"{options['$expand']},{again}" if "$expand" in options else again
        return options


def _number(text: str | None, option: str, most: int) -> int | None:
    if text is None:
        return None
    written = text.strip()
    if not (written.isascii() and written.isdigit()):
        raise query_problem(option, f"expected a whole number of 0 or more, found {shorten(written)}.")
    number = int(written) if len(written) <= 18 else most + 1
    if number > most:
        hint = "Read page by page with $top and $skip." if option.startswith("$top") else None
        raise query_problem(option, f"it may be {most} at most.", hint=hint)
    return number


def _truth(text: str | None, option: str) -> bool | None:
    if text is None:
        return None
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise query_problem(option, f"expected true or false, found {shorten(text.strip())}.")
    return word == "true"
