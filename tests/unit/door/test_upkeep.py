"""What a serving house does in the background goes on, whatever goes wrong with a part of it."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stagedoor.door import upkeep
from stagedoor.door.house import House
from stagedoor.door.upkeep import Upkeep
from stagedoor.kit.errors import StoreUnavailable


class InlineThreads:
    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)


def prepared_house(**rooms: object) -> House:
    nothing_to_do = SimpleNamespace(prepare=lambda: None, get=lambda: None)
    prepared = dict.fromkeys(("gateway", "embedded", "management", "console"), nothing_to_do)
    return cast("House", SimpleNamespace(threads=InlineThreads(), **prepared, **rooms))


@pytest.mark.parametrize("failure", [StoreUnavailable(internal="disk full"), RuntimeError("a fault of our own")])
def test_a_duty_that_fails_keeps_no_revocation_from_arriving(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "CHANGES_EVERY_SECONDS", 0)
    monkeypatch.setattr(upkeep, "NOTES_EVERY_TICKS", 1)
    heard: list[int] = []
    enough = asyncio.Event()

    def catch_up() -> int:
        heard.append(1)
        if len(heard) == 3:
            enough.set()
        return 0

    def fail() -> None:
        raise failure

    house = prepared_house(
        changes=SimpleNamespace(catch_up=catch_up),
        oauth=SimpleNamespace(clean_up=fail),
        key_ring=SimpleNamespace(flush_last_used=fail),
    )

    async def live() -> None:
        task = asyncio.create_task(Upkeep(house)._keep_up())
        await asyncio.wait_for(enough.wait(), 5)
        task.cancel()

    asyncio.run(live())
    assert len(heard) >= 3


@pytest.mark.parametrize("failure", [StoreUnavailable(internal="disk full"), RuntimeError("a fault of our own")])
def test_duties_behind_one_that_fails_are_carried_out_all_the_same(failure: Exception) -> None:
    carried_out: list[str] = []

    def fail() -> None:
        raise failure

    house = cast("House", SimpleNamespace(threads=InlineThreads()))
    asyncio.run(Upkeep(house)._attend_to(fail, lambda: carried_out.append("the next")))
    assert carried_out == ["the next"]


def test_goes_on_where_no_thread_can_be_had() -> None:
    class NoThreads:
        async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
            raise RuntimeError("can't start new thread")

    house = cast("House", SimpleNamespace(threads=NoThreads()))
    asyncio.run(Upkeep(house)._attend_to(lambda: pytest.fail("was carried out")))


def test_what_is_outlived_is_thrown_away_whichever_of_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "CHANGES_EVERY_SECONDS", 0)
    monkeypatch.setattr(upkeep, "CLEAN_UP_EVERY_TICKS", 1)
    thrown_away: list[str] = []
    cleaned = asyncio.Event()

    def fail() -> None:
        raise StoreUnavailable(internal="disk full")

    def clean_up_keyed_writes() -> None:
        thrown_away.append("keyed writes")
        cleaned.set()

    house = prepared_house(
        changes=SimpleNamespace(catch_up=lambda: None, clean_up=lambda: thrown_away.append("changes")),
        oauth=SimpleNamespace(clean_up=fail),
        keyed_writes=SimpleNamespace(clean_up=clean_up_keyed_writes),
    )

    async def live() -> None:
        task = asyncio.create_task(Upkeep(house)._keep_up())
        await asyncio.wait_for(cleaned.wait(), 5)
        task.cancel()

    asyncio.run(live())
    assert thrown_away[:2] == ["changes", "keyed writes"]


def test_another_process_that_waits_at_the_accounts_is_let_in_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "GIVE_WAY_EVERY_SECONDS", 0)
    given_way = asyncio.Event()
    told: list[str] = []

    async def close() -> None:
        told.append("closed")

    house = cast(
        "House",
        SimpleNamespace(
            threads=InlineThreads(),
            upstream_threads=InlineThreads(),
            upstream_tokens=SimpleNamespace(renew_due=lambda: None),
            key_accounts=SimpleNamespace(give_way=given_way.set),
            gateway=SimpleNamespace(close=close),
        ),
    )

    async def live() -> None:
        async def receive() -> dict[str, str]:
            if told:
                await asyncio.wait_for(given_way.wait(), 5)
            return {}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await Upkeep(house).live(receive, send)

    asyncio.run(live())
    assert told == ["lifespan.startup.complete", "closed", "lifespan.shutdown.complete"]
