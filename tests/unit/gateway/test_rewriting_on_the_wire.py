"""A compressed text on its way over a real connection: expanded in steps, in turn with everybody else."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

from tests.factories.scripted_upstream import Listener, ScriptedUpstream, Visit, onward, scripted_upstream

from stagedoor.gateway.addresses import STEP_BYTES, Addresses, RewritingSink, addresses_of
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.wire.exchange import Exchange
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

OURS = "http://door.test/acme/dev"
STEPS = 16
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"


class World:
    def __init__(self, wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        self.wire, self.upstream = wire, upstream
        self.addresses: Addresses = addresses_of(upstream.base_url, OURS)
        self.bomb = gzip.compress(b" " * STEPS * STEP_BYTES + upstream.base_url.encode())
        self.expected = b" " * STEPS * STEP_BYTES + OURS.encode()

    def begin(self) -> tuple[Listener, Exchange]:
        listener = Listener()
        rewriting = RewritingSink(listener, self.addresses, is_head=False)
        exchange = rewriting.exchange = self.wire.begin(onward(self.upstream.base_url), rewriting)
        return listener, exchange


def run(talk: Callable[[World], Awaitable[None]], answer: Callable[[World], bytes]) -> None:
    async def main() -> None:
        async def script(visit: Visit) -> None:
            while True:
                await visit.head()
                await visit.send(answer(world))

        async with scripted_upstream(script) as upstream:
            wire = UpstreamWire()
            world = World(wire, upstream)
            await talk(world)
            await wire.close()

    asyncio.run(main())


def whole(world: World) -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(world.bomb), world.bomb)


def test_others_have_their_turn_between_the_steps_and_the_connection_is_kept() -> None:
    async def talk(world: World) -> None:
        listener, _ = world.begin()
        await listener.until(lambda: "start" in listener.calls)
        turns = 0
        while "finish" not in listener.calls:
            await asyncio.sleep(0)
            turns += 1
        assert turns >= STEPS // 2
        assert gzip.decompress(listener.body) == world.expected
        again, _ = world.begin()
        await again.end()
        assert gzip.decompress(again.body) == world.expected
        assert world.upstream.visits == 1

    run(talk, whole)


def test_a_caller_who_takes_no_more_is_waited_for() -> None:
    async def talk(world: World) -> None:
        listener, exchange = world.begin()
        await listener.until(lambda: "start" in listener.calls)
        exchange.pause_answer()
        before = len(listener.pieces)
        for _ in range(3 * STEPS):
            await asyncio.sleep(0)
        assert len(listener.pieces) <= before + 1
        assert "finish" not in listener.calls
        exchange.resume_answer()
        await listener.end()
        assert gzip.decompress(listener.body) == world.expected

    run(talk, whole)


def test_an_answer_that_goes_on_after_the_steps_is_read_on() -> None:
    async def talk(world: World) -> None:
        listener, _ = world.begin()
        await listener.end()
        assert gzip.decompress(listener.body) == world.expected

    async def main() -> None:
        async def script(visit: Visit) -> None:
            await visit.head()
            first, second = world.bomb[:-30], world.bomb[-30:]
            await visit.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(first), first))
            for _ in range(5 * STEPS):
                await asyncio.sleep(0)
            await visit.send(b"1e\r\n%b\r\n0\r\n\r\n" % second)

        async with scripted_upstream(script) as upstream:
            wire = UpstreamWire()
            world = World(wire, upstream)
            await talk(world)
            await wire.close()

    asyncio.run(main())


def test_who_leaves_between_the_steps_hears_nothing_more() -> None:
    async def talk(world: World) -> None:
        listener, exchange = world.begin()
        await listener.until(lambda: "start" in listener.calls)
        exchange.cancel()
        before = len(listener.pieces)
        for _ in range(3 * STEPS):
            await asyncio.sleep(0)
        assert len(listener.pieces) == before
        assert "finish" not in listener.calls

    run(talk, whole)


def test_what_breaks_within_the_steps_is_told_once() -> None:
    def broken(world: World) -> bytes:
        damaged = bytearray(world.bomb)
        damaged[-200] ^= 0xFF
        return HEAD + b"Content-Length: 100000000\r\n\r\n" + bytes(damaged)

    async def talk(world: World) -> None:
        listener, _ = world.begin()
        await listener.end()
        assert isinstance(listener.error, UpstreamBroke)
        assert listener.calls.count("fail") == 1

    run(talk, broken)
