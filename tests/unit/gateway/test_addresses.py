"""Addresses of the upstream in its answers lead back through the door, however they are written and cut."""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.gateway.addresses import (
    HELD_BYTES_MAX,
    STEP_BYTES,
    PlainBody,
    RewritingSink,
    accept_encoding_onward,
    addresses_of,
)
from stagedoor.kit.errors import StagedoorError
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


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(CONTEXT)[:-9]], ids=["no gzip", "cut"])
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


class Held:
    """Stands for the exchange: held up and let go by the sink, paused and left by the caller."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.answer_is_paused = False
        self.was_left = False
        self.go_on: Callable[[], None] = lambda: None

    def hold_answer(self, go_on: Callable[[], None]) -> None:
        self.calls.append("hold")
        self.go_on = go_on

    def release_answer(self) -> None:
        self.calls.append("release")

    def cancel(self) -> None:
        self.calls.append("cancel")
        self.was_left = True


def begun(*headers: tuple[bytes, bytes]) -> tuple[Caller, RewritingSink, Held]:
    caller, held = Caller(), Held()
    sink = RewritingSink(caller, CLOUD, is_head=False)
    sink.exchange = cast("Any", held)
    sink.start(200, [JSON, *headers], None)
    return caller, sink, held


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


GZIPPED = (b"content-encoding", b"gzip")


class TestACompressedTextThatComesSlowly:
    def test_goes_on_piece_by_piece(self) -> None:
        async def main() -> None:
            caller, sink, _ = begun(GZIPPED)
            theirs, ours = zlib.compressobj(wbits=31), zlib.decompressobj(31)
            read = b""
            for number in range(5):
                line = b'{"row":%d,"at":"https://cloud.example/acme/dev/odata"}\n' % number
                sink.write(theirs.compress(line) + theirs.flush(zlib.Z_SYNC_FLUSH))
                await turns(2)
                read, caller.body = read + ours.decompress(caller.body), b""
                assert read.count(b"\n") == number + 1
            assert read.count(OURS) == 5

        asyncio.run(main())

    def test_is_flushed_once_for_all_that_came_at_one_time(self) -> None:
        async def main() -> None:
            caller, sink, _ = begun(GZIPPED)
            whole = gzip.compress(b"".join(b'{"row":%d}\n' % number for number in range(2000)))
            for at in range(len(whole)):
                sink.write(whole[at : at + 1])
            sink.finish()
            await turns(3)
            assert gzip.decompress(caller.body).count(b"\n") == 2000
            assert len(caller.body) < 1.2 * len(whole)

        asyncio.run(main())

    def test_nothing_is_flushed_to_who_left(self) -> None:
        async def main() -> None:
            caller, sink, held = begun(GZIPPED)
            sink.write(gzip.compress(CONTEXT)[:40])
            before, held.was_left = caller.body, True
            await turns(2)
            assert caller.body == before

        asyncio.run(main())


BOMB = gzip.compress(b" " * 20 * STEP_BYTES + CONTEXT)


class TestAPieceThatExpandsAThousandfold:
    def test_is_expanded_step_by_step_while_upstream_waits(self) -> None:
        async def main() -> None:
            caller, sink, held = begun(GZIPPED)
            sink.write(BOMB)
            sink.finish()
            assert held.calls == ["hold"]
            assert not caller.is_finished
            await turns(10)
            assert not caller.is_finished
            await turns(20)
            assert caller.is_finished
            assert gzip.decompress(caller.body) == b" " * 20 * STEP_BYTES + CLOUD.rewrite(CONTEXT)

        asyncio.run(main())

    def test_lets_upstream_go_on_once_it_is_through(self) -> None:
        async def main() -> None:
            caller, sink, held = begun(GZIPPED)
            sink.write(BOMB[:-20])
            sink.write(BOMB[-20:-10])
            await turns(30)
            assert held.calls == ["hold", "release"]
            sink.write(BOMB[-10:])
            sink.finish()
            assert caller.is_finished

        asyncio.run(main())

    def test_waits_for_a_caller_who_takes_no_more(self) -> None:
        async def main() -> None:
            caller, sink, held = begun(GZIPPED)
            sink.write(BOMB)
            sink.finish()
            held.answer_is_paused = True
            await turns(40)
            assert not caller.is_finished
            held.answer_is_paused = False
            held.go_on()
            await turns(40)
            assert caller.is_finished

        asyncio.run(main())

    def test_ends_with_a_caller_who_leaves(self) -> None:
        async def main() -> None:
            caller, sink, held = begun(GZIPPED)
            sink.write(BOMB)
            sink.finish()
            before, held.was_left = caller.body, True
            await turns(40)
            assert (caller.body, caller.is_finished) == (before, False)

        asyncio.run(main())

    def test_that_turns_out_to_be_broken_is_said(self) -> None:
        async def main() -> None:
            told: list[StagedoorError] = []
            caller, sink, held = begun(GZIPPED)
            caller.fail = told.append  # type: ignore[method-assign]
            damaged = bytearray(BOMB)
            damaged[-len(BOMB) // 4] ^= 0xFF
            sink.write(bytes(damaged))
            sink.finish()
            await turns(40)
            assert held.calls == ["hold", "cancel"]
            assert isinstance(told[0], UpstreamBroke)
            assert not caller.is_finished

        asyncio.run(main())

    def test_says_nothing_after_a_failure(self) -> None:
        async def main() -> None:
            told: list[StagedoorError] = []
            caller, sink, _ = begun(GZIPPED)
            caller.fail = told.append  # type: ignore[method-assign]
            sink.write(BOMB)
            sink.fail(UpstreamBroke())
            before = caller.body
            await turns(40)
            assert (len(told), caller.body, caller.is_finished) == (1, before, False)

        asyncio.run(main())
