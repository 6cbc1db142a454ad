"""Bodies become JSON values within bounds, or a clear refusal."""

import pytest

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.json_body import DEPTH_MAX, read_json_body


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "Application/JSON; charset=utf-8", "application/json;odata.metadata=minimal", "text/json"],
)
def test_json_is_read_under_each_of_its_names(content_type: str) -> None:
    body = read_json_body(b'{"StartInfo": {"ReleaseKey": "x"}}', content_type)
    assert isinstance(body, Body)
    assert body["startinfo"]["releasekey"] == "x"


def test_an_empty_body_is_none_whatever_its_type() -> None:
    assert read_json_body(b" \r\n", "text/plain") is None


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_json_body(b"\xef\xbb\xbf[1]", "application/json") == [1]


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_another_type_is_refused_with_the_right_one(content_type: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b"a=b", content_type)
    assert "application/json" in (refusal.value.hint or "")


def test_malformed_json_is_refused_at_its_place() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b'{"a": 1,\n}', "application/json")
    assert "line 1, column 8" in refusal.value.public
    assert refusal.value.details["position"] == 7


def test_a_refusal_does_not_carry_the_body() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b'{"Password": "hunter2"', "application/json")
    said = f"{refusal.value.public}{refusal.value.internal}{refusal.value.details}{refusal.value.__cause__}"
    assert "hunter2" not in said
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 400,
        b"[" * 400 + b"]" * 400,
        b'{"a":' * 400 + b"1" + b"}" * 400,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"\xff\xfe{\x00}\x00",
        b'{"a": NaN}',
        b'"\\ud800"',
        b"{'a': 1}",
    ],
)
def test_hostile_bodies_get_a_plain_400(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_json_body(body, "application/json")


def test_the_bound_on_depth_is_exact() -> None:
    assert read_json_body(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, "application/json")
    with pytest.raises(InvalidRequest):
        read_json_body(b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1), "application/json")


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(read_json_body(b"[" + b"[]," * 1000 + b"[]]", "application/json")) == 1001


def test_control_information_of_odata_is_no_content() -> None:
    body = (
        b'{"@odata.type": "#X", "itemData": {"Reference@odata.type": "#String", "Reference": "r",'
        b' "SpecificContent": {"a@odata.type": "#String", "a": "@odata.type", "mail@example.com": 1,'
        b' "list": [{"b@odata.type": "#String", "b": 2}]}}}'
    )
    assert read_json_body(body, "application/json") == {
        "itemData": {
            "Reference": "r",
            "SpecificContent": {"a": "@odata.type", "mail@example.com": 1, "list": [{"b": 2}]},
        }
    }
