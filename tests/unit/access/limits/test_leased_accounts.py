"""Several workers on one store, each with what it leased; on SQLite and on PostgreSQL, on a clock that a test moves."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.factories.postgresql import database_on

from stagedoor.access.limits.key_limits import DAY, SECOND, Claim, Limit
from stagedoor.access.limits.leased_accounts import KEPT, LEASE, LOT_LIFE, LeasedAccounts
from stagedoor.access.limits.serving_machines import GONE_AFTER, SEEN_EVERY, ServingMachines
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.threads import WorkerThreads
from stagedoor.migrations.upgrade import upgrade_store
from stagedoor.passage import KeyLimits

NOON = 20_000 * DAY + DAY // 2


class Machines:
    """Workers on one store, with one clock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.threads = WorkerThreads(4)

    def worker(self, name: str) -> LeasedAccounts:
        return LeasedAccounts(self.database, self.threads, name, lambda: self.now)

    async def claim(self, worker: LeasedAccounts, limits: KeyLimits) -> Claim:
        answer = worker.claim("k", limits, self.now)
        return answer if isinstance(answer, Claim) else await answer

    async def enter(self, worker: LeasedAccounts, concurrency: int) -> bool:
        answer = worker.enter("k", concurrency, self.now)
        return answer if isinstance(answer, bool) else await answer


@pytest.fixture(params=["sqlite", "postgresql"])
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            database = Database(f"sqlite:///{tmp_path / 'store.db'}")
            upgrade_store(database)
            stack.callback(database.close)
        else:
            database = stack.enter_context(database_on(request.getfixturevalue("postgresql")))
        found = Machines(database)
        stack.callback(found.threads.close)
        yield found


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 30))


def test_two_workers_together_never_exceed_a_daily_quota(machines: Machines) -> None:
    async def test() -> None:
        limits, workers = KeyLimits(daily_quota=50), [machines.worker("a"), machines.worker("b")]
        granted = 0
        for round_number in range(60):
            answers = await asyncio.gather(*(machines.claim(worker, limits) for worker in workers for _ in range(3)))
            granted += sum(answer.granted for answer in answers)
            machines.now += SECOND // 3
            if round_number % 5 == 0:
                for worker in workers:
                    await machines.threads.run(worker.keep_up, machines.now)
        assert granted == 50
        refused = await machines.claim(workers[0], limits)
        assert refused.limit is Limit.DAILY_QUOTA
        machines.now += DAY
        assert (await machines.claim(workers[1], limits)).granted == 1

    run(test)


def test_no_span_holds_more_than_the_burst_and_what_the_rate_holds_in_one_second_more(machines: Machines) -> None:
    async def test() -> None:
        limits, workers = KeyLimits(20, 1, 10), [machines.worker(name) for name in "abc"]
        passed: list[int] = []
        for _ in range(60):
            answers = await asyncio.gather(*(machines.claim(worker, limits) for worker in workers for _ in range(4)))
            passed += [machines.now] * sum(answer.granted for answer in answers)
            machines.now += SECOND // 10
        for span in (0, SECOND // 2, SECOND, 3 * SECOND):
            for start in set(passed):
                count = sum(start <= at <= start + span for at in passed)
                assert count * SECOND <= 10 * SECOND + 20 * (span + LOT_LIFE)
        # And it is no less than the rate, but for what lies in lots at the end.
        assert len(passed) >= 20 * 5

    run(test)


def test_a_key_beyond_its_rate_is_refused_without_asking_the_store_again(machines: Machines) -> None:
    async def test() -> None:
        worker, limits = machines.worker("a"), KeyLimits(1, 60, 1)
        assert (await machines.claim(worker, limits)).granted == 1
        assert (await machines.claim(worker, limits)).granted == 0
        again = worker.claim("k", limits, machines.now)
        assert isinstance(again, Claim)
        assert (again.granted, again.retry_after) == (0, 60)

    run(test)


def test_a_key_that_sends_nothing_for_long_is_forgotten_and_nothing_of_its_use(machines: Machines) -> None:
    async def test() -> None:
        worker, limits = machines.worker("a"), KeyLimits(daily_quota=2)
        assert (await machines.claim(worker, limits)).granted == 1
        machines.now += KEPT + SECOND
        await machines.threads.run(worker.keep_up, machines.now)
        assert not worker._lots
        assert [(await machines.claim(worker, limits)).granted for _ in range(2)] == [1, 0]

    run(test)


def test_a_lot_is_not_spent_when_its_second_is_over_and_comes_back(machines: Machines) -> None:
    async def test() -> None:
        limits = KeyLimits(daily_quota=40)
        first, second = machines.worker("a"), machines.worker("b")
        for _ in range(12):
            assert (await machines.claim(first, limits)).granted == 1
        machines.now += LOT_LIFE
        await machines.threads.run(first.keep_up, machines.now)
        granted = 0
        while (await machines.claim(second, limits)).granted:
            granted += 1
        assert granted == 40 - 12

    run(test)


def test_a_lot_of_one_day_is_not_spent_on_the_next(machines: Machines) -> None:
    async def test() -> None:
        machines.now = NOON + DAY // 2 - SECOND // 2
        worker, limits = machines.worker("a"), KeyLimits(daily_quota=10)
        for _ in range(4):
            await machines.claim(worker, limits)
        machines.now += SECOND // 2
        granted = 0
        while (await machines.claim(worker, limits)).granted:
            granted += 1
        assert granted == 10

    run(test)


def test_workers_together_never_have_more_under_way_than_may_be(machines: Machines) -> None:
    async def test() -> None:
        first, second = machines.worker("a"), machines.worker("b")
        entered = await asyncio.gather(*(machines.enter(worker, 3) for worker in (first, second) for _ in range(3)))
        assert sum(entered) == 3
        leaving = first if any(entered[:3]) else second
        leaving.leave("k")
        await machines.threads.run(leaving.keep_up, machines.now)
        assert await machines.enter(second, 3)
        assert not await machines.enter(first, 3)

    run(test)


def test_what_is_under_way_for_long_keeps_its_permit_and_what_a_killed_worker_had_comes_back(
    machines: Machines,
) -> None:
    async def test() -> None:
        living, killed, other = machines.worker("a"), machines.worker("b"), machines.worker("c")
        assert await machines.enter(living, 2)
        assert await machines.enter(killed, 2)
        for _ in range(3):
            machines.now += LEASE // 3
            await machines.threads.run(living.keep_up, machines.now)
        assert await machines.enter(other, 2)
        assert not await machines.enter(other, 2)

    run(test)


def test_a_permit_at_hand_is_taken_without_the_store(machines: Machines) -> None:
    async def test() -> None:
        worker = machines.worker("a")
        entered = await asyncio.gather(*(machines.enter(worker, 3) for _ in range(3)))
        assert entered == [True] * 3
        worker.leave("k")
        assert worker.enter("k", 3, machines.now) is True

    run(test)


def test_a_store_that_is_away_lets_nothing_through_and_loses_nothing(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        worker, limits = machines.worker("a"), KeyLimits(daily_quota=10)
        for _ in range(5):
            await machines.claim(worker, limits)
        machines.now += LOT_LIFE
        assert await machines.enter(worker, 2)
        with monkeypatch.context() as away:

            def refuse(*_: object) -> None:
                raise StoreUnavailable(internal="away")

            away.setattr("stagedoor.access.limits.store.lock_use", refuse)
            with pytest.raises(StoreUnavailable):
                await machines.claim(worker, limits)
            with pytest.raises(StoreUnavailable):
                await machines.enter(worker, 2)
        assert [(await machines.claim(worker, limits)).granted for _ in range(6)] == [1, 1, 1, 1, 1, 0]
        assert await machines.enter(worker, 2)
        assert not await machines.enter(worker, 2)

    run(test)


def test_a_request_for_which_no_lot_lasts_is_told_to_come_again(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        worker = machines.worker("a")

        def used_up_by_others(*_: object) -> None:
            """Draw a lot that is gone before anybody who waits for it looks."""

        monkeypatch.setattr(worker, "_draw", used_up_by_others)
        answer = await machines.claim(worker, KeyLimits(daily_quota=10))
        assert (answer.granted, answer.retry_after) == (0, 1)

    run(test)


def test_a_worker_that_ends_gives_everything_back(machines: Machines) -> None:
    async def test() -> None:
        first, second, limits = machines.worker("a"), machines.worker("b"), KeyLimits(daily_quota=9)
        for _ in range(4):
            await machines.claim(first, limits)
        assert await machines.enter(first, 1)
        first.leave("k")
        first.close()
        assert await machines.enter(second, 1)
        assert [(await machines.claim(second, limits)).granted for _ in range(6)] == [1, 1, 1, 1, 1, 0]

    run(test)


def test_machines_divide_a_budget_among_those_that_serve(machines: Machines, tmp_path: Path) -> None:
    first, second = (
        ServingMachines(machines.database, tmp_path / name, SeededChance(number)) for number, name in enumerate("ab")
    )
    if machines.database.is_sqlite:
        first.keep_up(NOON)
        second.keep_up(NOON)
        assert (first.part_of(100), second.part_of(100)) == (100, 100)
        return
    first.keep_up(NOON)
    second.keep_up(NOON)
    assert (first.part_of(100), second.part_of(100)) == (100, 50)
    first.keep_up(NOON + SEEN_EVERY)
    assert (first.part_of(100), first.part_of(1)) == (50, 1)
    # Another worker of the same machine is the same machine.
    ServingMachines(machines.database, tmp_path / "a", SeededChance(9)).keep_up(NOON + SEEN_EVERY)
    second.keep_up(NOON + SEEN_EVERY)
    assert second.part_of(100) == 50
    second.keep_up(NOON + 2 * SEEN_EVERY + GONE_AFTER)
    assert second.part_of(100) == 100
