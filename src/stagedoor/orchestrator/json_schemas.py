"""JSON schemas that a caller gives and that later content is held to, such as the items of a test data queue.

Schema and content both come from callers, so both are bounded: nothing outside the schema itself is fetched, patterns
run in time that grows with the text alone, and a schema that would be gone through without end is refused.
"""

from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from stagedoor.orchestrator.errors import InvalidRequest

SCHEMA_LENGTH_MAX = 64 * 1024
STEPS_MAX = 20_000
"""How many sub-schemas there may be once every reference is written out."""

WORK_MAX = 500_000_000
"""Sub-schemas times bytes of content; whatever both are, a request is held to its schema within some seconds."""

_DATA = frozenset({"const", "default", "enum", "examples"})
_DYNAMIC = frozenset({"$dynamicRef", "$recursiveRef"})


def verify_schema(written: str, field: str) -> None:
    """Raise :class:`~stagedoor.orchestrator.errors.InvalidRequest` for a text that is no JSON schema held here.

    A schema may refer to parts of itself by ``#/…``, but not in a ring, and to nothing else. ``$schema`` chooses the
    draft, from 4 to 2020-12 (the latest where none is named).
    """
    if len(written) > SCHEMA_LENGTH_MAX:
        raise _wrong(field, f"may have {SCHEMA_LENGTH_MAX} characters")
    try:
        schema = orjson.loads(written)
    except orjson.JSONDecodeError as malformed:
        raise _wrong(field, f"is not valid JSON: line {malformed.lineno}, column {malformed.colno}") from None
    if not isinstance(schema, dict | bool):
        raise _wrong(field, "must be a JSON schema, which is an object")
    if isinstance(schema, dict):
        _Extent(schema, field).measure(schema, (), is_root=True)
    try:
        _validator(written)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as wrong:
        raise _wrong(field, f"is not a valid JSON schema: {str(wrong).splitlines()[0][:200]}") from None


def find_violation(written: str, content: Any) -> str | None:
    """Return what is wrong with the content by the schema, in one sentence without any of its values, or ``None``.

    The schema is one that :func:`verify_schema` let pass.
    """
    try:
        # The first violation is enough: all of them together may be the product of schema and content.
        _validator(written).validate(content)
    except jsonschema_rs.ValidationError as violation:
        place = "".join(f"/{step}" for step in violation.instance_path)
        return f"{place or '/'}: {violation.message}"[:500]
    return None


def verify_work(written: str, content_bytes: int) -> None:
    """Raise :class:`~stagedoor.orchestrator.errors.InvalidRequest` for more content than is held to a schema at once.

    ``content_bytes`` is the length of everything that a request wants held to it, as JSON.
    """
    if _count_steps(written) * content_bytes > WORK_MAX:
        raise InvalidRequest(
            "This is too much to be held to a JSON schema at once.",
            hint="Send fewer items, or shorter ones, in one request.",
        )


@lru_cache(maxsize=256)
def _count_steps(written: str) -> int:
    schema = orjson.loads(written)
    return _Extent(schema, "JSON schema").measure(schema, (), is_root=True) if isinstance(schema, dict) else 1


@lru_cache(maxsize=256)
def _validator(written: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        orjson.loads(written), offline=True, mask="the value", pattern_options=jsonschema_rs.RegexOptions()
    )


class _Extent:
    """How many sub-schemas a schema has with its references written out: the work that one content may cause."""

    def __init__(self, root: dict[str, Any], field: str) -> None:
        self._root = root
        self._field = field
        self._known: dict[str, int] = {}

    def measure(self, node: Any, above: tuple[str, ...], *, is_root: bool = False) -> int:
        """Return the steps of a node; ``above`` are the references that led to it."""
        steps = 1
        if isinstance(node, list):
            steps += sum(self.measure(part, above) for part in node)
        elif isinstance(node, dict):
            for name, part in node.items():
                if name == "$ref" and isinstance(part, str):
                    steps += self._follow(part, above)
                elif (name in _DYNAMIC or (name == "$id" and not is_root)) and isinstance(part, str):
                    raise _wrong(self._field, f"may not use {name} here")
                elif name not in _DATA:
                    steps += self.measure(part, above)
        if steps > STEPS_MAX:
            raise _wrong(self._field, f"has more than {STEPS_MAX} parts, each reference written out")
        return steps

    def _follow(self, reference: str, above: tuple[str, ...]) -> int:
        if reference in above:
            raise _wrong(self._field, f"refers to itself in a ring by {reference[:100]}")
        if reference not in self._known:
            self._known[reference] = self.measure(self._find(reference), (*above, reference))
        return self._known[reference]

    def _find(self, reference: str) -> Any:
        if reference != "#" and not reference.startswith("#/"):
            raise _wrong(self._field, "may refer to nothing outside itself")
        found: Any = self._root
        for step in reference.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isascii() and name.isdecimal() and int(name[:9]) < len(found):
                found = found[int(name[:9])]
            else:
                raise _wrong(self._field, f"refers to {reference[:100]}, which is not there")
        return found


def _wrong(field: str, what: str) -> InvalidRequest:
    return InvalidRequest(f"The {field} field {what}.", details={"field": field})
