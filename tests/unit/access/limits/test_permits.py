from hypothesis import given
from hypothesis import strategies as st

from stagedoor.access.limits.permits import Held, hold


@given(
    concurrency=st.integers(0, 6),
    asks=st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.integers(0, 9))),
)
def test_workers_together_never_hold_more_than_the_concurrency(concurrency, asks):
    held, now = (), 0
    for pause, worker, wanted in asks:
        now += pause
        held = hold(held, worker, wanted, concurrency=concurrency, now=now, lease=10)
        assert sum(one.count for one in held) <= concurrency


def test_what_a_killed_worker_held_falls_free_with_its_lease():
    held = hold((), "a", 2, concurrency=2, now=0, lease=10)
    assert hold(held, "b", 1, concurrency=2, now=9, lease=10) == held
    assert hold(held, "b", 1, concurrency=2, now=10, lease=10) == (Held("b", 1, 20),)


def test_asking_again_renews_and_asking_for_none_gives_back():
    held = hold((), "a", 2, concurrency=2, now=0, lease=10)
    assert hold(held, "a", 2, concurrency=2, now=5, lease=10) == (Held("a", 2, 15),)
    assert hold(held, "a", 0, concurrency=2, now=5, lease=10) == ()
