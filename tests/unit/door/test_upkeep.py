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

    house = SimpleNamespace(
        threads=InlineThreads(),
        gateway=SimpleNamespace(prepare=lambda: None),
        embedded=SimpleNamespace(get=lambda: None),
        management=SimpleNamespace(prepare=lambda: None),
        console=SimpleNamespace(prepare=lambda: None),
        changes=SimpleNamespace(catch_up=catch_up),
        oauth=SimpleNamespace(clean_up=fail),
        key_ring=SimpleNamespace(flush_last_used=fail),
    )

    async def live() -> None:
        task = asyncio.create_task(Upkeep(cast("House", house))._keep_up())
        await asyncio.wait_for(enough.wait(), 5)
        task.cancel()

    asyncio.run(live())
    assert len(heard) >= 3
