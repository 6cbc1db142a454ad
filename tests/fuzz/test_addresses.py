"""Whatever an upstream writes and however it comes: its addresses lead back here, and nothing else is changed."""

import gzip
import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.gateway.addresses import Addresses, GzipBody, PlainBody, addresses_of
from stagedoor.upstream.errors import UpstreamBroke

HOSTS = st.sampled_from(["cloud.example", "a", "10.1.2.3", "[::1]", "h-t.example"])
PORTS = st.sampled_from(["", ":80", ":443", ":8443"])
PATHS = st.sampled_from(["", "/", "/acme/dev", "/acme/dev/orchestrator_", "/a.b/c(d)", "/orchestrator_"])
BASES = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https"]), HOSTS, PORTS, PATHS)
OURS = "http://door.test:8120/org/ten/orchestrator_"
NOISE = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [b"http", b"https:/", b"HTTP://", rb"https:\/\/", b"://", b"orchestrator_", b'"', b"/", b":443", b" "]
    ),
)


@st.composite
def texts(draw: st.DrawFn) -> tuple[Addresses, str, bytes]:
    base = draw(BASES)
    written = [base, base.upper(), base.replace("/", "\\/"), base[:-1], base + "x", base.replace("https", "http")]
    pieces = draw(st.lists(st.one_of(NOISE, st.sampled_from(written).map(str.encode)), max_size=12))
    return addresses_of(base, OURS), base, b"".join(pieces)


def cut(text: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


@given(texts())
def test_every_address_is_found_that_the_pattern_would_find(made: tuple[Addresses, str, bytes]) -> None:
    addresses, _, text = made
    ours = OURS.encode()
    plainly = addresses.pattern.sub(lambda at: ours.replace(b"/", rb"\/") if rb"\/" in at.group() else ours, text)
    assert addresses.rewrite(text) == plainly


@given(texts(), st.lists(st.integers(0, 30), max_size=10))
def test_how_a_text_is_cut_makes_no_difference(made: tuple[Addresses, str, bytes], sizes: list[int]) -> None:
    addresses, _, text = made
    body, out = PlainBody(addresses), b""
    for piece in cut(text, sizes):
        body.take(piece)
        out += body.step()
    assert out + body.finish() == addresses.rewrite(text)


@given(texts(), st.lists(st.integers(0, 30), max_size=10), st.booleans())
def test_nor_does_compression(made: tuple[Addresses, str, bytes], sizes: list[int], flushes: bool) -> None:
    addresses, _, text = made
    body, out = GzipBody(addresses), b""
    for piece in cut(gzip.compress(text), sizes):
        body.take(piece)
        while True:
            out += body.step() + (body.flush() if flushes else b"")
            if not body.has_more:
                break
    assert gzip.decompress(out + body.finish()) == addresses.rewrite(text)


@given(texts())
def test_what_is_rewritten_once_stays_as_it_is(made: tuple[Addresses, str, bytes]) -> None:
    addresses, _, text = made
    once = addresses.rewrite(text)
    assert addresses.rewrite(once) == once


@given(texts())
def test_no_whole_address_of_the_upstream_is_left(made: tuple[Addresses, str, bytes]) -> None:
    addresses, base, text = made
    whole = re.escape(base.rstrip("/").encode()) + rb"(?=[/?#\"'<>\s,;)\\]|\Z)"
    if OURS.startswith(base.rstrip("/")):
        return
    assert re.search(whole, addresses.rewrite(text), re.IGNORECASE) is None


@given(BASES, st.binary(max_size=200).filter(lambda text: b"http" not in text.lower()))
def test_a_text_without_an_address_is_not_touched(base: str, text: bytes) -> None:
    assert addresses_of(base, OURS).rewrite(text) == text


@given(BASES, st.text("abcz0129-_.", min_size=1, max_size=8))
def test_a_neighbour_whose_name_begins_alike_keeps_its_address(base: str, more: str) -> None:
    # With or without its last part the address is the same tenant's, so the name in front of that is what counts.
    other = (base.rstrip("/").removesuffix("/orchestrator_") + more).encode()
    assert addresses_of(base, OURS).rewrite(other) == other


@given(st.binary(max_size=400), st.lists(st.integers(1, 50), max_size=6), st.booleans())
def test_any_bytes_said_to_be_compressed_end_in_a_text_or_in_a_refusal(
    data: bytes, sizes: list[int], begins_well: bool
) -> None:
    body = GzipBody(addresses_of("https://cloud.example/acme/dev", OURS))
    out = b""
    try:
        for piece in cut(gzip.compress(data)[:-4] + data if begins_well else data, sizes):
            body.take(piece)
            out += body.step()
            while body.has_more:
                out += body.step()
        out += body.finish()
    except UpstreamBroke:
        return
    zlib.decompress(out, 31)
