"""An upstream that does what a test says, byte by byte, and whoever listens to its answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret
from stagedoor.upstream.onward import Onward
from stagedoor.upstream.wire.exchange import Exchange

Script = Callable[["Visit"], Awaitable[None]]
SECONDS_MAX = 20


class Visit:
    """One connection, as the upstream sees it. ``number`` counts connections from 1."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number

    async def head(self) -> bytes:
        """Read the next request's head."""
        return await self.reader.readuntil(b"\r\n\r\n")

    async def send(self, *pieces: bytes) -> None:
        """Send pieces that arrive one by one."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            for _ in range(3):
                await asyncio.sleep(0)

    def reset(self) -> None:
        """Break the connection off."""
        self.writer.transport.abort()


class ScriptedUpstream:
    """What became of the script: ``base_url`` and how many connections there were."""

    def __init__(self) -> None:
        self.base_url = ""
        self.visits = 0


@asynccontextmanager
async def scripted_upstream(script: Script, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedUpstream]:
    """Serve the script on a port of its own; a connection is closed when its script ends."""
    upstream = ScriptedUpstream()
    tasks: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream.visits += 1
        try:
            await script(Visit(reader, writer, upstream.visits))
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            writer.close()

    def arrive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(visit(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(arrive, "127.0.0.1", 0, ssl=tls)
    scheme = "http" if tls is None else "https"
    host = "127.0.0.1" if tls is None else "localhost"
    upstream.base_url = f"{scheme}://{host}:{server.sockets[0].getsockname()[1]}"
    failures: list[BaseException] = []
    try:
        yield upstream
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        failures += [end for end in ended if isinstance(end, Exception)]
        await asyncio.sleep(0)
    if failures:
        raise failures[0]


class Listener:
    """An answer as it came, and a way to wait for it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.content_length: int | None = None
        self.pieces: list[bytes] = []
        self.bytes_heard = 0
        self.calls: list[str] = []
        self.error: StagedoorError | None = None
        self.body_may_go = asyncio.Event()
        self.body_may_go.set()
        self._over = asyncio.Event()
        self._heard = asyncio.Event()

    @property
    def body(self) -> bytes:
        """What came of the body so far."""
        return b"".join(self.pieces)

    def start(self, status: int, headers: list[tuple[bytes, bytes]], content_length: int | None) -> None:
        self._call("start")
        self.status, self.headers, self.content_length = status, headers, content_length

    def write(self, data: bytes) -> None:
        self._call("write")
        self.pieces.append(data)
        self.bytes_heard += len(data)

    def finish(self) -> None:
        self._call("finish")
        self._over.set()

    def fail(self, error: StagedoorError) -> None:
        self._call("fail")
        self.error = error
        self._over.set()

    def pause_body(self) -> None:
        self._call("pause_body")
        self.body_may_go.clear()

    def resume_body(self) -> None:
        self._call("resume_body")
        self.body_may_go.set()

    async def end(self) -> None:
        """Wait for the last call."""
        await asyncio.wait_for(self._over.wait(), SECONDS_MAX)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait, call by call, until something is so."""
        while not is_so():
            self._heard.clear()
            await asyncio.wait_for(self._heard.wait(), SECONDS_MAX)

    def _call(self, name: str) -> None:
        assert not {"finish", "fail"} & set(self.calls), f"{name} after {self.calls[-1]}"
        self.calls.append(name)
        self._heard.set()


def onward(base_url: str, **changes: object) -> Onward:
    """Return a request for an upstream, a plain read unless something else is said."""
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


async def send_all(exchange: Exchange, listener: Listener, *pieces: bytes) -> None:
    """Hand a body over as a well-behaved caller does."""
    for piece in pieces:
        await listener.body_may_go.wait()
        exchange.write_body(piece)
    exchange.end_body()
