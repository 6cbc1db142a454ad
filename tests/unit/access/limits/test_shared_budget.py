"""Fairness over minutes: shares by weight when all are hungry, everything for one alone, and nobody starves."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor.access.limits.fair_share import MINUTE
from stagedoor.access.limits.key_limits import DAY, SECOND
from stagedoor.access.limits.shared_budget import COMING_BACK, SharedBudget

NOON = 20_000 * DAY + DAY // 2
BUDGET = 20
PATIENCE = 5 * SECOND


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[[], SharedBudget]]:
    opened: list[SharedBudget] = []
    names = count()

    def make() -> SharedBudget:
        opened.append(SharedBudget(tmp_path / f"budget-{next(names)}"))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def ask(budget: SharedBudget, key: int, now: int, *, weight: int = 1, patience: int = PATIENCE) -> bool:
    return budget.ask(key, weight, budget=BUDGET, now=now, patience=patience) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weights=st.lists(st.integers(1, 5), min_size=2, max_size=5), pace=st.integers(1, 2))
def test_hungry_keys_share_by_weight_whoever_came_first(
    fresh: Callable[[], SharedBudget], weights: list[int], pace: int
) -> None:
    budget = fresh()
    # The first has everything before the others come.
    for _ in range(BUDGET):
        assert ask(budget, 1, NOON, weight=weights[0])
    now, had = NOON, Counter[int]()
    for minute in range(3):
        for _ in range(0, 60, pace):
            now += pace * SECOND
            for key, weight in enumerate(weights, 1):
                while ask(budget, key, now, weight=weight, patience=0):
                    if minute == 2:
                        had[key] += 1
    for key, weight in enumerate(weights, 1):
        share = BUDGET * weight / sum(weights)
        assert share - 2 <= had[key] <= share + 2, (had, weights)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hammering=st.integers(1, 9))
def test_a_key_that_comes_back_when_told_is_not_starved_by_one_that_hammers(
    fresh: Callable[[], SharedBudget], hammering: int
) -> None:
    budget, polite, greedy = fresh(), 1, 2
    now = NOON
    while ask(budget, greedy, now):
        now += SECOND
    wait = budget.ask(polite, 1, budget=BUDGET, now=now, patience=0)
    assert wait is not None
    back = now + wait.nanoseconds + SECOND
    while now < back:
        for _ in range(hammering):
            ask(budget, greedy, now)
        now += SECOND // 2
    assert ask(budget, polite, back)


def test_one_alone_may_use_all_of_it_and_not_one_more(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    assert sum(ask(budget, 1, NOON + step * SECOND) for step in range(2 * BUDGET)) == BUDGET
    assert ask(budget, 1, NOON + MINUTE)


def test_two_workers_together_spend_it_once(tmp_path: Path) -> None:
    first, second = SharedBudget(tmp_path / "budget"), SharedBudget(tmp_path / "budget")
    spent = sum(ask(worker, 1, NOON) for _ in range(BUDGET) for worker in (first, second))
    assert spent == BUDGET
    first.close()
    second.close()


def test_what_nobody_comes_back_for_is_kept_no_longer_than_that(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    for _ in range(BUDGET):
        ask(budget, 1, NOON)
    assert not ask(budget, 2, NOON + 30 * SECOND, patience=0)
    assert sum(ask(budget, 1, NOON + MINUTE) for _ in range(BUDGET)) == BUDGET // 2
    gone = NOON + MINUTE + COMING_BACK
    assert sum(ask(budget, 1, gone) for _ in range(BUDGET)) == BUDGET // 2


def test_a_key_that_wants_no_more_is_kept_nothing(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    for _ in range(BUDGET):
        ask(budget, 1, NOON)
    assert not ask(budget, 2, NOON + 30 * SECOND, patience=0)
    budget.forget(2, NOON + 31 * SECOND)
    assert sum(ask(budget, 1, NOON + MINUTE) for _ in range(BUDGET)) == BUDGET


def test_a_key_of_which_more_wait_is_not_passed_by_one_that_has_had_its_share(
    fresh: Callable[[], SharedBudget],
) -> None:
    budget = fresh()
    for _ in range(BUDGET // 2):
        assert ask(budget, 1, NOON)
    assert budget.ask(2, 1, budget=BUDGET, now=NOON, patience=PATIENCE, wants_more=True) is None
    assert not ask(budget, 1, NOON)
    assert budget.ask(2, 1, budget=BUDGET, now=NOON, patience=PATIENCE) is None
    # For a moment longer, since more of it may wait elsewhere.
    assert not ask(budget, 1, NOON + SECOND // 2)
    assert ask(budget, 1, NOON + SECOND)


def test_what_was_given_back_was_not_spent(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    for _ in range(BUDGET):
        ask(budget, 1, NOON)
    assert not ask(budget, 2, NOON)
    budget.give_back(3, NOON)
    assert not ask(budget, 2, NOON)
    budget.give_back(1, NOON)
    assert ask(budget, 2, NOON)
    assert not ask(budget, 2, NOON)


def test_what_the_upstream_said_is_believed_until_then(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    budget.close_until(NOON + 7 * SECOND, NOON)
    wait = budget.ask(1, 1, budget=BUDGET, now=NOON + SECOND, patience=0)
    assert wait is not None
    assert (wait.nanoseconds, wait.is_certain) == (6 * SECOND, True)
    assert ask(budget, 1, NOON + 7 * SECOND)


def test_an_upstream_cannot_close_itself_for_days(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    budget.close_until(NOON + 9 * DAY, NOON)
    assert ask(budget, 1, NOON + 3601 * SECOND)


def test_a_clock_that_is_set_back_frees_nothing_and_holds_nothing_up(fresh: Callable[[], SharedBudget]) -> None:
    budget = fresh()
    for _ in range(BUDGET):
        ask(budget, 1, NOON)
    earlier = NOON - DAY
    assert not ask(budget, 1, earlier)
    assert ask(budget, 1, earlier + MINUTE)


def test_what_is_older_than_a_minute_is_cleared_away(fresh: Callable[[], SharedBudget]) -> None:
    budget, now = fresh(), NOON
    for _ in range(12 * BUDGET):
        now += MINUTE // BUDGET
        assert ask(budget, 1, now)
    assert sum(ask(budget, 1, now + MINUTE) for _ in range(2 * BUDGET)) == BUDGET
