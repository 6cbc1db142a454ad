"""The index of a remote Orchestrator's folders: read seldom, healed where numbers change, and never guessed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
import pytest

from stagedoor.kit.clock import HeldClock
from stagedoor.passage import TenantPlace
from stagedoor.upstream.errors import UpstreamUnreachable
from stagedoor.upstream.folders.directory import ASKED_AGAIN_AFTER, KEPT, PAGE_FOLDERS, RemoteFolders
from stagedoor.upstream.forward import Forwarder
from stagedoor.upstream.onward import Onward

TENANT = TenantPlace("o1", "acme", "t1", "dev", "https://orchestrator.example")
Row = dict[str, Any]


def row(number: int, path: str, key: str, parent: int | None = None) -> Row:
    return {"Id": number, "Key": key, "FullyQualifiedName": path, "ParentId": parent}


class ScriptedForwarder:
    """Answers the list of folders, and counts how often it was asked."""

    def __init__(self, *rows: Row) -> None:
        self.rows = list(rows)
        self.status = 200
        self.body: bytes | None = None
        self.failure: Exception | None = None
        self.asked: list[str] = []

    async def forward(self, onward: Onward, _: AsyncIterator[bytes], start: Any, take: Any) -> int:
        self.asked.append(onward.query)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        await start(self.status, [])
        skip = int(onward.query.rpartition("=")[2])
        await take(self.body or orjson.dumps({"value": self.rows[skip : skip + PAGE_FOLDERS]}))
        return self.status


class World:
    def __init__(self, *rows: Row) -> None:
        self.upstream = ScriptedForwarder(*rows)
        self.clock = HeldClock(datetime(2026, 3, 2, tzinfo=UTC))
        self.folders = RemoteFolders(cast("Forwarder", self.upstream), self.clock)

    def read(self) -> Any:
        return asyncio.run(self.folders.read(TENANT))


def test_folders_are_found_by_number_key_and_path_with_their_line_of_parents() -> None:
    index = World(row(7, "Sales", "AA"), row(9, "Sales/North", "bb", 7)).read()
    north = index.by_path["sales/north"]
    assert north == index.by_id[9] == index.by_key["bb"]
    assert north.lineage == ("aa", "bb")


def test_a_folder_whose_parents_are_not_all_listed_belongs_to_nobody() -> None:
    index = World(row(9, "Sales/North", "bb", 7), row(1, "Ring", "cc", 2), row(2, "Ring/In", "dd", 1)).read()
    assert index.places == ()


def test_the_index_is_kept_for_a_minute() -> None:
    world = World(row(7, "Sales", "aa"))
    assert world.folders.find_index(TENANT) is None
    index = world.read()
    world.clock.advance(KEPT)
    assert world.folders.find_index(TENANT) is index
    world.clock.advance(timedelta(seconds=1))
    assert world.folders.find_index(TENANT) is None
    assert world.folders.latest(TENANT) is index


def test_a_missing_folder_is_worth_another_look_only_after_a_while() -> None:
    world = World(row(7, "Sales", "aa"))
    index = world.read()
    assert not world.folders.may_be_outdated(index)
    world.clock.advance(ASKED_AGAIN_AFTER + timedelta(seconds=1))
    assert world.folders.may_be_outdated(index)


def test_a_number_that_a_folder_had_goes_on_finding_it() -> None:
    world = World(row(7, "Sales", "aa"))
    world.read()
    world.upstream.rows = [row(700, "Sales", "aa")]
    index = world.read()
    found = world.folders.find_by_id(TENANT, index, 7)
    assert found is not None
    assert (found.key, found.id) == ("aa", 700)


def test_a_number_that_another_folder_has_now_is_that_folders() -> None:
    world = World(row(7, "Sales", "aa"))
    world.read()
    world.upstream.rows = [row(700, "Sales", "aa"), row(7, "Legal", "bb")]
    found = world.folders.find_by_id(TENANT, world.read(), 7)
    assert found is not None
    assert found.key == "bb"


def test_many_who_ask_at_once_are_one_question() -> None:
    world = World(row(7, "Sales", "aa"))

    async def crowd() -> None:
        await asyncio.gather(*(world.folders.read(TENANT) for _ in range(50)))

    asyncio.run(crowd())
    assert len(world.upstream.asked) == 1


def test_pages_are_followed() -> None:
    world = World(*(row(number, f"F{number}", f"k{number}") for number in range(PAGE_FOLDERS + 5)))
    assert len(world.read().places) == PAGE_FOLDERS + 5
    assert len(world.upstream.asked) == 2


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"value": [1]}', b'{"value": [{"Id": 1}]}', b"{}"])
def test_what_is_no_list_of_folders_tells_nothing(body: bytes) -> None:
    world = World()
    world.upstream.body = body
    index = world.read()
    assert not index.is_known
    assert index.places == ()


def test_an_upstream_that_refuses_or_is_away_tells_nothing() -> None:
    world = World(row(7, "Sales", "aa"))
    world.upstream.status = 403
    assert not world.read().is_known
    world.upstream.status, world.upstream.failure = 200, UpstreamUnreachable()
    assert not world.read().is_known


def test_a_tenant_that_was_moved_has_other_folders() -> None:
    world = World(row(7, "Sales", "aa"))
    world.read()
    moved = TenantPlace("o1", "acme", "t1", "dev", "https://elsewhere.example")
    assert world.folders.latest(moved) is None
