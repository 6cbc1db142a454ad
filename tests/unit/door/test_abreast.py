"""What another worker has changed is known before a request is judged."""

import asyncio
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stagedoor.door.abreast import Abreast
from stagedoor.door.change_marks import ChangeMarks, make_memory
from stagedoor.door.house import House


class InlineThreads:
    async def run(self, function: Callable[[], Any]) -> Any:
        await asyncio.sleep(0)
        return function()


class Worker:
    """A worker with a feed that counts how often it was read."""

    def __init__(self, memory: int, place: int) -> None:
        self.read = 0
        self.heard_when_asked: list[int] = []
        self.is_store_away = False
        self.marks = ChangeMarks(memory, own=place)
        feed = SimpleNamespace(catch_up=self._catch_up, on_news=lambda tell: None)
        house = SimpleNamespace(app=self._answer, threads=InlineThreads(), changes=feed)
        self.app = Abreast(cast("House", house), self.marks)

    def _catch_up(self) -> None:
        self.read += 1
        if self.is_store_away:
            raise RuntimeError("the store is away")

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.heard_when_asked.append(self.read)

    async def ask(self) -> None:
        await self.app({}, cast("Any", None), cast("Any", None))


@pytest.fixture
def memory() -> Iterator[int]:
    descriptor = make_memory(4)
    yield descriptor
    os.close(descriptor)


def test_a_request_is_judged_after_what_another_worker_changed_was_read(memory: int) -> None:
    one, other = Worker(memory, 0), Worker(memory, 3)
    asyncio.run(one.ask())
    asyncio.run(one.ask())
    assert one.read == 1
    other.marks.put_up()
    asyncio.run(one.ask())
    asyncio.run(one.ask())
    assert one.heard_when_asked == [1, 1, 2, 2]


def test_its_own_mark_tells_a_worker_nothing(memory: int) -> None:
    one = Worker(memory, 0)
    asyncio.run(one.ask())
    one.marks.put_up()
    asyncio.run(one.ask())
    assert one.read == 1


def test_many_requests_read_the_news_once(memory: int) -> None:
    one, other = Worker(memory, 0), Worker(memory, 1)
    other.marks.put_up()

    async def ask_at_once() -> None:
        await asyncio.gather(*(one.ask() for _ in range(50)))

    asyncio.run(ask_at_once())
    assert one.read == 1
    assert one.heard_when_asked == [1] * 50


def test_a_change_during_a_reading_is_read_again_before_the_request_that_came_after_it(memory: int) -> None:
    one, other = Worker(memory, 0), Worker(memory, 1)
    other.marks.put_up()

    async def change_between() -> None:
        first = asyncio.create_task(one.ask())
        # The first has begun to read by now, and has not ended.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        other.marks.put_up()
        await one.ask()
        await first

    asyncio.run(change_between())
    assert one.heard_when_asked[-1] == 2


def test_a_store_that_is_away_keeps_nobody_waiting_and_is_asked_again(memory: int) -> None:
    one = Worker(memory, 0)
    one.is_store_away = True
    asyncio.run(one.ask())
    asked = one.read
    one.is_store_away = False
    asyncio.run(one.ask())
    assert one.read == asked + 1
    assert not one.app.is_behind()
