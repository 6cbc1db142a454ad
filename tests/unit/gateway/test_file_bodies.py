import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor.gateway.errors import BodyTooLarge, CallerLeft
from stagedoor.gateway.file_bodies import HELD_BYTES_MAX, fill_spool, send_pieces, spool
from stagedoor.kit.threads import WorkerThreads

PIECE = b"x" * (HELD_BYTES_MAX // 2 + 1)


@pytest.fixture
def threads() -> Iterator[WorkerThreads]:
    threads = WorkerThreads(1)
    yield threads
    threads.close()


def fill(threads: WorkerThreads, messages: list[dict[str, Any]], *, declared: int | None, bytes_max: int) -> bytes:
    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    with spool() as spooled:
        filling = fill_spool(spooled, receive, declared=declared, bytes_max=bytes_max, threads=threads)
        size = asyncio.run(filling)
        spooled.seek(0)
        content = spooled.read()
        assert len(content) == size
        return content


def pieces(*bodies: bytes) -> list[dict[str, Any]]:
    last = len(bodies) - 1
    return [{"type": "http.request", "body": body, "more_body": at < last} for at, body in enumerate(bodies)]


def test_a_body_of_several_pieces_is_taken_whole(threads: WorkerThreads) -> None:
    content = fill(threads, pieces(PIECE, PIECE, b"end"), declared=None, bytes_max=3 * len(PIECE))
    assert content == PIECE + PIECE + b"end"


def test_what_is_declared_too_large_is_not_begun(threads: WorkerThreads) -> None:
    messages = pieces(b"x")
    with pytest.raises(BodyTooLarge):
        fill(threads, messages, declared=2, bytes_max=1)
    assert len(messages) == 1


def test_the_first_byte_too_many_ends_it(threads: WorkerThreads) -> None:
    messages = pieces(PIECE, PIECE, PIECE)
    with pytest.raises(BodyTooLarge):
        fill(threads, messages, declared=None, bytes_max=len(PIECE) + 1)
    assert len(messages) == 1


def test_a_caller_who_leaves_leaves_nothing(threads: WorkerThreads) -> None:
    with pytest.raises(CallerLeft):
        fill(threads, [*pieces(b"x", b"y")[:1], {"type": "http.disconnect"}], declared=None, bytes_max=9)


@pytest.mark.parametrize(("size", "sent"), [(0, b""), (3, b"xxx"), (len(PIECE), PIECE), (len(PIECE) + 9, PIECE)])
def test_so_many_bytes_are_sent_and_no_more_than_there_are(threads: WorkerThreads, size: int, sent: bytes) -> None:
    told: list[tuple[bytes, bool]] = []

    async def send(body: bytes, more: bool) -> None:
        told.append((body, more))

    with spool() as content:
        content.write(PIECE)
        content.seek(0)
        asyncio.run(send_pieces(content, size, send, threads))
    assert b"".join(body for body, _ in told) == sent
    assert [more for _, more in told] == [True] * (len(told) - 1) + [False]
