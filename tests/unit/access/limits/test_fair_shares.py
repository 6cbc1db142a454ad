"""Visits that wait for their turn, on a loop of their own and a clock that a test moves."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from stagedoor.access.limits import fair_shares
from stagedoor.access.limits.errors import UpstreamBudgetSpent
from stagedoor.access.limits.fair_share import MINUTE
from stagedoor.access.limits.fair_shares import FairShares
from stagedoor.access.limits.key_limits import DAY, SECOND

NOON = 20_000 * DAY + DAY // 2
UPSTREAM = "https://orch.example/acme/prod/orchestrator_"


class Hands:
    """A clock."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


def on_a_loop(test: Callable[[FairShares, Hands], Coroutine[Any, Any, None]], directory: Path) -> None:
    async def run() -> None:
        hands = Hands()
        shares = FairShares(directory / "limits", hands)
        try:
            await asyncio.wait_for(test(shares, hands), 20)
        finally:
            shares.close()

    asyncio.run(run())


def spend(shares: FairShares, key: str, count: int, *, budget: int = 4) -> None:
    for _ in range(count):
        assert shares.ask(UPSTREAM, key, 1, budget) is None


def test_who_waits_goes_when_the_minute_has_moved_on(tmp_path: Path) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 4)
        hands.now += MINUTE - SECOND
        turn = shares.ask(UPSTREAM, "a", 1, 4)
        assert turn is not None
        await asyncio.sleep(0)
        assert not turn.done()
        hands.now += SECOND
        await turn

    on_a_loop(test, tmp_path)


def test_waiting_for_nothing_is_refused_at_once_with_the_time_to_come_back(tmp_path: Path) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 4)
        hands.now += 20 * SECOND
        with pytest.raises(UpstreamBudgetSpent) as refused:
            shares.ask(UPSTREAM, "b", 1, 4)
        assert refused.value.headers["Retry-After"] == "40"

    on_a_loop(test, tmp_path)


def test_who_has_had_its_share_waits_for_the_others_and_then_no_longer_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_shares, "PATIENCE", SECOND)

    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 4)
        hands.now += 50 * SECOND
        with pytest.raises(UpstreamBudgetSpent):
            shares.ask(UPSTREAM, "b", 1, 4)
        hands.now += 10 * SECOND
        spend(shares, "a", 2)
        turn = shares.ask(UPSTREAM, "a", 1, 4)
        assert turn is not None
        hands.now += SECOND
        with pytest.raises(UpstreamBudgetSpent):
            await turn
        spend(shares, "b", 2)

    on_a_loop(test, tmp_path)


def test_a_key_is_served_in_the_order_in_which_its_requests_came(tmp_path: Path) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 2, budget=2)
        hands.now += MINUTE - SECOND
        first, second, third = (shares.ask(UPSTREAM, "a", 1, 2) for _ in range(3))
        assert first is not None
        assert second is not None
        assert third is not None
        hands.now += SECOND
        await first
        await second
        assert not third.done()
        third.cancel()

    on_a_loop(test, tmp_path)


def test_who_leaves_gives_up_its_place(tmp_path: Path) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 2, budget=2)
        hands.now += MINUTE - SECOND
        first, second = shares.ask(UPSTREAM, "b", 1, 2), shares.ask(UPSTREAM, "b", 1, 2)
        assert first is not None
        assert second is not None
        first.cancel()
        second.cancel()
        await asyncio.sleep(0.2)
        hands.now += SECOND
        spend(shares, "a", 2, budget=2)

    on_a_loop(test, tmp_path)


def test_only_so_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_shares, "WAITING_MAX", 3)

    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 1, budget=1)
        hands.now += MINUTE - SECOND
        turns = [shares.ask(UPSTREAM, f"k{number}", 1, 1) for number in range(3)]
        with pytest.raises(UpstreamBudgetSpent):
            shares.ask(UPSTREAM, "one more", 1, 1)
        for turn in turns:
            assert turn is not None
            turn.cancel()
        await asyncio.sleep(0.2)
        again = shares.ask(UPSTREAM, "k0", 1, 1)
        assert again is not None
        again.cancel()

    on_a_loop(test, tmp_path)


def test_one_key_leaves_room_for_others_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_shares, "WAITING_EACH_MAX", 2)

    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 1, budget=1)
        hands.now += MINUTE - SECOND
        turns = [shares.ask(UPSTREAM, "a", 1, 1) for _ in range(2)]
        with pytest.raises(UpstreamBudgetSpent):
            shares.ask(UPSTREAM, "a", 1, 1)
        turns.append(shares.ask(UPSTREAM, "b", 1, 1))
        for turn in turns:
            assert turn is not None
            turn.cancel()

    on_a_loop(test, tmp_path)


def test_what_the_upstream_says_holds_for_everybody(tmp_path: Path) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        shares.learn(UPSTREAM, 30)
        with pytest.raises(UpstreamBudgetSpent) as refused:
            shares.ask(UPSTREAM, "a", 1, 4)
        assert refused.value.headers["Retry-After"] == "30"
        assert shares.ask(f"{UPSTREAM}/other", "a", 1, 4) is None

    on_a_loop(test, tmp_path)


def test_a_failure_while_others_wait_is_told_to_those_who_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(shares: FairShares, hands: Hands) -> None:
        spend(shares, "a", 1, budget=1)
        hands.now += MINUTE - SECOND
        gone, turn = shares.ask(UPSTREAM, "a", 1, 1), shares.ask(UPSTREAM, "a", 1, 1)
        assert gone is not None
        assert turn is not None

        def broken(*_: object, **__: object) -> None:
            gone.cancel()
            raise OSError("broken")

        monkeypatch.setattr("stagedoor.access.limits.shared_budget.SharedBudget.ask", broken)
        with pytest.raises(OSError, match="broken"):
            await turn

    on_a_loop(test, tmp_path)
