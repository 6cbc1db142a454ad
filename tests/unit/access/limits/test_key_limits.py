import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.access.limits.key_limits import DAY, SECOND, KeyLimits, KeyUse, claim

NOON = 20_000 * DAY + DAY // 2


@given(
    rate=st.integers(1, 50),
    burst=st.integers(1, 20),
    steps=st.lists(st.tuples(st.integers(0, SECOND), st.integers(1, 30)), max_size=40),
)
def test_no_window_holds_more_claims_than_rate_and_burst_allow(rate, burst, steps):
    limits, use, now, granted = KeyLimits(rate, burst), KeyUse(), NOON, []
    for pause, wanted in steps:
        now += pause
        answer = claim(limits, use, wanted, now)
        use = answer.use
        granted.append((now, answer.granted))
    for first, (start, _) in enumerate(granted):
        total = 0
        for end, count in granted[first:]:
            total += count
            assert total * SECOND <= rate * (end - start) + burst * SECOND


@given(quota=st.integers(0, 20), wants=st.lists(st.integers(1, 9), max_size=20))
def test_a_day_never_holds_more_than_its_quota(quota, wants):
    limits, use, total = KeyLimits(daily_quota=quota), KeyUse(), 0
    for wanted in wants:
        answer = claim(limits, use, wanted, NOON)
        use, total = answer.use, total + answer.granted
    assert total == min(quota, sum(wants))


def test_a_used_up_quota_comes_back_at_midnight():
    limits = KeyLimits(daily_quota=1)
    use = claim(limits, KeyUse(), 1, NOON).use
    refused = claim(limits, use, 1, NOON)
    assert (refused.limit, refused.retry_after) == ("daily_quota", 43_200)
    assert claim(limits, use, 1, NOON + DAY // 2).granted == 1


@given(rate=st.floats(0.01, 1000))
def test_who_waits_as_long_as_told_passes(rate):
    limits = KeyLimits(rate)
    use = claim(limits, KeyUse(), 1, NOON).use
    refused = claim(limits, use, 1, NOON)
    assert refused.limit == "rate"
    assert claim(limits, use, 1, NOON + refused.retry_after * SECOND).granted == 1


@pytest.mark.parametrize("words", [{"rate_per_second": 0}, {"burst": 2}, {"daily_quota": -1}])
def test_a_limit_that_is_none_is_refused(words):
    with pytest.raises(ValueError, match=r"rate|quota"):
        KeyLimits(**words)
