"""The text of ``$expand`` into names and the text of their own options; what they mean is found out later."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stagedoor.orchestrator.odata.bounds import EXPAND_DEPTH_MAX, EXPAND_ITEMS_MAX
from stagedoor.orchestrator.odata.lexer import verify_text
from stagedoor.orchestrator.odata.problem import query_problem, shorten


@dataclass(frozen=True, slots=True)
class NamedExpansion:
    """One name of a ``$expand``: its place and its options by lower-case name, ``$`` in front."""

    at: int
    options: dict[str, str] = field(default_factory=dict)


def split_expand(text: str, option: str) -> dict[str, NamedExpansion]:
    """Return what ``A,B($select=X;$expand=C),A/D`` names on its first level, in order.

    A path is the old way to write a nested expansion: ``A/D`` means ``A($expand=D)`` and joins what else is said of
    ``A``. Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for brackets that do not match and for a
    name with two lots of options.
    """
    verify_text(text, option)
    found: dict[str, NamedExpansion] = {}
    written: dict[str, str] = {}
    for count, (at, part) in enumerate(_split(text, ",", option)):
        if count >= EXPAND_ITEMS_MAX:
            raise query_problem(option, f"it names more than {EXPAND_ITEMS_MAX} things.", at=at)
        head, bracket, rest = part.partition("(")
        name, _, path = head.strip().partition("/")
        options = _options(rest, at, option) if bracket else {}
        if not name or path.count("/") >= EXPAND_DEPTH_MAX:
            raise query_problem(
                option, f"{shorten(part.strip())} is no name of a navigation, {EXPAND_DEPTH_MAX} levels deep.", at=at
            )
        if path:
            options = {"$expand": f"{path}{bracket}{rest}"}
        name = written.setdefault(name.lower(), name)
        item = found.setdefault(name, NamedExpansion(at))
        for key, value in options.items():
            if key == "$expand" and key in item.options:
                value = f"{item.options[key]},{value}"
            elif key in item.options:
                raise query_problem(option, f"{shorten(name)} has {key} twice.", at=at)
            item.options[key] = value
    return found


def _options(rest: str, at: int, option: str) -> dict[str, str]:
    inner = rest.rstrip()
    if not inner.endswith(")"):
        raise query_problem(option, f"expected a comma after the closing bracket of {shorten(rest)}.", at=at)
    options: dict[str, str] = {}
    for _, part in _split(inner[:-1], ";", option):
        name, equals, value = part.partition("=")
        key = name.strip().lower()
        if not part.strip():
            continue
        if not equals:
            raise query_problem(
                option,
                f"{shorten(part.strip())} is no option.",
                at=at,
                hint="Write $expand=Robot($select=Name;$expand=Machine).",
            )
        key = key if key.startswith("$") else f"${key}"
        if key in options:
            raise query_problem(option, f"it has {shorten(key)} twice.", at=at)
        if value.strip():
            options[key] = value
    return options


def _split(text: str, separator: str, option: str) -> Iterator[tuple[int, str]]:
    """Give the parts between separators that stand outside quotes and brackets, each with its place."""
    start, depth, quoted = 0, 0, False
    for place, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                raise query_problem(option, "this bracket closes nothing.", at=place)
        elif character == separator and depth == 0:
            yield start, text[start:place]
            start = place + 1
    if quoted or depth:
        raise query_problem(option, "a quote is not closed." if quoted else "a bracket is not closed.", at=len(text))
    yield start, text[start:]
