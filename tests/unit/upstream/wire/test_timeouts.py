"""How long an upstream may be silent, by what it was asked to do, and what its caller is told."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest
from tests.factories.scripted_upstream import Listener, Visit, onward, scripted_upstream

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Pace
from stagedoor.kit.settings import UpstreamTimeouts
from stagedoor.upstream.errors import UpstreamConnectTimedOut, UpstreamTimedOut
from stagedoor.upstream.wire.pool import PoolLimits
from stagedoor.upstream.wire.upstream_wire import UpstreamWire

LONG = 10_000
SLOW = PoolLimits(
    tick_seconds=0.01, read_ticks=LONG, write_ticks=LONG, long_ticks=LONG, transfer_ticks=LONG, pause_ticks=LONG
)


def ask(
    script: Callable[[Visit], Coroutine[None, None, None]], limits: PoolLimits, *body: bytes, **changes: object
) -> Listener:
    listener = Listener()

    async def main() -> None:
        wire = UpstreamWire(limits)
        async with scripted_upstream(script) as upstream:
            exchange = wire.begin(onward(upstream.base_url, **changes), listener)
            for piece in body:
                exchange.write_body(piece)
            if body:
                exchange.end_body()
            await listener.end()
            await wire.close()

    asyncio.run(main())
    return listener


async def silent(visit: Visit) -> None:
    await visit.head()
    await visit.reader.read()


@pytest.mark.parametrize("pace", list(Pace))
def test_each_kind_of_operation_has_a_bound_of_its_own(pace: Pace) -> None:
    listener = ask(silent, replace(SLOW, **{f"{pace}_ticks": 3}), pace=pace)
    assert isinstance(listener.error, UpstreamTimedOut)
    assert listener.error.details == {"timeout": pace.value, "timeout_seconds": 0.03}
    assert f"timeout {pace}" in listener.error.public


def test_a_pause_within_an_answer_is_bounded_apart() -> None:
    async def pausing(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
        await visit.reader.read()

    listener = ask(pausing, replace(SLOW, pause_ticks=3))
    assert listener.calls == ["start", "write", "fail"]
    assert listener.error is not None
    assert listener.error.details["timeout"] == "idle"


def test_a_long_answer_without_long_pauses_is_never_too_long() -> None:
    async def dripping(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
        for _ in range(20):
            await asyncio.sleep(0.01)
            await visit.send(b"x")

    listener = ask(dripping, PoolLimits(tick_seconds=0.01, read_ticks=10, pause_ticks=10))
    assert listener.body == b"x" * 20


def test_only_after_a_read_it_is_called_safe_to_try_again() -> None:
    quick = replace(SLOW, read_ticks=2, write_ticks=2)
    read, write = ask(silent, quick), ask(silent, quick, method="POST", pace=Pace.WRITE)
    assert read.error is not None
    assert write.error is not None
    assert "safe" in str(read.error.hint)
    assert "unknown" in str(write.error.hint)


def test_a_connection_that_never_comes_about_is_told_apart() -> None:
    async def never_speaks_tls(visit: Visit) -> None:
        await visit.reader.read()

    listener = Listener()

    async def main() -> None:
        wire = UpstreamWire(PoolLimits(connect_seconds=0.05))
        async with scripted_upstream(never_speaks_tls) as upstream:
            wire.begin(onward(upstream.base_url.replace("http:", "https:")), listener)
            await listener.end()
            await wire.close()

    asyncio.run(main())
    assert isinstance(listener.error, UpstreamConnectTimedOut)
    assert (listener.error.status, listener.error.details["timeout"]) == (504, "connect")


def test_an_operators_timeouts_are_kept_to() -> None:
    limits = PoolLimits.within(UpstreamTimeouts(connect=1, read=2, write=3, long=4, transfer=5, idle=6))
    assert (limits.connect_seconds, limits.line_ticks, limits.pause_ticks, limits.tick_seconds) == (1, 1, 6, 1.0)
    assert [limits.ticks_for(pace) for pace in (Pace.READ, Pace.WRITE, Pace.LONG, Pace.TRANSFER)] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("operation", "pace"),
    [
        ("Jobs_Get", Pace.READ),
        ("Jobs_StartJobs", Pace.WRITE),
        ("Jobs_Export", Pace.LONG),
        ("Queues_BulkAddQueueItems", Pace.LONG),
        ("Processes_UploadPackage", Pace.TRANSFER),
        ("Libraries_DownloadPackageByKey", Pace.TRANSFER),
    ],
)
def test_the_catalogue_says_what_takes_long(operation: str, pace: Pace) -> None:
    assert CATALOG.get_operation(operation).pace is pace
