"""Noticing that a caller left while its answer is still to come."""

import asyncio
from typing import Any

import pytest

from stagedoor.gateway.errors import CallerLeft
from stagedoor.gateway.leaving import CallerWatched


class Connection:
    """A caller's connection that counts how often it was listened to."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.asked = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        self.asked.set()
        return self.messages.pop(0) if self.messages else await asyncio.Event().wait()  # type: ignore[return-value]  # never


class Broken(Connection):
    """A connection that cannot be listened to."""

    async def receive(self) -> dict[str, Any]:
        self.asked.set()
        raise RuntimeError("broken")


def body_read() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def test_an_answer_that_is_there_at_once_starts_no_watch() -> None:
    async def run() -> Connection:
        connection = Connection({"type": "http.disconnect"})
        async with CallerWatched(connection.receive, body_read()):
            await asyncio.sleep(0)
        return connection

    assert not asyncio.run(run()).asked.is_set()


def test_a_caller_who_leaves_ends_the_block() -> None:
    async def run() -> None:
        connection = Connection({"type": "http.request"}, {"type": "http.disconnect"})
        async with CallerWatched(connection.receive, body_read()):
            await asyncio.Event().wait()

    with pytest.raises(CallerLeft):
        asyncio.run(run())


def test_the_task_goes_on_afterwards_as_if_it_had_not_been_cancelled() -> None:
    async def run() -> int:
        connection = Connection({"type": "http.disconnect"})
        with pytest.raises(CallerLeft):
            async with CallerWatched(connection.receive, body_read()):
                await asyncio.Event().wait()
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert asyncio.run(run()) == 0


def test_nobody_listens_before_the_body_is_read() -> None:
    async def run() -> None:
        connection, body_is_read = Connection({"type": "http.disconnect"}), asyncio.Event()
        watched = CallerWatched(connection.receive, body_is_read)
        with pytest.raises(CallerLeft):
            async with watched:
                watched._begin()
                await asyncio.sleep(0)
                assert not connection.asked.is_set()
                body_is_read.set()
                await asyncio.Event().wait()

    asyncio.run(run())


def test_a_failure_of_the_block_is_its_own() -> None:
    async def run() -> None:
        async with CallerWatched(Connection().receive, body_read()):
            raise ValueError

    with pytest.raises(ValueError):
        asyncio.run(run())


def test_a_block_that_ends_while_it_is_watched_ends_the_watch() -> None:
    async def run() -> int:
        connection = Connection()
        async with CallerWatched(connection.receive, body_read()):
            await connection.asked.wait()
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


def test_a_connection_that_cannot_be_listened_to_does_not_end_the_block() -> None:
    async def run() -> None:
        connection = Broken()
        async with CallerWatched(connection.receive, body_read()):
            await connection.asked.wait()
            await asyncio.sleep(0)

    asyncio.run(run())


def test_somebody_elses_cancellation_stays_one() -> None:
    async def block(connection: Connection) -> None:
        async with CallerWatched(connection.receive, body_read()):
            await asyncio.Event().wait()

    async def run() -> None:
        connection = Connection()
        task = asyncio.create_task(block(connection))
        await connection.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
