"""Each side sets the pace of the other, and who is slow is not called silent."""

import asyncio

from tests.factories.scripted_upstream import (
    Listener,
    ScriptedUpstream,
    Visit,
    onward,
    send_all,
)
from tests.factories.upstream_wire import OK, run

from stagedoor.upstream.errors import UpstreamTimedOut
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire


def test_a_body_that_comes_faster_than_upstream_reads_waits_outside() -> None:
    may_read = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        await may_read.wait()
        size = 0
        while size < 2**25:
            size += len(await visit.reader.read(2**18))
        await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url, method="PUT", has_body=True, content_length=2**25), listener)
        sent = 0
        # Before there is a connection, and after, the caller is asked to wait.
        while listener.body_may_go.is_set():
            exchange.write_body(b"x" * 2**14)
            sent += 2**14
        assert sent <= 2**17
        await listener.until(lambda: "resume_body" in listener.calls)
        while listener.body_may_go.is_set():
            exchange.write_body(b"x" * 2**14)
            sent += 2**14
            await asyncio.sleep(0)
        assert sent < 2**24
        may_read.set()
        await send_all(exchange, listener, *[b"x" * 2**14] * ((2**25 - sent) // 2**14))
        await listener.end()
        assert listener.status == 200

    run(script, talk)


def test_an_answer_that_nobody_takes_stays_with_upstream() -> None:
    sent = 0
    size = 2**26

    async def script(visit: Visit) -> None:
        nonlocal sent
        await visit.head()
        visit.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            visit.writer.write(b"x" * 2**16)
            sent += 2**16
            await visit.writer.drain()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url), listener)
        exchange.pause_answer()
        before = -1
        while before != sent or not sent:
            before = sent
            await asyncio.sleep(0.05)
        assert listener.bytes_heard == 0
        assert sent < size
        exchange.resume_answer()
        await listener.until(lambda: listener.bytes_heard > 0)
        exchange.pause_answer()
        heard = listener.bytes_heard
        await asyncio.sleep(0.05)
        assert listener.bytes_heard - heard <= 2**18
        exchange.resume_answer()
        await listener.end()
        assert listener.bytes_heard == size

    run(script, talk)


def test_a_slow_caller_is_not_a_silent_upstream() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.reader.readexactly(4)
        await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url, method="PUT", has_body=True, content_length=4), listener)
        for piece in (b"a", b"b", b"c", b"d"):
            await asyncio.sleep(0.05)
            exchange.write_body(piece)
        exchange.end_body()
        await listener.end()
        assert listener.status == 200

    run(script, talk, PoolLimits(tick_seconds=0.005, write_ticks=6, pause_ticks=6))


def test_an_upstream_that_never_takes_the_body_is_silent() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await asyncio.Event().wait()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url, method="PUT", has_body=True), listener)
        while not listener.error:
            if listener.body_may_go.is_set():
                exchange.write_body(b"x" * 2**16)
            await asyncio.sleep(0)
        assert isinstance(listener.error, UpstreamTimedOut)
        assert "pause_body" in listener.calls

    run(script, talk, PoolLimits(tick_seconds=0.01, pause_ticks=5))
