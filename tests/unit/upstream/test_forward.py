"""The wire for callers that await: bodies as iterators, answers through two callbacks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.factories.scripted_upstream import Script, Visit, onward, scripted_upstream

from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable
from stagedoor.upstream.forward import Forwarder

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kept: yes\r\n\r\nalive"


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


def with_upstream(script: Script, talk: Callable[[str, Forwarder], Awaitable[None]]) -> None:
    async def main() -> None:
        async with scripted_upstream(script) as upstream:
            forwarder = Forwarder()
            try:
                await talk(upstream.base_url, forwarder)
            finally:
                await forwarder.close()

    asyncio.run(main())


def test_the_upstream_sees_its_own_token_and_nothing_of_the_callers() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(OK)

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
        status = await forwarder.forward(onward(base_url, headers=headers), no_body(), answer.start, answer.chunk)
        assert status == answer.status == 200
        assert answer.body == b"alive"
        assert (b"x-kept", b"yes") in answer.headers

    with_upstream(script, talk)
    assert b"authorization: Bearer upstream-token\r\n" in heads[0]
    assert b"accept: application/json\r\n" in heads[0]
    assert b"caller-canary" not in heads[0]


def test_a_caller_cannot_take_the_folder_that_was_judged_out_again() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(OK)

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        headers = ((b"connection", b"close, X-UIPATH-FolderKey"), (b"x-uipath-folderkey", b"judged"))
        await forwarder.forward(onward(base_url, headers=headers), no_body(), answer.start, answer.chunk)

    with_upstream(script, talk)
    assert b"x-uipath-folderkey: judged\r\n" in heads[0]


def test_the_path_that_was_judged_is_sent_byte_for_byte() -> None:
    heads: list[bytes] = []

    async def script(visit: Visit) -> None:
        heads.append(await visit.head())
        await visit.send(OK)

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        judged = onward(base_url, path="/odata/Processes('a%2Fb:1')", query="$filter=Name%20eq%20'%25'")
        await forwarder.forward(judged, no_body(), answer.start, answer.chunk)

    with_upstream(script, talk)
    assert heads[0].startswith(b"GET /odata/Processes('a%2Fb:1')?$filter=Name%20eq%20'%25' HTTP/1.1\r\n")


def test_bodies_stream_both_ways() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        visit.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for size in (6, 6):
            await visit.reader.readline()
            visit.writer.write((await visit.reader.readexactly(size)).upper())
            await visit.reader.readline()
        await visit.reader.readuntil(b"0\r\n\r\n")

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

    with_upstream(script, talk)


def test_a_write_whose_outcome_is_unknown_is_sent_once() -> None:
    arrivals: list[bytes] = []

    async def script(visit: Visit) -> None:
        arrivals.append((await visit.head()).partition(b" ")[0])
        visit.reset()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        with pytest.raises(UpstreamBroke):
            await forwarder.forward(
                onward(base_url, method="POST", has_body=True), no_body(), answer.start, answer.chunk
            )
        assert arrivals == [b"POST"]
        arrivals.clear()
        with pytest.raises(UpstreamBroke):
            await forwarder.forward(onward(base_url, method="DELETE"), no_body(), answer.start, answer.chunk)
        assert arrivals == [b"DELETE"]
        assert answer.status == 0

    with_upstream(script, talk)


def test_a_read_over_a_dead_connection_is_sent_a_second_time() -> None:
    arrivals: list[int] = []

    async def script(visit: Visit) -> None:
        await visit.head()
        arrivals.append(visit.number)
        await visit.send(OK)
        await visit.head()
        arrivals.append(visit.number)
        visit.reset()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        for _ in range(2):
            answer = Collected()
            await forwarder.forward(onward(base_url), no_body(), answer.start, answer.chunk)
            assert answer.body == b"alive"
        assert arrivals == [1, 1, 2]

    with_upstream(script, talk)


def test_an_answer_cut_short_is_told_after_what_came_of_it() -> None:
    async def script(visit: Visit) -> None:
        await visit.head()
        await visit.send(OK[:-1])

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        with pytest.raises(UpstreamBroke):
            await forwarder.forward(onward(base_url), no_body(), answer.start, answer.chunk)
        assert answer.body == b"aliv"

    with_upstream(script, talk)


def test_what_goes_wrong_with_the_callers_body_is_told_as_it_is() -> None:
    arrived, ended = asyncio.Event(), asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        arrived.set()
        try:
            assert b"0\r\n\r\n" not in await visit.reader.read()
        finally:
            ended.set()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()

        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            await asyncio.wait_for(arrived.wait(), timeout=10)
            raise LookupError("the caller left")

        with pytest.raises(LookupError):
            await forwarder.forward(onward(base_url, method="POST", has_body=True), body(), answer.start, answer.chunk)
        await asyncio.wait_for(ended.wait(), 10)

    with_upstream(script, talk)


def test_whoever_is_cancelled_closes_the_connection() -> None:
    arrived, ended = asyncio.Event(), asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        arrived.set()
        try:
            await visit.reader.read()
        finally:
            ended.set()

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        asking = asyncio.create_task(forwarder.forward(onward(base_url), no_body(), answer.start, answer.chunk))
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(ended.wait(), 10)

    with_upstream(script, talk)


def test_a_slow_reader_holds_upstream_up() -> None:
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

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        received = 0
        answer = Collected()

        async def chunk(piece: bytes) -> None:
            nonlocal received
            if not received:
                before = -1
                while before != sent:
                    before = sent
                    await asyncio.sleep(0.05)
                assert sent < size
            received += len(piece)

        await forwarder.forward(onward(base_url), no_body(), answer.start, chunk)
        assert received == size

    with_upstream(script, talk)


def test_a_slow_upstream_holds_the_callers_body_up() -> None:
    given = 0
    size = 2**25
    may_read = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head()
        await may_read.wait()
        read = 0
        while read < size:
            read += len(await visit.reader.read(2**18))
        await visit.send(OK)

    async def body() -> AsyncIterator[bytes]:
        nonlocal given
        while given < size:
            given += 2**16
            yield b"x" * 2**16

    async def talk(base_url: str, forwarder: Forwarder) -> None:
        answer = Collected()
        what = onward(base_url, method="PUT", has_body=True, content_length=size)
        asking = asyncio.create_task(forwarder.forward(what, body(), answer.start, answer.chunk))
        before = -1
        while before != given:
            before = given
            await asyncio.sleep(0.05)
        assert given < size
        may_read.set()
        assert await asking == 200
        assert given == size

    with_upstream(script, talk)


def test_an_upstream_that_is_not_there_is_unreachable() -> None:
    async def main() -> None:
        forwarder = Forwarder()
        answer = Collected()
        with pytest.raises(UpstreamUnreachable):
            await forwarder.forward(onward("http://127.0.0.1:9"), no_body(), answer.start, answer.chunk)
        await forwarder.close()

    asyncio.run(main())
