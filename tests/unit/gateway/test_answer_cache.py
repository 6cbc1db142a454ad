"""What is answered from memory, for how long, and within which bounds."""

import asyncio
from dataclasses import replace
from typing import cast

import pytest
from tests.factories.answer_cache import STORED, TENANT, Asking, World, run, status_of
from tests.factories.callers import caller, terms
from tests.factories.scripted_upstream import Listener

from stagedoor.catalog import CATALOG
from stagedoor.gateway.cache_rules import CacheRules
from stagedoor.gateway.flights import PIECE_BYTES
from stagedoor.upstream.errors import UpstreamBroke
from stagedoor.upstream.wire.exchange import CallerEnd


class TestMemory:
    def test_off_unless_there_is_a_rule(self) -> None:
        assert not CacheRules.read((), CATALOG)

        async def talk(world: World) -> None:
            folders = Asking(operation="Folders_Get", path="/odata/Folders")
            first, second = await world.ask(folders), await world.ask(folders)
            assert len(world.asked) == 2
            assert b"cache-status" not in dict(first.headers) | dict(second.headers)

        run(talk)

    def test_answers_for_so_long_and_says_so(self) -> None:
        async def talk(world: World) -> None:
            first = await world.ask(None, b"1", (b"content-encoding", b"gzip"), (b"age", b"3"))
            assert status_of(first) == STORED
            world.seconds += 1.5
            second = await world.ask()
            assert second.body == b"1"
            said = dict(second.headers)
            assert said[b"cache-status"] == b"stagedoor; hit; ttl=0"
            assert (said[b"age"], said[b"content-length"], said[b"content-encoding"]) == (b"4", b"1", b"gzip")
            world.seconds += 0.5
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_keeps_no_longer_than_the_upstream_wants(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"max-age=1"))
            world.seconds += 0.9
            assert (await world.ask()).body == b"1"
            world.seconds += 0.1
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_administrator_may_overrule_an_upstream_that_forbids_it_always(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"no-store, must-revalidate, no-cache, max-age=0"))
            assert (await world.ask()).body == b"1"

        run(talk, "Jobs_Get=2s+no-store")

    def test_a_caller_says_how_old_it_may_be(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            world.seconds += 1
            assert (await world.ask(Asking(headers=((b"cache-control", b"max-age=1"),)))).body == b"1"

        run(talk)

    def test_another_expiry_or_network_of_a_key_changes_no_answer(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1")
            other = caller(replace(terms("all"), networks=("192.0.2.0/24",)))
            assert (await world.ask(Asking(by=other))).body == b"1"

        run(talk)

    def test_a_rule_of_one_tenant_counts_there_alone(self) -> None:
        async def talk(world: World) -> None:
            elsewhere = Asking(tenant=replace(TENANT, tenant_id="t2", tenant_name="prod"))
            for asking in (Asking(), Asking(), elsewhere, elsewhere):
                await world.ask(asking)
            assert len(world.asked) == 3

        run(talk, "Acme/Dev:jobs_get=2")

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_change_in_the_tenant_makes_it_forget(self, fails: bool) -> None:
        async def talk(world: World) -> None:
            change = Asking(operation="Queues_AddQueueItem", method="POST", path="/odata/Queues/x")
            await world.ask(None, b"1")
            before, _ = world.begin(Asking(query="$top=1"))
            changing, _ = world.begin(change)
            during, _ = world.begin(Asking(query="$top=1"))
            assert len(world.asked) == 4
            world.asked[1].answer(b"old")
            world.asked[3].answer(b"perhaps old")
            if fails:
                world.asked[2].sink.fail(UpstreamBroke())
            else:
                world.asked[2].answer(b"")
            for listener in (before, changing, during):
                await listener.end()
            assert (await world.ask(None, b"2")).body == b"2"
            assert (await world.ask(Asking(query="$top=1"), b"new")).body == b"new"
            unchanged = Asking(tenant=replace(TENANT, tenant_id="t2"))
            await world.ask(unchanged, b"3")
            await world.ask(change)
            assert (await world.ask(unchanged)).body == b"3"

        run(talk)

    def test_is_bounded_in_entries_and_bytes(self) -> None:
        async def talk(world: World) -> None:
            for number in range(10):
                await world.ask(Asking(query=f"$top={number}"), b"x" * 300)
                assert world.cache.bytes_kept <= 1000
            await world.ask(Asking(query="$top=9"))
            assert len(world.asked) == 10
            await world.ask(Asking(query="$top=0"), b"x" * 2000)
            await world.ask(Asking(query="$top=0"), b"x" * 2000)
            assert len(world.asked) == 12

        run(talk, bytes_max=1000)

        async def few(world: World) -> None:
            for number in (0, 1, 0, 2, 0, 1):
                await world.ask(Asking(query=f"$top={number}"))
            assert len(world.asked) == 4

        run(few, entries_max=2)

    def test_a_question_too_long_to_remember_is_asked(self) -> None:
        async def talk(world: World) -> None:
            long = Asking(headers=((b"x-long", b"x" * 5000),))
            assert status_of(await world.ask(long)) == b"stagedoor; fwd=bypass"
            await world.ask(long)
            assert len(world.asked) == 2

        run(talk)

    def test_a_long_answer_comes_as_fast_as_its_caller_takes_it(self) -> None:
        class Slow(Listener):
            def write(self, data: bytes) -> None:
                super().write(data)
                end.pause_answer()

        async def talk(world: World) -> None:
            nonlocal end
            await world.ask(None, b"x" * (3 * PIECE_BYTES))
            slow = Slow()
            _, end = world.begin(sink=slow)
            for pieces in (1, 2, 3):
                await asyncio.sleep(0)
                assert len(slow.pieces) == pieces
                assert "finish" not in slow.calls or pieces == 3
                end.resume_answer()
            await slow.end()
            assert slow.body == b"x" * (3 * PIECE_BYTES)
            gone = Slow()
            _, end = world.begin(sink=gone)
            await asyncio.sleep(0)
            end.cancel()
            end.resume_answer()
            assert len(gone.pieces) == 1
            assert "finish" not in gone.calls

        end = cast("CallerEnd", None)
        run(talk)
