"""What goes upstream, and how often."""

import asyncio
import socket
import threading

import pytest
from tests.factories.scripted_upstream import (
    Listener,
    ScriptedUpstream,
    Visit,
    onward,
    send_all,
)
from tests.factories.upstream_wire import OK, Leaver, ask, run

from stagedoor.kit.secret import Secret
from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire


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


def test_nothing_there_is_unreachable() -> None:
    async def main() -> None:
        wire = UpstreamWire()
        for base_url in ("http://127.0.0.1:9", "https://127.0.0.1:9", "http://" + "a" * 70 + ".example"):
            listener = await ask(wire, base_url)
            assert isinstance(listener.error, UpstreamUnreachable)
        await wire.close()

    asyncio.run(main())


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
