"""The way to an upstream: TLS under the authority that was named, and proxies."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop
from tests.factories.certificates import Authority
from tests.factories.scripted_upstream import Listener, Visit, onward, scripted_upstream

from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def hello(visit: Visit) -> None:
    while True:
        await visit.head()
        await visit.send(HELLO)


async def ask(wire: UpstreamWire, base_url: str, **changes: object) -> Listener:
    listener = Listener()
    wire.begin(onward(base_url, **changes), listener)
    await listener.end()
    return listener


def run(main: Callable[[UpstreamWire], Awaitable[None]]) -> None:
    async def with_wire() -> None:
        wire = UpstreamWire(PoolLimits(connect_seconds=5))
        try:
            await main(wire)
        finally:
            await wire.close()

    asyncio.run(with_wire())


def test_a_named_authority_is_trusted_and_the_connection_kept(authority: Authority, tmp_path: Path) -> None:
    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(hello, tls=authority.server(tmp_path, "localhost")) as upstream:
            for _ in range(3):
                assert (await ask(wire, upstream.base_url, ca_pem=authority.pem)).body == b"hello"
            assert upstream.visits == 1

    run(main)


def test_nobody_else_is_trusted(authority: Authority, tmp_path: Path) -> None:
    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(hello, tls=authority.server(tmp_path, "localhost")) as upstream:
            for ca_pem in (None, Authority().pem):
                listener = await ask(wire, upstream.base_url, ca_pem=ca_pem)
                assert isinstance(listener.error, UpstreamUnreachable)
                assert "certificate" in str(listener.error).lower()

    run(main)


def test_a_certificate_for_another_name_is_refused(authority: Authority, tmp_path: Path) -> None:
    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(hello, tls=authority.server(tmp_path, "elsewhere.example")) as upstream:
            assert isinstance((await ask(wire, upstream.base_url, ca_pem=authority.pem)).error, UpstreamUnreachable)

    run(main)


def test_text_that_is_no_certificate_is_unreachable() -> None:
    async def main(wire: UpstreamWire) -> None:
        with pytest.raises(UpstreamUnreachable):
            wire.begin(onward("https://localhost:9", ca_pem="nonsense"), Listener())

    run(main)


# Stock asyncio cannot tell the two apart; the server runs on uvloop.
@pytest.mark.parametrize("new_loop", [uvloop.new_event_loop], indirect=True)
@pytest.mark.parametrize("says_goodbye", [True, False])
def test_over_tls_an_answer_ends_with_a_goodbye_and_not_with_a_cut(
    authority: Authority, tmp_path: Path, says_goodbye: bool
) -> None:
    async def until_closed(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
        if not says_goodbye:
            visit.reset()

    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(until_closed, tls=authority.server(tmp_path, "localhost")) as upstream:
            listener = await ask(wire, upstream.base_url, ca_pem=authority.pem)
            assert listener.calls[-1] == ("finish" if says_goodbye else "fail")

    run(main)


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
    finally:
        writer.close()


def test_tls_goes_through_a_tunnel_that_the_proxy_cannot_look_into(authority: Authority, tmp_path: Path) -> None:
    seen: list[bytes] = []

    async def proxy(visit: Visit) -> None:
        seen.append(await visit.head())
        address = seen[0].split(b" ")[1].decode()
        reader, writer = await asyncio.open_connection(*address.rsplit(":", 1))
        await visit.send(b"HTTP/1.1 200 Connection ", b"established\r\n\r\n")
        await asyncio.gather(pipe(visit.reader, writer), pipe(reader, visit.writer))
        await writer.wait_closed()

    async def main(wire: UpstreamWire) -> None:
        async with (
            scripted_upstream(hello, tls=authority.server(tmp_path, "localhost")) as upstream,
            scripted_upstream(proxy) as between,
        ):
            proxy_url = between.base_url.replace("//", "//us%40er:pa%3Ass@")
            for _ in range(2):
                listener = await ask(wire, upstream.base_url, ca_pem=authority.pem, proxy_url=proxy_url)
                assert listener.body == b"hello"
            assert (upstream.visits, between.visits) == (1, 1)
            host = upstream.base_url.removeprefix("https://").encode()
            assert seen == [
                b"CONNECT "
                + host
                + b" HTTP/1.1\r\nhost: "
                + host
                # us@er:pa:ss
                + b"\r\nproxy-authorization: Basic dXNAZXI6cGE6c3M=\r\n\r\n"
            ]
            await wire.close()

    run(main)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nforged",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70000,
        b"",
    ],
)
def test_a_tunnel_that_is_refused_is_unreachable(authority: Authority, answer: bytes) -> None:
    async def proxy(visit: Visit) -> None:
        await visit.head()
        await visit.send(answer)

    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(proxy) as between:
            proxy_url = between.base_url.replace("//", "//user:canary@")
            listener = await ask(wire, "https://localhost:9", ca_pem=authority.pem, proxy_url=proxy_url)
            assert isinstance(listener.error, UpstreamUnreachable)
            assert "canary" not in str(listener.error)

    run(main)


def test_plain_requests_name_their_whole_address_to_a_proxy() -> None:
    heads: list[bytes] = []

    async def proxy(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(HELLO)

    async def main(wire: UpstreamWire) -> None:
        async with scripted_upstream(proxy) as between:
            proxy_url = between.base_url.replace("//", "//user:pass@")
            listener = await ask(wire, "http://orchestrator.example/base", token=None, proxy_url=proxy_url)
            assert listener.body == b"hello"
            assert heads == [
                b"GET http://orchestrator.example/base/odata/Jobs?$top=1 HTTP/1.1\r\nhost: orchestrator.example\r\n"
                b"proxy-authorization: Basic dXNlcjpwYXNz\r\n\r\n"
            ]

    run(main)


def test_a_proxy_that_is_not_plain_http_is_unreachable() -> None:
    async def main(wire: UpstreamWire) -> None:
        for proxy_url in ("socks5://a:1", "https://a:1", "a:1"):
            with pytest.raises(UpstreamUnreachable):
                wire.begin(onward("http://a", proxy_url=proxy_url), Listener())

    run(main)


def test_a_connection_that_is_never_made_is_given_up() -> None:
    async def silent(visit: Visit) -> None:
        await visit.reader.read()

    async def main() -> None:
        wire = UpstreamWire(PoolLimits(connect_seconds=0.05))
        async with scripted_upstream(silent) as upstream:
            # It accepts, and then never says a word of TLS.
            listener = await ask(wire, upstream.base_url.replace("http:", "https:"))
            assert isinstance(listener.error, UpstreamUnreachable)
            assert not isinstance(listener.error, UpstreamBroke)
        await wire.close()

    asyncio.run(main())
