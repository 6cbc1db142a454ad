"""Whatever comes from upstream: one answer or one failure, never both, and nothing of it reaches the next request."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.factories.scripted_upstream import Listener, onward

from stagedoor.upstream.wire.connection import UpstreamConnection
from stagedoor.upstream.wire.exchange import Exchange
from stagedoor.upstream.wire.head import request_head
from stagedoor.upstream.wire.origin import origin_of
from stagedoor.upstream.wire.pool import ConnectionPool, PoolLimits

LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.1 304 Not Modified\r\n",
        b"HTTP/1.1 100 Continue\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 000 \r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\n",
        b"Content-Length: 18446744073709551616\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: x\r\n",
        b"Connection: close\r\n",
        b"Connection: x-a, upgrade\r\n",
        b"Upgrade: x\r\n",
        b"X-A: b\r\n",
        b" folded\r\n",
        b"\r\n",
        b"\n",
        b"hello",
        b"5\r\nhello\r\n",
        b"0\r\n",
        b"0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
    ]
)
ANSWERS = st.lists(st.one_of(LINES, st.binary(max_size=12)), max_size=14).map(b"".join)
WELL_BEGUN = st.tuples(st.just(b"HTTP/1.1 200 OK\r\n"), ANSWERS).map(b"".join)


class Wire(asyncio.Transport):
    """The transport of a connection that a test feeds by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return

    def is_closing(self) -> bool:
        return self.is_closed

    def abort(self) -> None:
        self.is_closed = True


@given(
    answer=st.one_of(ANSWERS, WELL_BEGUN),
    cuts=st.lists(st.integers(min_value=0, max_value=200), max_size=6),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    ends_cleanly=st.booleans(),
)
def test_any_bytes_end_in_one_answer_or_one_failure(
    answer: bytes, cuts: list[int], method: str, ends_cleanly: bool
) -> None:
    async def main() -> None:
        origin = origin_of("http://upstream.example", tls=None)
        pool = ConnectionPool(origin, PoolLimits(), lambda: None)
        connection, transport = UpstreamConnection(pool), Wire()
        connection.connection_made(transport)

        def begin() -> Listener:
            listener = Listener()
            asked = onward("http://upstream.example", method=method)
            connection.carry(Exchange(listener, asked, request_head(asked, origin), pool))
            return listener

        listener = begin()
        edges = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
        for start, end in pairwise(edges):
            if not transport.is_closed:
                connection.data_received(answer[start:end])
        is_kept = connection.can_carry
        if is_kept:
            # Nothing of what came before may be heard as the answer to the next request.
            after = begin()
            assert after.calls == []
            if method == "HEAD":
                connection.data_received(b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 3\r\n\r\n")
            else:
                connection.data_received(b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 3\r\n\r\ntea")
            assert (after.status, after.calls[-1]) == (418, "finish")
            assert after.body == (b"" if method == "HEAD" else b"tea")
        if not transport.is_closed and ends_cleanly:
            connection.eof_received()
        connection.connection_lost(None if ends_cleanly else ConnectionResetError())
        assert len([call for call in listener.calls if call in ("finish", "fail")]) == 1
        assert listener.calls.count("start") <= 1
        for name, value in listener.headers:
            assert name == name.lower()
            assert not {b"\r", b"\n", b"\0"} & {bytes([byte]) for byte in name + value}
        await pool.close()

    asyncio.run(main())
