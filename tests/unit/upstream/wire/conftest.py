"""The wire on both event loops that the server may run on."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest
import uvloop


@pytest.fixture(autouse=True, params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def new_loop(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], asyncio.AbstractEventLoop]:
    new: Callable[[], asyncio.AbstractEventLoop] = request.param

    def run(main: Coroutine[object, object, object]) -> object:
        with asyncio.Runner(loop_factory=new) as runner:
            return runner.run(main)

    monkeypatch.setattr(asyncio, "run", run)
    return new
