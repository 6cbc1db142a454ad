import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.access.limits.key_limits import DAY, SECOND, KeyUse, Limit, burst_of, claim, give_back, left_of
from stagedoor.passage import KeyLimits

NOON = 20_000 * DAY + DAY // 2


@given(
    rate=st.integers(1, 50),
    seconds=st.sampled_from([1, 60]),
    burst=st.integers(1, 20),
    steps=st.lists(st.tuples(st.integers(0, SECOND), st.integers(1, 30)), max_size=40),
)
def test_no_window_holds_more_claims_than_rate_and_burst_allow(
    rate: int, seconds: int, burst: int, steps: list[tuple[int, int]]
) -> None:
    limits, use, now, granted = KeyLimits(rate, seconds, burst), KeyUse(), NOON, []
    for pause, wanted in steps:
        now += pause
        answer = claim(limits, use, wanted, now)
        use = answer.use
        granted.append((now, answer.granted))
    for first, (start, _) in enumerate(granted):
        total = 0
        for end, count in granted[first:]:
            total += count
            assert total * seconds * SECOND <= rate * (end - start) + burst * seconds * SECOND


@given(quota=st.integers(1, 20), wants=st.lists(st.integers(1, 9), max_size=20))
def test_a_day_never_holds_more_than_its_quota(quota: int, wants: list[int]) -> None:
    limits, use, total = KeyLimits(daily_quota=quota), KeyUse(), 0
    for wanted in wants:
        answer = claim(limits, use, wanted, NOON)
        use, total = answer.use, total + answer.granted
    assert total == min(quota, sum(wants))


def test_a_used_up_quota_comes_back_at_midnight_in_utc() -> None:
    limits = KeyLimits(daily_quota=1)
    use = claim(limits, KeyUse(), 1, NOON).use
    refused = claim(limits, use, 1, NOON)
    assert (refused.limit, refused.retry_after) == (Limit.DAILY_QUOTA, 43_200)
    assert claim(limits, use, 1, NOON + DAY // 2 - 1).granted == 0
    assert claim(limits, use, 1, NOON + DAY // 2).granted == 1


@given(rate=st.integers(1, 1000), seconds=st.sampled_from([1, 60, 3600]))
def test_who_waits_as_long_as_told_passes(rate: int, seconds: int) -> None:
    limits = KeyLimits(rate, seconds, 1)
    use = claim(limits, KeyUse(), 1, NOON).use
    refused = claim(limits, use, 1, NOON)
    assert refused.limit is Limit.RATE
    assert claim(limits, use, 1, NOON + refused.wait - 1).granted == 0
    assert claim(limits, use, 1, NOON + refused.wait).granted == 1
    assert claim(limits, use, 1, NOON + refused.retry_after * SECOND).granted == 1


@pytest.mark.parametrize(("rate", "seconds", "burst"), [(10, 1, 10), (100, 60, 2), (5, 60, 1), (3600, 3600, 1)])
def test_a_second_of_the_rate_may_come_at_once_where_nothing_else_is_said(rate: int, seconds: int, burst: int) -> None:
    assert burst_of(KeyLimits(rate, seconds)) == burst


def test_what_a_refused_rate_left_of_the_quota_is_not_used() -> None:
    limits = KeyLimits(1, 1, 3, daily_quota=10)
    answer = claim(limits, KeyUse(), 9, NOON)
    assert (answer.granted, answer.use.used_today) == (3, 3)
    assert claim(limits, answer.use, 1, NOON).use.used_today == 3


def test_a_clock_that_is_set_back_gains_nothing_and_stops_nobody_for_long() -> None:
    limits = KeyLimits(1, 1, 5)
    use = claim(limits, KeyUse(), 5, NOON).use
    earlier = NOON - DAY
    assert claim(limits, use, 1, earlier).granted == 0
    assert claim(limits, use, 1, earlier).wait == SECOND
    use = claim(limits, use, 1, earlier + SECOND).use
    assert claim(limits, use, 5, earlier + 6 * SECOND).granted <= 5


def test_a_day_that_has_begun_goes_on_counting_and_one_far_ahead_does_not_stay() -> None:
    limits = KeyLimits(daily_quota=2)
    midnight = NOON + DAY // 2
    use = claim(limits, KeyUse(), 2, midnight).use
    assert claim(limits, use, 1, midnight - SECOND).granted == 0
    wrong = claim(limits, KeyUse(), 1, NOON + 300 * DAY).use
    answer = claim(limits, wrong, 2, NOON)
    assert (answer.granted, answer.use.day) == (1, NOON // DAY)
    assert claim(limits, answer.use, 2, midnight).granted == 2


def test_what_is_given_back_can_be_claimed_again_on_the_same_day_alone() -> None:
    limits = KeyLimits(1, 1, 4, daily_quota=4)
    use = claim(limits, KeyUse(), 4, NOON).use
    back = give_back(limits, use, 3, day=NOON // DAY)
    assert claim(limits, back, 9, NOON).granted == 3
    assert give_back(limits, use, 3, day=NOON // DAY - 1).used_today == 4


def test_what_is_left_is_said_as_requests_and_seconds() -> None:
    limits = KeyLimits(2, 1, 6)
    assert left_of(limits, KeyUse(), NOON) == (6, 0)
    use = claim(limits, KeyUse(), 5, NOON).use
    assert left_of(limits, use, NOON) == (1, 3)
