"""Which connection is used, who waits for one, and when one ends."""

import asyncio

import pytest
from tests.factories.scripted_upstream import (
    Listener,
    ScriptedUpstream,
    Visit,
    onward,
)
from tests.factories.upstream_wire import OK, ask, hello, run

from stagedoor.upstream.errors import UpstreamUnreachable
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire


def test_a_connection_known_to_be_closed_is_not_tried() -> None:
    closed = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK)
        closed.set()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        await closed.wait()
        (pool,) = wire._pools.values()
        while pool._idle:  # noqa: ASYNC110  # Nothing tells of it; this is what the test is about.
            await asyncio.sleep(0)
        listener = await ask(wire, upstream.base_url, method="DELETE")
        assert listener.status == 200
        assert upstream.visits == 2

    run(script, talk)


def test_an_answer_before_the_end_of_the_body_ends_the_connection() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK)
        await visit.reader.read()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url, method="POST", has_body=True), listener)
        exchange.write_body(b"half")
        await listener.end()
        assert listener.calls == ["start", "finish"]
        exchange.write_body(b"the other half")
        exchange.end_body()
        assert (await ask(wire, upstream.base_url)).status == 200
        assert upstream.visits == 2

    run(script, talk)


def test_exchanges_beyond_the_connections_wait_in_a_line_that_has_an_end() -> None:
    async def script(visit: Visit) -> None:
        while True:
            await visit.head()
            await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listeners = [Listener() for _ in range(6)]
        for listener in listeners:
            wire.begin(onward(upstream.base_url), listener)
        with pytest.raises(UpstreamUnreachable):
            wire.begin(onward(upstream.base_url), Listener())
        for listener in listeners:
            await listener.end()
            assert listener.status == 200
        assert upstream.visits == 2

    run(script, talk, PoolLimits(connections=2, waiting=6))


def test_waiting_in_line_ends_too() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.reader.read()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        first, second, third = Listener(), Listener(), Listener()
        exchange = wire.begin(onward(upstream.base_url), first)
        wire.begin(onward(upstream.base_url), second)
        wire.begin(onward(upstream.base_url), third).cancel()
        await second.end()
        assert isinstance(second.error, UpstreamUnreachable)
        exchange.cancel()
        assert first.calls == third.calls == []

    run(script, talk, PoolLimits(connections=1, tick_seconds=0.02, line_ticks=5))


def test_idle_connections_are_let_go() -> None:
    gone = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK)
        await visit.reader.read()
        gone.set()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        await asyncio.wait_for(gone.wait(), 10)
        assert (await ask(wire, upstream.base_url)).status == 200
        assert upstream.visits == 2

    run(script, talk, PoolLimits(tick_seconds=0.01, idle_ticks=3))


def test_closing_ends_what_is_under_way() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await visit.reader.read()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        running, waiting = Listener(), Listener()
        wire.begin(onward(upstream.base_url), running)
        await running.until(lambda: bool(running.pieces))
        wire.begin(onward(upstream.base_url), waiting)
        await wire.close()
        assert running.calls == ["start", "write", "fail"]
        assert waiting.calls == ["fail"]

    run(script, talk)


def test_the_connection_used_last_is_used_next() -> None:
    numbers: list[int] = []
    both = asyncio.Event()

    async def script(visit: Visit) -> None:
        while True:
            await visit.head()
            numbers.append(visit.number)
            if len(numbers) == 2:
                both.set()
            await both.wait()
            await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await asyncio.gather(*[ask(wire, upstream.base_url) for _ in range(2)])
        for _ in range(5):
            await ask(wire, upstream.base_url)
        assert len(set(numbers[2:])) == 1

    run(script, talk)


def test_what_an_upstream_says_unasked_ends_its_connection() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK)
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        assert await visit.reader.read() == b""

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        (pool,) = wire._pools.values()
        while pool._connections:  # noqa: ASYNC110  # Nothing tells of it; this is what the test is about.
            await asyncio.sleep(0)
        listener = await ask(wire, upstream.base_url)
        assert (listener.body, upstream.visits) == (b"", 2)

    run(script, talk)


def test_closing_ends_what_is_still_being_connected() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        waiting = Listener()
        wire.begin(onward(upstream.base_url), waiting)
        await wire.close()
        assert isinstance(waiting.error, UpstreamUnreachable)
        assert waiting.calls == ["fail"]

    run(script, talk)


def test_an_address_that_nobody_asks_for_any_more_is_forgotten() -> None:
    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        while wire._pools:  # noqa: ASYNC110  # Nothing tells of it; this is what the test is about.
            await asyncio.sleep(0.001)
        assert (await ask(wire, upstream.base_url)).body == b"hello"

    run(hello, talk, PoolLimits(tick_seconds=0.005, idle_ticks=1))
