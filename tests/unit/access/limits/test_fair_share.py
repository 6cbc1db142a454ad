from hypothesis import given
from hypothesis import strategies as st

from stagedoor.access.limits.fair_share import MINUTE, Spent, Wait, find_wait

A, B = 1, 2
NOBODY: frozenset[int] = frozenset()


@given(
    budget=st.integers(0, 8),
    asks=st.lists(st.tuples(st.integers(0, MINUTE // 3), st.integers(1, 3), st.sets(st.integers(1, 3)))),
)
def test_no_minute_holds_more_than_the_budget(budget: int, asks: list[tuple[int, int, set[int]]]) -> None:
    now, spent = MINUTE, []
    for pause, key, wanting in asks:
        now += pause
        wait = find_wait(key, spent, {A: 2}, wanting, budget=budget, now=now)
        if wait is None:
            spent.append(Spent(now, key))
        else:
            assert wait.nanoseconds > 0
    for first in spent:
        assert sum(first.at <= one.at < first.at + MINUTE for one in spent) <= budget


def test_one_key_alone_may_use_the_whole_budget() -> None:
    spent = [Spent(MINUTE, A)] * 9
    assert find_wait(A, spent, {}, NOBODY, budget=10, now=MINUTE) is None


def test_a_key_over_its_share_waits_while_one_below_asks() -> None:
    spent = [Spent(MINUTE, A)] * 5
    assert find_wait(A, spent, {}, {B}, budget=10, now=MINUTE + 1) == Wait(MINUTE - 1, is_certain=False)
    assert find_wait(B, spent, {}, {A, B}, budget=10, now=MINUTE + 1) is None


def test_a_share_grows_with_the_weight_of_its_key() -> None:
    spent = [Spent(MINUTE, A)] * 5
    assert find_wait(A, spent, {A: 2}, {B}, budget=9, now=MINUTE + 1) is None
    assert find_wait(A, [*spent, spent[0]], {A: 2}, {B}, budget=9, now=MINUTE + 1) is not None


def test_the_budget_comes_back_when_the_oldest_request_leaves_the_minute() -> None:
    spent = [Spent(MINUTE, A), Spent(MINUTE + 5, A)]
    assert find_wait(B, spent, {}, NOBODY, budget=2, now=MINUTE + 9) == Wait(MINUTE - 9, is_certain=True)
    assert find_wait(B, spent, {}, NOBODY, budget=2, now=2 * MINUTE) is None
