"""Identical reads at the same time are one question upstream."""

import asyncio

import pytest
from tests.factories.answer_cache import COLLAPSED, MISSED, World, run, status_of

from stagedoor.gateway.answer_cache import ALONE_SECONDS
from stagedoor.gateway.flights import ANSWER_BYTES_MAX
from stagedoor.upstream.errors import UpstreamBroke, UpstreamUnreachable


class TestOneQuestionForAll:
    def test_who_asks_meanwhile_waits_for_the_same_answer(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(100)]
            assert len(world.asked) == 1
            world.asked[0].answer(b"1")
            for listener in listeners:
                await listener.end()
                assert listener.body == b"1"
            assert [status_of(listener) for listener in listeners] == [MISSED, *[COLLAPSED] * 99]
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk, "Jobs_Get=0")

    def test_who_leaves_ends_nothing_for_the_others(self) -> None:
        async def talk(world: World) -> None:
            first, end = world.begin()
            second, _ = world.begin()
            end.cancel()
            world.asked[0].answer(b"1")
            await second.end()
            assert (second.body, first.calls, world.asked[0].calls) == (b"1", [], [])

        run(talk)

    def test_when_all_have_left_upstream_is_not_waited_for(self) -> None:
        async def talk(world: World) -> None:
            ends = [world.begin()[1] for _ in range(3)]
            for end in ends:
                end.cancel()
                end.cancel()
            assert world.asked[0].calls == ["cancel"]
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_what_goes_wrong_is_told_to_all_and_the_next_asks_anew(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(3)]
            world.asked[0].sink.fail(UpstreamBroke())
            assert all(isinstance(listener.error, UpstreamBroke) for listener in listeners)
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_that_breaks_off_is_nobodys(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(2)]
            sink = world.asked[0].sink
            sink.start(200, [], None)
            sink.write(b"half")
            sink.fail(UpstreamBroke())
            assert [listener.calls for listener in listeners] == [["fail"], ["fail"]]

        run(talk)

    def test_a_refusal_of_the_upstreams_is_told_to_all(self) -> None:
        async def talk(world: World) -> None:
            listeners = [world.begin()[0] for _ in range(3)]
            world.asked[0].answer(b"slow down", (b"retry-after", b"7"), status=429)
            assert {listener.status for listener in listeners} == {429}
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_what_cannot_be_begun_is_raised_and_leaves_nothing_behind(self) -> None:
        async def talk(world: World) -> None:
            world.failure = UpstreamUnreachable()
            with pytest.raises(UpstreamUnreachable):
                world.begin()
            world.failure = None
            assert (await world.ask(None, b"2")).body == b"2"

        run(talk)

    def test_an_answer_that_may_not_be_shared_is_the_firsts_and_the_others_ask_for_themselves(self) -> None:
        async def talk(world: World) -> None:
            (first, _), (second, end), (gone, leaves), (third, _) = (world.begin() for _ in range(4))
            leaves.cancel()
            end.pause_answer()
            world.asked[0].answer(b"1", (b"cache-control", b"private"))
            assert first.body == b"1"
            assert second.calls == []
            await asyncio.sleep(0)
            assert len(world.asked) == 3
            assert world.asked[1].calls == ["pause"]
            end.resume_answer()
            world.asked[1].answer(b"2")
            end.cancel()
            world.asked[2].sink.fail(UpstreamBroke())
            assert (second.body, third.calls, gone.calls) == (b"2", ["fail"], [])
            assert world.asked[1].calls == ["pause", "resume", "cancel"]

        run(talk)

    def test_whoever_cannot_ask_for_itself_then_is_told(self) -> None:
        async def talk(world: World) -> None:
            world.begin()
            second, _ = world.begin()
            world.failure = UpstreamUnreachable()
            world.asked[0].answer(b"1", (b"cache-control", b"private"))
            await second.end()
            assert isinstance(second.error, UpstreamUnreachable)

        run(talk)

    def test_for_a_while_nobody_waits_for_what_turned_out_not_to_be_shared(self) -> None:
        async def talk(world: World) -> None:
            await world.ask(None, b"1", (b"cache-control", b"private"))
            listeners = [world.begin()[0] for _ in range(2)]
            assert len(world.asked) == 3
            for exchange in world.asked[1:]:
                exchange.answer(b"2")
            assert {status_of(listener) for listener in listeners} == {b"stagedoor; fwd=bypass"}
            world.seconds += ALONE_SECONDS
            assert [world.begin() and len(world.asked) for _ in range(2)] == [4, 4]

        run(talk)

    @pytest.mark.parametrize("says_length", [True, False])
    def test_an_answer_too_long_to_hold_streams_to_the_first(self, says_length: bool) -> None:
        async def talk(world: World) -> None:
            (first, end), (second, _) = world.begin(), world.begin()
            piece = b"x" * (ANSWER_BYTES_MAX // 2)
            length = 3 * len(piece) if says_length else None
            sink = world.asked[0].sink
            sink.start(200, [], length)
            assert bool(first.calls) == says_length
            for _ in range(3):
                sink.write(piece)
            assert first.bytes_heard == 3 * len(piece)
            assert (first.content_length, first.status) == (length, 200)
            end.pause_answer()
            assert world.asked[0].calls == ["pause"]
            sink.finish()
            await first.end()
            await asyncio.sleep(0)
            world.asked[1].answer(b"2")
            assert second.body == b"2"

        run(talk)
