"""Any JSON schema of a caller is held or refused, in bounded time, and never answered with a failure of our own."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.json_schemas import find_violation, verify_schema

KEYWORDS = (
    "$defs",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "const",
    "contains",
    "enum",
    "format",
    "if",
    "items",
    "maximum",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "then",
    "type",
    "uniqueItems",
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(("#", "#/$defs/a", "#/properties/a", "http://127.0.0.1/x", "object", "string", "(a+)+$", "["))
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from((*KEYWORDS, "a")), inner, max_size=5),
    max_leaves=25,
)


@settings(deadline=None)
@given(schema=values, content=values)
def test_any_schema_is_held_or_refused(schema: object, content: object) -> None:
    try:
        written = orjson.dumps(schema).decode()
        content = orjson.loads(orjson.dumps(content))
    except TypeError:
        return
    try:
        verify_schema(written, "Schema")
    except InvalidRequest:
        return
    violation = find_violation(written, content)
    assert violation is None or "\n" not in violation.partition(": ")[0]


@given(written=st.text(max_size=200))
def test_any_text_is_refused_or_a_schema(written: str) -> None:
    try:
        verify_schema(written, "Schema")
    except InvalidRequest:
        return
    find_violation(written, {})


@pytest.mark.parametrize(
    ("schema", "content"),
    [
        (
            {"properties": {"a": {"uniqueItems": True}}},
            {"a": [{"n": number, "m": [number]} for number in range(20_000)]},
        ),
        ({"properties": {"a": {"pattern": "(x+x+)+y"}}}, {"a": "x" * 500_000}),
        ({"additionalProperties": {"oneOf": [{"type": "string"}] * 200}}, {str(number): 1 for number in range(2_000)}),
    ],
    ids=["unique items", "pattern", "alternatives"],
)
def test_content_at_its_bounds_is_held(schema: dict, content: dict) -> None:
    written = orjson.dumps(schema).decode()
    verify_schema(written, "Schema")
    assert (find_violation(written, content) is None) == ("uniqueItems" in written)


def test_a_pattern_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        verify_schema(orjson.dumps({"pattern": "((a{1000}){1000}){1000}"}).decode(), "Schema")
