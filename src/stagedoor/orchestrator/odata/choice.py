"""The text of ``$select`` into what is shown: properties, paths inside them, and what an expansion shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stagedoor.orchestrator.entity import ComplexType, EntityType, Property
from stagedoor.orchestrator.odata.bounds import NESTING_MAX, SELECT_ITEMS_MAX
from stagedoor.orchestrator.odata.expansion import NamedExpansion
from stagedoor.orchestrator.odata.lexer import verify_text
from stagedoor.orchestrator.odata.problem import query_problem, shorten, unknown_name

Paths = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a ``$select`` chooses.

    ``properties`` is ``None`` for all of them; ``within`` holds the paths inside properties of a complex type, by
    their names, and ``expanded`` what it says of expansions, by theirs.
    """

    option: str
    properties: tuple[Property, ...] | None = None
    within: Mapping[str, Paths] = field(default_factory=dict)
    expanded: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def verify_expanded(self, names: Iterable[str]) -> None:
        """Raise where it chooses of a navigation that is not expanded."""
        there = {name.lower() for name in names}
        for name, (path, *_) in self.expanded.items():
            if name.lower() in there:
                continue
            raise query_problem(
                self.option,
                f"{shorten(f'{name}/{path}')} is chosen where it is expanded.",
                hint=f"Write $expand={name[:60]}($select={path[:60]}).",
            )

    def narrow(self, name: str, item: NamedExpansion) -> NamedExpansion:
        """Return an expansion that shows what is chosen of it here, beside what its own ``$select`` says."""
        chosen = next((paths for known, paths in self.expanded.items() if known.lower() == name.lower()), None)
        if chosen is None:
            return item
        own = item.options.get("$select")
        return replace(item, options={**item.options, "$select": ",".join([*chosen, *([own] if own else [])])})


def read_choice(text: str | None, entity_type: EntityType, option: str) -> Choice:
    """Return what the text of a ``$select`` chooses of an entity; all of it where there is none.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for a name that the entity does not have.
    """
    if text is None:
        return Choice(option)
    verify_text(text, option)
    names = [name.strip() for name in text.split(",")]
    if len(names) > SELECT_ITEMS_MAX:
        raise query_problem(option, f"it names {len(names)} properties; {SELECT_ITEMS_MAX} are allowed.")
    chosen: dict[str, Property] = {}
    within: dict[str, list[tuple[str, ...]]] = {}
    whole: set[str] = set()
    expanded: dict[str, list[str]] = {}
    for name in names:
        first, _, rest = name.partition("/")
        part = entity_type.find_property(first)
        navigation = entity_type.find_navigation(first)
        if part is not None and rest:
            within.setdefault(part.name, []).append(_inner_path(part, rest, option))
        elif part is not None:
            whole.add(part.name)
        elif navigation is not None and rest:
            expanded.setdefault(navigation.name, []).append(rest)
        elif navigation is None and name != "*":
            known = [each.name for each in entity_type.properties]
            raise unknown_name(option, "property", name, entity_type.name, known)
        if part is not None:
            chosen[part.name] = part
    paths = {name: tuple(inner) for name, inner in within.items() if name not in whole and "*" not in names}
    everything = "*" in names
    properties = None if everything else tuple(part for part in entity_type.properties if part.name in chosen)
    return Choice(option, properties, paths, expanded)


def narrowed(value: Any, paths: Paths) -> Any:
    """Return a JSON value with only what the paths lead to; each item of a list alike."""
    if isinstance(value, list):
        return [narrowed(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    shown: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        if name in value:
            deeper = [path[1:] for path in paths if path[0] == name]
            shown[name] = value[name] if () in deeper else narrowed(value[name], tuple(deeper))
    return shown


def _inner_path(part: Property, rest: str, option: str) -> tuple[str, ...]:
    names: list[str] = []
    kind = part.type
    for name in rest.split("/", NESTING_MAX):
        found = None
        if isinstance(kind, ComplexType):
            found = next((each for each in kind.properties if each.name.lower() == name.strip().lower()), None)
            if found is None and kind.open:
                # What an open type holds beside its declared names is not known here.
                return (*names, *(each.strip() for each in rest.split("/", NESTING_MAX)[len(names) :]))
        if found is None:
            known = [each.name for each in kind.properties] if isinstance(kind, ComplexType) else []
            owner = kind.name if isinstance(kind, ComplexType) else part.name
            raise unknown_name(option, "property", name, owner, known)
        names.append(found.name)
        kind = found.type
    return tuple(names)
