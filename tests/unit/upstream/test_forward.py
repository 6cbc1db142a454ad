import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from stagedoor.kit.secret import Secret
from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward

UPSTREAMS_OWN = {
    "Set-Cookie": "session=canary",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
}
UPSTREAMS_OWN_NAMES = frozenset(name.lower().encode() for name in UPSTREAMS_OWN)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Collected:
    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status, self.headers = status, headers

    async def chunk(self, chunk: bytes) -> None:
        self.body += chunk


async def no_body() -> AsyncIterator[bytes]:
    return
    yield b""


def onward(base_url: str, **changes: object) -> Onward:
    values: dict[str, object] = {
        "method": "GET",
        "base_url": base_url,
        "path": "/odata/Jobs",
        "query": "$top=1",
        "headers": (),
        "token": Secret("upstream-token"),
        "has_body": False,
        "content_length": None,
    }
    return Onward(**{**values, **changes})  # type: ignore[arg-type]


def with_upstream(handler: Handler, talk: Callable[[str, Forwarder], Awaitable[None]]) -> None:
    async def main() -> None:
        application = web.Application(client_max_size=2**30)
        application.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        forwarder = Forwarder()
        try:
            await talk(f"http://127.0.0.1:{port}", forwarder)
        finally:
            await forwarder.close()
            await runner.cleanup()

    asyncio.run(main())


def test_the_upstream_sees_its_own_token_and_nothing_of_the_callers() -> None:
    seen: dict[str, str] = {}

    async def upstream(request: web.Request) -> web.Response:
        seen.update({name.lower(): value for name, value in request.headers.items()})
        seen[":path"] = request.raw_path
        return web.Response(text="ok", headers={**UPSTREAMS_OWN, "X-Kept": "yes"})

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        headers = (
            (b"authorization", b"Bearer caller-canary"),
            (b"x-api-key", b"caller-canary"),
            (b"cookie", b"a=caller-canary"),
            (b"connection", b"keep-alive, x-secret-hop"),
            (b"x-secret-hop", b"caller-canary"),
            (b"accept", b"application/json"),
        )
        await forwarder.forward(onward(base_url, headers=headers), no_body(), answer.start, answer.chunk)
        assert answer.status == 200
        assert answer.body == b"ok"
        assert (b"x-kept", b"yes") in answer.headers
        assert not [name for name, _ in answer.headers if name in UPSTREAMS_OWN_NAMES]

    with_upstream(upstream, talk)
    assert seen["authorization"] == "Bearer upstream-token"
    assert seen["accept"] == "application/json"
    assert "caller-canary" not in str(seen)


def test_a_caller_cannot_take_the_folder_that_was_judged_out_again() -> None:
    seen: dict[str, str] = {}

    async def upstream(request: web.Request) -> web.Response:
        seen.update({name.lower(): value for name, value in request.headers.items()})
        return web.Response()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        headers = ((b"connection", b"close, X-UIPATH-FolderKey"), (b"x-uipath-folderkey", b"judged"))
        await forwarder.forward(onward(base_url, headers=headers), no_body(), answer.start, answer.chunk)

    with_upstream(upstream, talk)
    assert seen["x-uipath-folderkey"] == "judged"


def test_the_path_that_was_judged_is_sent_byte_for_byte() -> None:
    seen: list[str] = []

    async def upstream(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.Response()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        path = "/odata/Processes('a%2Fb:1')"
        await forwarder.forward(
            onward(base_url, path=path, query="$filter=Name%20eq%20'%25'"), no_body(), answer.start, answer.chunk
        )

    with_upstream(upstream, talk)
    assert seen == ["/odata/Processes('a%2Fb:1')?$filter=Name%20eq%20'%25'"]


def test_bodies_stream_both_ways() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for piece in request.content.iter_any():
            await response.write(piece.upper())
        return response

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answered = asyncio.Event()
        answer = Collected()

        async def body() -> AsyncIterator[bytes]:
            yield b"first "
            # The second half is sent only after the first came back: nothing on the way waits for the whole.
            await asyncio.wait_for(answered.wait(), timeout=10)
            yield b"second"

        async def chunk(piece: bytes) -> None:
            answered.set()
            await answer.chunk(piece)

        await forwarder.forward(onward(base_url, method="POST", has_body=True), body(), answer.start, chunk)
        assert answer.body == b"FIRST SECOND"

    with_upstream(upstream, talk)


def test_a_write_whose_outcome_is_unknown_is_sent_once() -> None:
    arrivals: list[str] = []

    async def upstream(request: web.Request) -> web.Response:
        arrivals.append(request.method)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        with pytest.raises(UpstreamBroke):
            await forwarder.forward(
                onward(base_url, method="POST", has_body=True), no_body(), answer.start, answer.chunk
            )
        assert arrivals == ["POST"]
        arrivals.clear()
        with pytest.raises(UpstreamBroke):
            await forwarder.forward(onward(base_url, method="DELETE"), no_body(), answer.start, answer.chunk)
        assert arrivals == ["DELETE"]
        assert answer.status == 0

    with_upstream(upstream, talk)


def test_a_read_over_a_dead_connection_is_sent_a_second_time() -> None:
    arrivals: list[str] = []

    async def upstream(request: web.Request) -> web.Response:
        arrivals.append(request.method)
        if len(arrivals) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text="alive")

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        await forwarder.forward(onward(base_url), no_body(), answer.start, answer.chunk)
        assert answer.body == b"alive"

    with_upstream(upstream, talk)


def test_an_upstream_that_is_not_there_is_unreachable() -> None:
    async def main() -> None:
        forwarder = Forwarder()
        answer = Collected()
        with pytest.raises(UpstreamUnreachable):
            await forwarder.forward(onward("http://127.0.0.1:9"), no_body(), answer.start, answer.chunk)
        await forwarder.close()

    asyncio.run(main())
