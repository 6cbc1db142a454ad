"""Find the operations of a path by walking a tree of segments, never by trying templates one after the other.

A segment is a plain word (``Jobs``), a word with one key (``Jobs(5)`` or ``Jobs(Id=5)``), a word with named arguments
in any order (``GetFolderRobots(folderId=1,machineId=2)``) or, under ``/api``, a value of its own. Words and argument
names match in any letter case; values may be quoted or bare, whatever the template shows. OData 4.01 ABNF, rules
``keyPredicate`` and ``functionParameters``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from stagedoor.catalog.operations import Operation

SEGMENTS_MAX = 8
ARGUMENTS_MAX = 8

_TEMPLATE_VALUE = re.compile(r"\{(\w+)\}\Z")
_TEMPLATE_CALL = re.compile(r"([^(]+)\((.+)\)\Z")
_TEMPLATE_ARGUMENT = re.compile(r"(?:(\w+)=)?'?\[?\{(\w+)\}\]?'?\Z")
# A bare value never starts with "@": a parameter alias would take its value from the query, past the matcher's eyes.
_ARGUMENT = re.compile(r" ?(?:(\w+)=)?(?:'((?:[^']|'')*)'|\[([^\[\]'()]*)\]|([^\s'(),=\[\]@][^\s'(),=\[\]]*))(,|\Z)")


@dataclass(slots=True)
class Place:
    """One node of the tree: ``operations`` are those whose template ends here, by method, with their value names."""

    words: dict[str, "Place"] = field(default_factory=dict)
    value: "Place | None" = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class PathTree:
    """All templates of a catalogue, compiled once."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = Place()
        self._plain: dict[str, Place] = {}
        for operation in operations:
            self._plant(operation)

    def find(self, path: str) -> tuple[Place, list[str]] | None:
        """Return where a canonical path ends and the values in it, in the tree's order, or ``None`` for nowhere.

        One trailing slash is overlooked. Time is bounded by the path's length, whatever the size of the catalogue.
        """
        if not path.isascii():
            return None
        place = self._plain.get(path.lower())
        if place is not None:
            return place, []
        segments = path.removesuffix("/").split("/", SEGMENTS_MAX + 1)
        if len(segments) > SEGMENTS_MAX or segments[0] != "" or len(segments) < 2:
            return None
        place = self._root
        values: list[str] = []
        for segment in segments[1:]:
            step = _step(place, segment, values)
            if step is None:
                return None
            place = step
        return (place, values) if place.operations else None

    def _plant(self, operation: Operation) -> None:
        place = self._root
        names: list[str] = []
        for segment in operation.template.split("/")[1:]:
            if found := _TEMPLATE_VALUE.match(segment):
                names.append(found[1])
                place.value = place.value or Place()
                place = place.value
                continue
            word, arguments = _read_template_segment(segment)
            names.extend(name for _, name in arguments)
            if place.value is not None:
                raise ValueError(f"{operation.template} has a word where another template has a value")
            place = place.words.setdefault(word, Place())
        if operation.method in place.operations:
            raise ValueError(f"{operation.id} shares its method and path with another operation")
        place.operations[operation.method] = (operation, tuple(names))
        if not names:
            self._plain[operation.template.lower()] = place


def _step(place: Place, segment: str, values: list[str]) -> Place | None:
    decoded = segment
    if "%" in segment:
        try:
            decoded = unquote(segment, errors="strict")
        except UnicodeError:
            return None
    if place.value is not None:
        if not decoded:
            return None
        values.append(decoded)
        return place.value
    opening = decoded.find("(")
    if opening < 0:
        # Beyond ASCII, letters such as the Kelvin sign turn into plain ones in lower case.
        return place.words.get(decoded.lower()) if decoded.isascii() else None
    word = decoded[:opening]
    if not word.isascii() or not decoded.endswith(")"):
        return None
    inner = decoded[opening + 1 : -1]
    if not inner:
        return place.words.get(word.lower())
    arguments = _read_arguments(inner)
    if arguments is None:
        return None
    values.extend(value for _, value in arguments)
    names = [name for name, _ in arguments]
    found = place.words.get(_key(word.lower(), names))
    if found is None and names == ["id"] and "[" not in inner:
        # A lone key may be written with its name, which is this one for nearly everything.
        return place.words.get(_key(word.lower(), [""]))
    return found


def _read_arguments(inner: str) -> list[tuple[str, str]] | None:
    """Return names in lower case (empty for a lone key) and values, in the order of the names."""
    arguments: dict[str, str] = {}
    position = 0
    while True:
        found = _ARGUMENT.match(inner, position)
        if found is None or len(arguments) == ARGUMENTS_MAX:
            return None
        name, quoted, listed, bare, separator = found.groups()
        name = (name or "").lower()
        lone_key = name == ""
        if name in arguments or not name.isascii() or (lone_key and (separator == "," or listed is not None)):
            return None
        arguments[name] = quoted.replace("''", "'") if quoted is not None else bare if listed is None else listed
        if separator == "":
            break
        position = found.end()
    return None if "" in arguments and len(arguments) > 1 else sorted(arguments.items())


def _read_template_segment(segment: str) -> tuple[str, list[tuple[str, str]]]:
    call = _TEMPLATE_CALL.match(segment)
    if call is None:
        return segment.lower(), []
    arguments: list[tuple[str, str]] = []
    for part in call[2].split(","):
        found = _TEMPLATE_ARGUMENT.match(part)
        if found is None:
            raise ValueError(f"the template segment {segment} cannot be read")
        arguments.append(((found[1] or "").lower(), found[2]))
    arguments.sort()
    return _key(call[1].lower(), [name for name, _ in arguments]), arguments


def _key(word: str, names: list[str]) -> str:
    # No request's plain word holds a bracket, so calls and words never meet in the same table.
    return f"{word}({','.join(names)})"
