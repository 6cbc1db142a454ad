"""JSON schemas of callers: content is held to them, and none of them reaches out or runs for ever."""

import orjson
import pytest

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.json_schemas import STEPS_MAX, find_violation, verify_schema


def written(schema: object) -> str:
    return orjson.dumps(schema).decode()


PERSON = written(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"name": {"type": "string", "pattern": "^[A-Z]"}},
        "type": "object",
        "properties": {"name": {"$ref": "#/definitions/name"}, "age": {"type": "integer", "maximum": 150}},
        "required": ["name"],
    }
)


def test_content_that_fits_passes() -> None:
    verify_schema(PERSON, "Schema")
    assert find_violation(PERSON, {"name": "Ada", "age": 36}) is None


def test_a_violation_names_the_place_and_none_of_the_content() -> None:
    violation = find_violation(PERSON, {"name": "canary-5d1", "age": 36})
    assert violation is not None
    assert violation.startswith("/name: ")
    assert "canary" not in violation


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ("{", "valid JSON"),
        ("[]", "object"),
        (written({"type": "objekt"}), "valid JSON schema"),
        (written({"pattern": "("}), "valid JSON schema"),
        (written({"$ref": "http://127.0.0.1/secret"}), "outside itself"),
        (written({"$ref": "file:///etc/passwd"}), "outside itself"),
        (written({"properties": {"a": {"$dynamicRef": "#a"}}}), "dynamicRef"),
        (written({"properties": {"a": {"$id": "http://x/"}}}), "id"),
        (written({"$ref": "#/nowhere"}), "not there"),
        (written({"$ref": "#"}), "ring"),
        (written({"properties": {"a": {"$ref": "#"}}}), "ring"),
        (written({"title": "x" * 70_000}), "characters"),
    ],
)
def test_what_is_no_schema_of_its_own_is_refused(schema: str, word: str) -> None:
    with pytest.raises(InvalidRequest, match=word):
        verify_schema(schema, "Schema")


def test_a_schema_that_doubles_at_each_reference_is_refused() -> None:
    parts = {f"p{n}": {"allOf": [{"$ref": f"#/$defs/p{n + 1}"}] * 2} for n in range(40)}
    doubling = written({"$defs": {**parts, "p40": {}}, "$ref": "#/$defs/p0"})
    with pytest.raises(InvalidRequest, match=str(STEPS_MAX)):
        verify_schema(doubling, "Schema")


def test_a_name_that_looks_like_a_keyword_is_a_name() -> None:
    schema = written({"properties": {"$ref": {"type": "string"}, "id": {"type": "string"}}, "default": {"$ref": "x"}})
    verify_schema(schema, "Schema")
    assert find_violation(schema, {"$ref": "x", "id": "y"}) is None


def test_a_pattern_that_backtracks_elsewhere_costs_nothing_here() -> None:
    schema = written({"properties": {"a": {"pattern": "^(a+)+$"}}})
    verify_schema(schema, "Schema")
    assert find_violation(schema, {"a": "a" * 10_000 + "!"}) is not None
