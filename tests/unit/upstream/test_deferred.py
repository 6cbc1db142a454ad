"""The forwarder that is made when it is first needed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from stagedoor.upstream.deferred import DeferredForwarder
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward


async def nothing(*_: Any) -> None:
    return None


async def no_body() -> AsyncIterator[bytes]:
    nothing_to_send: tuple[bytes, ...] = ()
    for piece in nothing_to_send:
        yield piece


def test_a_request_makes_it_and_is_carried_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[Forwarder] = []

    async def forward(self: Forwarder, *_: Any) -> int:
        carried.append(self)
        return 204

    monkeypatch.setattr(Forwarder, "forward", forward)
    deferred = DeferredForwarder()

    async def run() -> list[int]:
        what = Onward("GET", "http://upstream.example", "/odata/Jobs", "", (), None, False, None)
        return [await deferred.forward(what, no_body(), nothing, nothing) for _ in range(2)]

    assert asyncio.run(run()) == [204, 204]
    assert carried == [deferred.prepare()] * 2


def test_closing_closes_what_was_made_and_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Forwarder] = []

    async def close(self: Forwarder) -> None:
        closed.append(self)

    monkeypatch.setattr(Forwarder, "close", close)
    deferred = DeferredForwarder()
    asyncio.run(deferred.close())
    assert closed == []
    made = deferred.prepare()
    asyncio.run(deferred.close())
    assert closed == [made]


def test_a_house_loads_no_http_client_for_upstreams_by_itself() -> None:
    program = "import sys, stagedoor.door.server; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
