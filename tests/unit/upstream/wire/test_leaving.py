"""Callers who leave, and sinks that fail or are held up: nobody else notices."""

import asyncio

from tests.factories.scripted_upstream import (
    Listener,
    ScriptedUpstream,
    Visit,
    onward,
)
from tests.factories.upstream_wire import OK, Leaver, ask, hello, run

from stagedoor.upstream.wire.upstream_wire import UpstreamWire


def test_whoever_leaves_closes_the_connection_and_hears_nothing() -> None:
    ended = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        try:
            await visit.reader.read()
        finally:
            ended.set()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url), listener)
        await listener.until(lambda: listener.body == b"hello")
        exchange.cancel()
        exchange.cancel()
        await asyncio.wait_for(ended.wait(), 10)
        assert listener.calls == ["start", "write"]

    run(script, talk)


def test_whoever_leaves_at_the_head_hears_nothing_of_the_body() -> None:
    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        left = asyncio.Event()

        def leave() -> None:
            exchange.cancel()
            left.set()

        listener = Leaver(leave)
        exchange = wire.begin(onward(upstream.base_url), listener)
        await left.wait()
        assert (await ask(wire, upstream.base_url)).body == b"hello"
        assert listener.calls == ["start"]
        assert upstream.visits == 2

    run(hello, talk)


def test_a_sink_that_fails_ends_its_exchange_and_no_other() -> None:
    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        def fail() -> None:
            raise LookupError("a fault of the sink")

        listener = Leaver(fail)
        wire.begin(onward(upstream.base_url), listener)
        await listener.end()
        assert listener.calls == ["start", "fail"]
        assert "a fault of the sink" in str(listener.error)
        assert (await ask(wire, upstream.base_url)).body == b"hello"

    run(hello, talk)


def test_an_answer_held_up_at_its_end_holds_nobody_else_up() -> None:
    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Leaver(lambda: exchange.pause_answer())
        exchange = wire.begin(onward(upstream.base_url), listener)
        await listener.end()
        assert (await ask(wire, upstream.base_url)).body == b"hello"
        # What a finished exchange still says no longer concerns its connection.
        later = Listener()
        wire.begin(onward(upstream.base_url), later)
        exchange.pause_answer()
        exchange.resume_answer()
        exchange.cancel()
        await later.end()
        assert later.body == b"hello"
        assert upstream.visits == 1

    run(hello, talk)


def test_whoever_leaves_before_there_is_a_connection_sends_nothing() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        while True:
            heads.append(await visit.head())
            await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        wire.begin(onward(upstream.base_url, path="/left"), Listener()).cancel()
        await ask(wire, upstream.base_url, path="/stayed")
        assert len(heads) == 1
        assert heads[0].startswith(b"GET /stayed")

    run(script, talk)
