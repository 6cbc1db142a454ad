"""What goes upstream, on which connection, and how often."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

import pytest
from tests.factories.scripted_upstream import (
    Listener,
    Script,
    ScriptedUpstream,
    Visit,
    onward,
    scripted_upstream,
    send_all,
)

from stagedoor.kit.secret import Secret
from stagedoor.upstream.errors import UpstreamBroke, UpstreamTimedOut, UpstreamUnreachable
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def run(
    script: Script,
    talk: Callable[[UpstreamWire, ScriptedUpstream], Awaitable[None]],
    limits: PoolLimits | None = None,
) -> None:
    async def main() -> None:
        async with scripted_upstream(script) as upstream:
            wire = UpstreamWire(limits)
            try:
                await talk(wire, upstream)
            finally:
                await wire.close()

    asyncio.run(main())


async def ask(wire: UpstreamWire, base_url: str, **changes: object) -> Listener:
    listener = Listener()
    wire.begin(onward(base_url, **changes), listener)
    await listener.end()
    return listener


def test_the_head_says_what_was_judged_and_no_more() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        headers = (
            (b"accept", b"application/json"),
            (b"authorization", b"Bearer canary"),
            (b"expect", b"100-continue"),
            (b"connection", b"close, x-hop"),
            (b"x-hop", b"canary"),
            (b"cookie", b"canary"),
        )
        base_url = upstream.base_url + "/org/tenant/orchestrator_/"
        await ask(wire, base_url, path="/odata/Processes('a%2Fb:1')", query="$filter=A%20eq%20'%25'", headers=headers)
        host = upstream.base_url.removeprefix("http://").encode()
        assert heads == [
            b"GET /org/tenant/orchestrator_/odata/Processes('a%2Fb:1')?$filter=A%20eq%20'%25' HTTP/1.1\r\n"
            b"host: " + host + b"\r\naccept: application/json\r\nauthorization: Bearer upstream-token\r\n\r\n"
        ]

    run(script, talk)


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/odata/Jobs HTTP/1.1\r\nx: y"},
        {"path": "/odata/a b"},
        {"query": "a\nb"},
        {"headers": ((b"x", b"a\r\nauthorization: b"),)},
        {"headers": ((b"x\n", b"a"),)},
        {"headers": ((b"x", b"a\0"),)},
        {"method": "GET / HTTP/1.1\r\n\r\nGET"},
    ],
)
def test_a_head_that_would_be_read_as_two_is_not_sent(changes: dict[str, object]) -> None:
    async def main() -> None:
        with pytest.raises(ValueError):
            UpstreamWire().begin(onward("http://127.0.0.1:9", **changes), Listener())

    asyncio.run(main())


@pytest.mark.parametrize(
    "base_url", ["ftp://a", "nothing", "http://u:p@a", "http://a?q", "http://a:x", "http://a#f", "http://a b"]
)
def test_an_address_that_is_none_is_unreachable(base_url: str) -> None:
    async def main() -> None:
        with pytest.raises(UpstreamUnreachable):
            UpstreamWire().begin(onward(base_url), Listener())

    asyncio.run(main())


def test_bodies_go_out_with_their_length_or_in_chunks() -> None:
    bodies: list[bytes] = []

    async def script(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if b"content-length: 5\r\n" in head:
                bodies.append(await visit.reader.readexactly(5))
            elif b"content-length: 0\r\n" in head:
                bodies.append(b"")
            else:
                assert b"transfer-encoding: chunked\r\n" in head
                bodies.append(await visit.reader.readuntil(b"0\r\n\r\n"))
            await visit.send(OK)

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        for length in (5, None):
            listener = Listener()
            exchange = wire.begin(
                onward(upstream.base_url, method="POST", has_body=True, content_length=length), listener
            )
            await send_all(exchange, listener, b"he", b"", b"llo")
            await listener.end()
            assert listener.status == 200
        assert (await ask(wire, upstream.base_url, method="POST")).status == 200
        assert bodies == [b"hello", b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b""]
        assert upstream.visits == 1

    run(script, talk)


@pytest.mark.parametrize("pieces", [(b"hell",), (b"hello", b"GET /forged HTTP/1.1\r\n\r\n")], ids=["short", "long"])
def test_a_body_that_belies_its_length_never_reaches_the_next_request(pieces: tuple[bytes, ...]) -> None:
    received: list[bytes] = []

    async def script(visit: Visit) -> None:
        received.append(await visit.reader.read())

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        listener = Listener()
        exchange = wire.begin(onward(upstream.base_url, method="POST", has_body=True, content_length=5), listener)
        await send_all(exchange, listener, *pieces)
        await listener.end()
        assert listener.calls == ["fail"]
        assert b"forged" not in b"".join(received)

    run(script, talk)


def test_a_write_is_sent_once_though_its_pooled_connection_is_dead() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(OK)
        heads.append(await visit.head())
        visit.reset()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        listener = await ask(wire, upstream.base_url, method="DELETE")
        assert isinstance(listener.error, UpstreamBroke)
        assert [head[:4] for head in heads] == [b"GET ", b"DELE"]

    run(script, talk)


def test_a_read_is_sent_once_more_on_a_fresh_connection_and_then_no_more() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        if visit.number <= 2:
            heads.append(await visit.head())
            await visit.send(OK)
        heads.append(await visit.head())
        visit.reset()

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await asyncio.gather(ask(wire, upstream.base_url), ask(wire, upstream.base_url))
        assert len(heads) == 2
        listener = await ask(wire, upstream.base_url)
        assert isinstance(listener.error, UpstreamBroke)
        # Once on a pooled connection, once on the third, which is fresh, though another one was idle.
        assert len(heads) == 4
        assert upstream.visits == 3

    run(script, talk)


def test_a_read_whose_answer_had_begun_is_not_sent_again() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK)
        await visit.head()
        await visit.send(b"H")

    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        assert isinstance((await ask(wire, upstream.base_url)).error, UpstreamBroke)
        assert upstream.visits == 1

    run(script, talk)


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


def test_nothing_there_is_unreachable() -> None:
    async def main() -> None:
        wire = UpstreamWire()
        for base_url in ("http://127.0.0.1:9", "https://127.0.0.1:9", "http://" + "a" * 70 + ".example"):
            listener = await ask(wire, base_url)
            assert isinstance(listener.error, UpstreamUnreachable)
        await wire.close()

    asyncio.run(main())


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


class Leaver(Listener):
    """Does something rash when the head arrives."""

    def __init__(self, rash: Callable[[], None]) -> None:
        super().__init__()
        self._rash = rash

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        super().start(status, headers, content_length)
        self._rash()


async def hello(visit: Visit) -> None:
    while True:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


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


def test_a_token_is_not_shown_by_what_goes_wrong() -> None:
    async def main() -> None:
        wire = UpstreamWire()
        with pytest.raises(ValueError) as raised:
            wire.begin(onward("http://127.0.0.1:9", token=Secret("canary\r\nx: y")), Listener())
        assert "canary" not in str(raised.value)
        with pytest.raises(ValueError) as raised:
            wire.begin(onward("http://127.0.0.1:9", path="/\u2603", token=Secret("canary")), Listener())
        assert "canary" not in str(raised.value)
        await wire.close()

    asyncio.run(main())


def test_a_write_does_not_go_into_a_connection_whose_end_was_not_read_yet() -> None:
    closed = threading.Event()
    methods: list[bytes] = []

    def serve(server: socket.socket) -> None:
        for _ in range(2):
            connection = server.accept()[0]
            with connection:
                methods.append(connection.recv(65536)[:4])
                connection.sendall(OK)
            closed.set()

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            serving = threading.Thread(target=serve, args=(server,))
            serving.start()
            base_url = f"http://127.0.0.1:{server.getsockname()[1]}"
            wire = UpstreamWire()
            written = Listener()

            def write() -> None:
                # The loop is held up meanwhile, as it is by anything else that happens at that moment.
                closed.wait(10)
                wire.begin(onward(base_url, method="DELETE"), written)

            def write_next() -> None:
                asyncio.get_running_loop().call_soon(write)

            read = Leaver(write_next)
            wire.begin(onward(base_url), read)
            await written.end()
            assert (read.status, written.status) == (200, 200)
            await wire.close()
            serving.join(10)
        assert methods == [b"GET ", b"DELE"]

    asyncio.run(main())


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


def test_each_of_many_hears_that_nothing_is_there() -> None:
    async def main() -> None:
        wire = UpstreamWire(PoolLimits(connections=2))
        listeners = [Listener() for _ in range(7)]
        for listener in listeners:
            wire.begin(onward("http://127.0.0.1:9"), listener)
        for listener in listeners:
            await listener.end()
            assert isinstance(listener.error, UpstreamUnreachable)
        await wire.close()

    asyncio.run(main())


def test_an_address_that_nobody_asks_for_any_more_is_forgotten() -> None:
    async def talk(wire: UpstreamWire, upstream: ScriptedUpstream) -> None:
        await ask(wire, upstream.base_url)
        while wire._pools:  # noqa: ASYNC110  # Nothing tells of it; this is what the test is about.
            await asyncio.sleep(0.001)
        assert (await ask(wire, upstream.base_url)).body == b"hello"

    run(hello, talk, PoolLimits(tick_seconds=0.005, idle_ticks=1))


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
