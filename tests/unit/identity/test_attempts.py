"""How often a password may be tried."""

from contextlib import suppress
from datetime import timedelta

import pytest
from tests.factories.acme import START

from stagedoor.identity import attempts
from stagedoor.identity.attempts import BURST_MIN, PER_USER, Allowance, AttemptLimits, TooManyAttempts, network_of

HERE = "192.0.2.7"


def limits(user_burst: int = 3, network_burst: int = 5) -> AttemptLimits:
    return AttemptLimits(Allowance(user_burst, 30), Allowance(network_burst, 3))


def test_the_next_attempt_after_the_burst_is_refused_with_whole_seconds_to_wait() -> None:
    limit = limits()
    for _ in range(3):
        limit.pay("ada", HERE, START)
    with pytest.raises(TooManyAttempts) as refused:
        limit.pay("ADA", HERE, START + timedelta(seconds=1))
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "29"}


def test_after_the_wait_one_more_attempt_is_possible() -> None:
    limit = limits()
    for _ in range(3):
        limit.pay("ada", HERE, START)
    limit.pay("ada", HERE, START + timedelta(seconds=30))
    with pytest.raises(TooManyAttempts):
        limit.pay("ada", HERE, START + timedelta(seconds=30))


def test_another_user_and_another_network_are_not_held_up() -> None:
    limit = limits()
    for _ in range(3):
        limit.pay("ada", HERE, START)
    limit.pay("bob", HERE, START)
    limit.pay("ada", "198.51.100.1", START)


def test_one_network_cannot_try_many_users_without_end() -> None:
    limit = limits()
    for number in range(5):
        limit.pay(f"user{number}", HERE, START)
    with pytest.raises(TooManyAttempts):
        limit.pay("user6", "192.0.2.200", START)


def test_a_right_password_gives_the_attempt_back_but_no_more_than_there_were() -> None:
    limit = limits()
    for _ in range(20):
        limit.pay("ada", HERE, START)
        limit.give_back("ada", HERE, START)
    limit.give_back("ada", HERE, START)
    for _ in range(3):
        limit.pay("ada", HERE, START)
    with pytest.raises(TooManyAttempts):
        limit.pay("ada", HERE, START)


def test_a_refused_attempt_costs_nothing() -> None:
    limit = limits(network_burst=100)
    for _ in range(3):
        limit.pay("ada", HERE, START)
    for _ in range(50):
        with pytest.raises(TooManyAttempts):
            limit.pay("ada", HERE, START)
    limit.pay("ada", HERE, START + timedelta(seconds=30))


def test_a_clock_that_stands_still_or_jumps_back_gives_nothing_away() -> None:
    limit = limits()
    for _ in range(3):
        limit.pay("ada", HERE, START)
    with pytest.raises(TooManyAttempts):
        limit.pay("ada", HERE, START - timedelta(days=1))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PLACES_MAX", 10)
    limit = limits(network_burst=1000)
    for number in range(100):
        limit.pay(f"user{number}", HERE, START)
    assert len(limit._buckets) <= 10
    assert ("192.0.2.0/24",) in limit._buckets, "the network itself is used all the time and stays"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("unix", "unix"),
        ("", "unknown"),
        ("x" * 1000, "x" * 64),
    ],
)
def test_callers_are_grouped_by_the_network_they_control(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_several_workers_together_allow_what_one_would(workers: int) -> None:
    each = [AttemptLimits(workers=workers) for _ in range(workers)]
    allowed = 0
    for one in each:
        with suppress(TooManyAttempts):
            while True:
                one.pay("ada", HERE, START)
                allowed += 1
    assert PER_USER.burst - workers < allowed <= PER_USER.burst
    later = START + timedelta(seconds=PER_USER.seconds_each)
    if workers > 1:
        with pytest.raises(TooManyAttempts):
            each[0].pay("ada", HERE, later)
    each[0].pay("ada", HERE, START + timedelta(seconds=workers * PER_USER.seconds_each))


def test_each_of_many_workers_allows_a_few_at_once() -> None:
    one = AttemptLimits(workers=64)
    for _ in range(BURST_MIN):
        one.pay("ada", HERE, START)
    with pytest.raises(TooManyAttempts):
        one.pay("ada", HERE, START)
