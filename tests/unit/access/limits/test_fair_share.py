from hypothesis import given
from hypothesis import strategies as st

from stagedoor.access.limits.fair_share import MINUTE, Spent, find_wait

NONE = frozenset()


@given(
    budget=st.integers(0, 8),
    asks=st.lists(st.tuples(st.integers(0, MINUTE // 3), st.sampled_from("abc"), st.sets(st.sampled_from("abc")))),
)
def test_no_minute_holds_more_than_the_budget(budget, asks):
    now, spent = MINUTE, []
    for pause, key, waiting in asks:
        now += pause
        wait = find_wait(key, spent, {"a": 2}, frozenset(waiting), budget=budget, now=now)
        if wait is None:
            spent.append(Spent(now, key))
        else:
            assert wait > 0
    for first in spent:
        assert sum(first.at <= one.at < first.at + MINUTE for one in spent) <= budget


def test_one_key_alone_may_use_the_whole_budget():
    spent = [Spent(MINUTE, "a")] * 9
    assert find_wait("a", spent, {}, NONE, budget=10, now=MINUTE) is None


def test_a_key_over_its_share_waits_while_one_below_asks():
    spent = [Spent(MINUTE, "a")] * 5
    assert find_wait("a", spent, {}, frozenset("b"), budget=10, now=MINUTE + 1) == MINUTE - 1
    assert find_wait("b", spent, {}, frozenset("ab"), budget=10, now=MINUTE + 1) is None


def test_a_share_grows_with_the_weight_of_its_key():
    spent = [Spent(MINUTE, "a")] * 5
    assert find_wait("a", spent, {"a": 2}, frozenset("b"), budget=9, now=MINUTE + 1) is None
    assert find_wait("a", [*spent, spent[0]], {"a": 2}, frozenset("b"), budget=9, now=MINUTE + 1) is not None


def test_the_budget_comes_back_when_the_oldest_request_leaves_the_minute():
    spent = [Spent(MINUTE, "a"), Spent(MINUTE + 5, "a")]
    assert find_wait("b", spent, {}, NONE, budget=2, now=MINUTE + 9) == MINUTE - 9
    assert find_wait("b", spent, {}, NONE, budget=2, now=2 * MINUTE) is None
