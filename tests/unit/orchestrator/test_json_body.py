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
    assert refusal.value.__context__ is None


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
        b"{'a': 1",
        b"{'a': 1}'",
        b"{'a': '" + b"\\" * 100_001 + b"'}",
        b"'" * 100_001,
        b"{'a': None}",
        b"('a', 'b')",
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


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "{'startInfo': {'ReleaseName': 'Bot', 'JobsCount': 1}}",
            {"startInfo": {"ReleaseName": "Bot", "JobsCount": 1}},
        ),
        ("""{'InputArguments': '{"a": "b"}'}""", {"InputArguments": '{"a": "b"}'}),
        ("""{'a': "it's"}""", {"a": "it's"}),
        (r"{'a': 'it\'s \"so\" \\ C:\\x'}", {"a": 'it\'s "so" \\ C:\\x'}),
        (r"{'a': '\x07\xe9\n\u00e9'}", {"a": "\x07é\né"}),
        ("{'a': 'Müller €'}", {"a": "Müller €"}),
    ],
)
def test_single_quotes_are_read_as_the_vendors_own_client_once_wrote_them(
    written: str, said: dict[str, object]
) -> None:
    assert read_json_body(written.encode(), "application/json") == said


@pytest.mark.parametrize(
    "value", ["it's", 'say "no"', "both ' and \"", "a\\b", "\x00\x1f\x7f\xa0", "é\u2028😀", "\\'", "'"]
)
def test_whatever_python_writes_between_single_quotes_is_read_as_it_was_meant(value: str) -> None:
    written = str({"a": value, "b": 1})
    assert read_json_body(written.encode(), "application/json") == {"a": value, "b": 1}


def test_a_refusal_of_single_quotes_tells_the_place_in_what_was_sent() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b"{'a': 'b',\n 'c': None}", "application/json")
    assert "line 1, column 2" in refusal.value.public


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-16", "utf-16"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", '"utf-16be"')]
)
def test_utf_16_is_read_where_it_is_declared(encoding: str, charset: str) -> None:
    body = '{"a": "Müller"}'.encode(encoding)
    assert read_json_body(body, f"application/json; charset={charset}") == {"a": "Müller"}


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b'{"a": 1}!', "application/json; charset=utf-16")
    assert "UTF-16" in refusal.value.public


def test_bytes_that_are_no_utf_8_are_refused_with_the_reason() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body('{"a": "Müller"}'.encode("latin-1"), "application/json")
    assert "UTF-8" in refusal.value.public
    assert "charset" in (refusal.value.hint or "")
    assert "ller" not in f"{refusal.value.public}{refusal.value.internal}{refusal.value.details}"
    assert refusal.value.__suppress_context__


def test_a_compressed_body_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_json_body(b"\x1f\x8b", "application/json", "gzip")
    assert refusal.value.status == 415
    assert "gzip" in refusal.value.public
    assert refusal.value.headers["Accept-Encoding"] == "identity"


def test_a_body_that_is_said_to_be_plain_is_read() -> None:
    assert read_json_body(b"[1]", "application/json", "identity") == [1]
