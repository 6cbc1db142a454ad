"""What the door judged is what the server behind it reads, whatever the bytes: from bytes that nobody thought of."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.raw_http import provoke
from tests.factories.smuggling import CREATE, FORBIDDEN, LIST, PREFIX, attacks_with
from tests.flows.smuggling.conftest import Pair

HEAD = b"<head>"
AT_ONCE = 8
ODD = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\x00",
    b" ",
    b"\t",
    b"\x0b",
    b":",
    b",",
    b";",
    b"0",
    b"-",
    b"\xff",
    b"chunked",
    b"%0d%0a",
)

line = st.sampled_from(
    [
        b"Content-Length: 2\r\n",
        b"Content-Length: 0\r\n",
        b"Content-Length: 70\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b"Expect: 100-continue\r\n",
        b"Upgrade: h2c\r\n",
        b"TE: trailers\r\n",
        b"Accept-Encoding: gzip\r\n",
        b"X-UIPATH-OrganizationUnitId: 1\r\n",
        b"Idempotency-Key: a\r\n",
        b"Content-Type: application/json\r\n",
    ]
)
target = st.sampled_from(
    [LIST, CREATE, LIST + b"?$top=1", LIST + b"/", PREFIX + FORBIDDEN, FORBIDDEN, b"//x" + LIST, b"http://x" + LIST]
)
body = st.sampled_from(
    [b"", b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"0\r\n\r\n", b"GET " + FORBIDDEN + b" HTTP/1.1\r\nHost: x\r\n\r\n"]
)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """Draw a few requests one after the other, each in order but for its parts, then change some bytes."""
    if draw(st.booleans()):
        stream = draw(st.sampled_from(sorted(attacks_with(HEAD).values())))
    else:
        stream = b""
        for _ in range(draw(st.integers(1, 3))):
            method = draw(st.sampled_from([b"GET", b"POST", b"HEAD", b"OPTIONS"]))
            lines = b"".join(draw(st.lists(line, max_size=3)))
            version = draw(st.sampled_from([b"1.1", b"1.1", b"1.0"]))
            stream += method + b" " + draw(target) + b" HTTP/" + version + b"\r\n" + HEAD + lines + b"\r\n" + draw(body)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(stream)))
        until = min(len(stream), at + draw(st.integers(0, 3)))
        stream = stream[:at] + draw(st.sampled_from(ODD)) + stream[until:]
    return stream


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(streams=st.lists(written(), min_size=1, max_size=AT_ONCE))
def test_nothing_is_read_behind_the_door_that_it_did_not_judge(pair: Pair, streams: list[bytes]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda stream: provoke(pair.base_url, stream.replace(HEAD, pair.head)), streams))
    pair.greet("fuzzed")
    pair.verify_agreement()
