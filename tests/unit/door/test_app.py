"""The chain as a whole: whatever happens on the way becomes one answer and one row, or a cut connection."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.house import SmallHouse, open_small_house

from stagedoor.access.reasons import Reason
from stagedoor.door import app, upkeep
from stagedoor.door.chain.judge import judge
from stagedoor.door.surfaces import Surface
from stagedoor.gateway.dispatch import Gateway
from stagedoor.gateway.errors import CallerLeft
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.upstream.errors import UpstreamBroke

QUEUES = "/acme/dev/odata/QueueDefinitions"
SHARED = [("x-uipath-folderpath", "Shared")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def carry_by(monkeypatch: pytest.MonkeyPatch, failure: Exception, *, after_the_head: bool = False) -> None:
    async def carry(_: Gateway, __: object, ___: object, start: Any, ____: object) -> None:
        if after_the_head:
            await start(200, [])
        raise failure

    monkeypatch.setattr(Gateway, "carry", carry)


def test_every_answer_carries_the_id_of_its_request(small: SmallHouse) -> None:
    for path, key in ((QUEUES, small.sample_key), ("/nowhere", None), ("/healthz", None), ("/console", None)):
        answer = small.ask("GET", path, key=key)
        assert len(answer.headers["x-request-id"]) == 32
    assert small.ask("GET", QUEUES, key=small.sample_key).headers["x-request-id"] == small.rows()[-1].request_id


def test_a_fault_of_our_own_is_a_500_that_says_nothing_of_it(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_by(monkeypatch, ZeroDivisionError("canary"))
    answer = small.ask("GET", QUEUES, key=small.sample_key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (500, "internal")
    assert "canary" not in str(answer)
    row = small.rows()[-1]
    assert (row.status, row.reason, row.verdict) == (500, "internal", "allowed")


def test_a_store_that_is_away_is_a_503_to_try_again(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_by(monkeypatch, StoreUnavailable(internal="canary"))
    answer = small.ask("GET", QUEUES, key=small.sample_key)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "canary" not in str(answer)


def test_a_caller_who_left_gets_no_answer_and_leaves_a_row(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_by(monkeypatch, CallerLeft())
    with pytest.raises(ValueError, match="unpack"):
        small.ask("GET", QUEUES, key=small.sample_key)
    row = small.rows()[-1]
    assert (row.status, row.reason) == (0, "caller_left")


def test_a_key_that_ends_while_its_request_waits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_small_house(tmp_path) as small:
        key = small.make_key("QueueDefinitions_Get", expires_in="1h")

        async def wait() -> None:
            small.clock.advance(timedelta(hours=1))

        way = list(app.WAYS[Surface.ORCHESTRATOR])
        way.insert(way.index(judge), lambda _: wait())
        assert small.ask("GET", QUEUES, SHARED, key=key).status == 200
        monkeypatch.setattr(app, "WAYS", {**app.WAYS, Surface.ORCHESTRATOR: tuple(way)})
        assert small.ask("GET", QUEUES, SHARED, key=key).status == 403
        assert small.rows()[-1].reason == Reason.EXPIRED


@pytest.mark.parametrize("failure", [UpstreamBroke(), ZeroDivisionError()])
def test_an_answer_that_breaks_half_way_is_cut_and_not_ended_as_if_it_were_whole(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    carry_by(monkeypatch, failure, after_the_head=True)
    with pytest.raises(Exception, match=r"."):
        small.ask("GET", QUEUES, key=small.sample_key)
    row = small.rows()[-1]
    assert (row.status, row.verdict) == (200, "allowed")
    assert row.reason in ("upstream_broke", "internal")


def test_the_door_speaks_http_alone(small: SmallHouse) -> None:
    async def nothing(*_: object) -> None:
        """Stand in for a server that is never asked."""

    with pytest.raises(RuntimeError, match="websocket"):
        small.loop.run_until_complete(small.house.app({"type": "websocket"}, nothing, nothing))  # type: ignore[arg-type]


def test_a_house_lives_from_startup_to_shutdown_and_does_its_duties_between(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "CHANGES_EVERY_SECONDS", 0)
    monkeypatch.setattr(upkeep, "NOTES_EVERY_TICKS", 2)
    monkeypatch.setattr(upkeep, "CLEAN_UP_EVERY_TICKS", 2)
    cleaned = asyncio.Event()
    clean_up = small.house.oauth.clean_up

    def cleaning() -> None:
        clean_up()
        small.loop.call_soon_threadsafe(cleaned.set)

    monkeypatch.setattr(small.house.oauth, "clean_up", cleaning)
    told: list[str] = []

    async def live() -> None:
        begun = False

        async def receive() -> dict[str, str]:
            nonlocal begun
            if begun:
                await asyncio.wait_for(cleaned.wait(), 10)
                return {"type": "lifespan.shutdown"}
            begun = True
            return {"type": "lifespan.startup"}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await small.house.app({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]  # a scope of its own kind

    small.loop.run_until_complete(live())
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert b"stagedoor_access_keys 1.0" in small.ask("GET", "/metrics", client=("127.0.0.1", 1)).body
