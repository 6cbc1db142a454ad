"""Fields are read by type; each refusal names the field, and never repeats what was in it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.orchestrator import fields
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest

COLOURS = EnumType("Colour", {"Red": 0, "Green": 1})
GUID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("read", "sent", "value"),
    [
        (fields.find_text, None, None),
        (fields.find_text, " a ", " a "),
        (fields.get_text, " a ", "a"),
        (fields.find_integer, "12", 12),
        (fields.find_integer, 2**63 - 1, 2**63 - 1),
        (fields.find_boolean, False, False),
        (fields.find_guid, f"{{{GUID.upper()}}}", GUID),
        (fields.find_object, {"a": {"B": 1}}, {"a": {"B": 1}}),
        (fields.find_integers, [1, "2"], [1, 2]),
        (fields.find_guids, [GUID.upper()], [GUID]),
        (fields.find_texts, ["a", ""], ["a", ""]),
        (fields.find_texts, None, None),
        (fields.find_integers, None, None),
        (fields.find_guids, None, None),
        (fields.find_objects, None, None),
        (fields.find_object, None, None),
        (fields.find_guid, None, None),
        (fields.find_moment, None, None),
        (fields.find_moment, "2030-01-31T09:00:00+01:00", datetime(2030, 1, 31, 8, tzinfo=UTC)),
        (fields.find_moment, "2030-01-31T08:00:00", datetime(2030, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_what_is_right_is_read(read: Any, sent: object, value: object) -> None:
    assert read(Body({"field": sent}), "FIELD") == value


@pytest.mark.parametrize("sent", ["Green", "green", "1", 1])
def test_a_word_is_found_in_any_case_or_by_its_number(sent: object) -> None:
    assert fields.find_enum(Body({"Colour": sent}), "colour", COLOURS) == 1


@pytest.mark.parametrize(
    ("read", "sent"),
    [
        (fields.find_text, 1),
        (fields.find_text, "a\x00b"),
        (fields.get_text, "  "),
        (fields.get_text, None),
        (fields.find_integer, 1.0),
        (fields.find_integer, True),
        (fields.find_integer, "hunter2"),
        (fields.find_integer, "٣"),
        (fields.find_integer, -1),
        (fields.find_integer, 2**63),
        (fields.find_boolean, "true"),
        (fields.find_boolean, 1),
        (fields.find_guid, "hunter2"),
        (fields.find_guid, GUID.replace("-", "")),
        (fields.find_guid, "x" * 36),
        (fields.find_object, "{}"),
        (fields.find_object, []),
        (fields.get_object, None),
        (fields.find_objects, [1]),
        (fields.find_integers, "1"),
        (fields.find_integers, [True]),
        (fields.find_integers, [1] * 1001),
        (fields.find_guids, [1]),
        (fields.find_texts, [None]),
        (fields.find_moment, "yesterday"),
        (fields.find_moment, "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_is_wrong_is_refused_by_name_and_not_repeated(read: Any, sent: object) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(Body({"field": sent}), "Field")
    assert refusal.value.details["field"] == "Field"
    assert "Field" in refusal.value.public
    assert "hunter2" not in refusal.value.public


def test_a_refused_word_is_answered_with_the_words() -> None:
    for sent in ("Blue", 2, True, ["Red"]):
        with pytest.raises(InvalidRequest, match="Red, Green"):
            fields.find_enum(Body({"colour": sent}), "Colour", COLOURS)


@pytest.mark.parametrize("body", [None, [], "text", 5, True])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    class Sent:
        pass

    sent = Sent()
    sent.body = body  # type: ignore[attr-defined]
    with pytest.raises(InvalidRequest, match="JSON object"):
        fields.get_body(sent)  # type: ignore[arg-type]
