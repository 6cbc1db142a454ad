"""Addresses of the upstream in its answers lead back through the door, however they are written and cut."""

import gzip
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.gateway.addresses import HELD_BYTES_MAX, PlainBody, RewritingSink, accept_encoding_onward, addresses_of
from stagedoor.upstream.errors import UpstreamBroke

CLOUD = addresses_of("https://cloud.example/acme/dev/orchestrator_", "http://door:8120/org/ten/orchestrator_")
OURS = b"http://door:8120/org/ten/orchestrator_"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (b"https://cloud.example/acme/dev/orchestrator_/odata/Jobs", OURS + b"/odata/Jobs"),
        (b"https://cloud.example/acme/dev/odata/$metadata#Jobs", OURS + b"/odata/$metadata#Jobs"),
        (b"http://cloud.example/acme/dev/odata/Jobs", OURS + b"/odata/Jobs"),
        (b"http://cloud.example:80/acme/dev/odata", OURS + b"/odata"),
        (rb"http:\/\/cloud.example:443\/acme\/dev", OURS.replace(b"/", rb"\/")),
        (b"HTTPS://Cloud.Example:443/acme/dev/orchestrator_?x", OURS + b"?x"),
        (rb"https:\/\/cloud.example\/acme\/dev\/odata", OURS.replace(b"/", rb"\/") + rb"\/odata"),
        (b'"https://cloud.example/acme/dev"', b'"' + OURS + b'"'),
    ],
)
def test_every_form_of_the_address_becomes_ours(theirs: bytes, ours: bytes) -> None:
    assert CLOUD.rewrite(b"a " + theirs + b" b") == b"a " + ours + b" b"


@pytest.mark.parametrize(
    "other",
    [
        b"https://cloud.example/acme/dev2/odata",
        b"https://cloud.example/acme/devil",
        b"https://cloud.example.org/acme/dev/odata",
        b"https://cloud.example:8443/acme/dev/odata",
        b"http://cloud.example:8443/acme/dev/odata",
        b"http://cloud.example/acme/dev2",
        b"https://storage.example/acme/dev/odata",
    ],
)
def test_other_addresses_stay(other: bytes) -> None:
    assert CLOUD.rewrite(b"a " + other + b" b") == b"a " + other + b" b"


@given(
    st.lists(st.sampled_from([b"https://cloud.example/acme/dev/odata", b"h", b"https:/", b"x", b"/acme"])), st.data()
)
def test_how_a_text_is_cut_makes_no_difference(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    body, out, at = PlainBody(CLOUD), b"", 0
    while at < len(text):
        size = data.draw(st.integers(1, 40))
        body.take(text[at : at + size])
        out += body.step()
        at += size
    assert out + body.finish() == CLOUD.rewrite(text)


class Caller:
    """Takes an answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.content_length: int | None = None
        self.body = b""
        self.is_finished = False

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        self.status, self.headers, self.content_length = status, dict(headers), content_length

    def write(self, data: bytes) -> None:
        self.body += data

    def finish(self) -> None:
        self.is_finished = True

    def fail(self, error: Any) -> None:
        raise AssertionError

    def pause_body(self) -> None: ...

    def resume_body(self) -> None: ...


def answer(body: bytes, *headers: tuple[bytes, bytes], is_head: bool = False, status: int = 200) -> Caller:
    caller = Caller()
    sink = RewritingSink(caller, CLOUD, is_head=is_head)
    sink.start(status, [(b"content-length", b"%d" % len(body)), *headers], len(body))
    if not is_head:
        for at in range(0, len(body), 1000):
            sink.write(body[at : at + 1000])
    sink.finish()
    assert caller.is_finished
    return caller


JSON = (b"content-type", b"application/json; charset=utf-8")
CONTEXT = b'{"@odata.context":"https://cloud.example/acme/dev/odata/$metadata#Jobs","value":[]}'


def test_a_short_text_keeps_a_length_that_is_right() -> None:
    caller = answer(CONTEXT, JSON)
    assert OURS in caller.body
    assert b"cloud.example" not in caller.body
    assert caller.headers[b"content-length"] == b"%d" % len(caller.body)
    assert caller.content_length == len(caller.body)


def test_a_long_text_goes_on_without_one() -> None:
    caller = answer(CONTEXT + b" " * HELD_BYTES_MAX, JSON)
    assert caller.content_length is None
    assert b"content-length" not in caller.headers
    assert caller.body.startswith(CONTEXT.replace(b"https://cloud.example/acme/dev", OURS))


def test_compressed_text_stays_compressed() -> None:
    caller = answer(gzip.compress(CONTEXT), JSON, (b"content-encoding", b"gzip"))
    assert OURS in gzip.decompress(caller.body)
    assert caller.headers[b"content-encoding"] == b"gzip"


def test_a_text_compressed_in_several_members_comes_whole() -> None:
    caller = answer(gzip.compress(CONTEXT) + gzip.compress(b"two"), JSON, (b"content-encoding", b"gzip"))
    assert gzip.decompress(caller.body) == CLOUD.rewrite(CONTEXT) + b"two"


@pytest.mark.parametrize("coding", [b"gzip", b"identity"])
def test_a_part_of_a_text_passes_untouched(coding: bytes) -> None:
    caller = answer(CONTEXT, JSON, (b"content-encoding", coding), (b"content-range", b"bytes 5-9/90"), status=206)
    assert caller.body == CONTEXT
    assert caller.content_length == len(CONTEXT)


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(CONTEXT)[:-9]])
def test_broken_compression_is_said(body: bytes) -> None:
    with pytest.raises(UpstreamBroke):
        answer(body, JSON, (b"content-encoding", b"gzip"))


def test_a_bomb_is_taken_in_steps_and_stays_small() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    body = bomb.compress(b" " * 20_000_000) + bomb.flush()
    caller = answer(body, JSON, (b"content-encoding", b"gzip"))
    assert len(caller.body) < 10 * len(body)


def test_what_is_no_text_passes_untouched() -> None:
    caller = answer(CONTEXT, (b"content-type", b"application/octet-stream"))
    assert caller.body == CONTEXT
    assert caller.content_length == len(CONTEXT)


def test_headers_lead_back_too_and_a_head_alone_has_no_length() -> None:
    location = (b"location", b"https://cloud.example/acme/dev/odata/Jobs(1)")
    caller = answer(CONTEXT, JSON, location, is_head=True)
    assert caller.headers[b"location"] == OURS + b"/odata/Jobs(1)"
    assert caller.content_length is None
    assert caller.body == b""


@pytest.mark.parametrize(
    ("accepted", "onward"),
    [(b"gzip, br", b"gzip"), (b"br;q=1, GZIP;q=0.5", b"gzip"), (b"gzip;q=0", b"identity"), (b"br", b"identity")],
)
def test_only_codings_that_can_be_read_are_asked_for(accepted: bytes, onward: bytes) -> None:
    assert accept_encoding_onward(((b"accept-encoding", accepted),)) == ((b"accept-encoding", onward),)


def test_an_upstream_is_told_where_a_caller_says_nothing() -> None:
    assert accept_encoding_onward(((b"accept", b"*/*"),)) == ((b"accept", b"*/*"), (b"accept-encoding", b"identity"))
