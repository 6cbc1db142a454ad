"""A machine's clock that is set, leaps, sleeps and is corrected: what time it is then, and whether it is believed."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.machine_clock import START, MachineClock

from stagedoor.kit.clock import HeldClock, SystemClock
from stagedoor.kit.steady_clock import (
    BEHIND_MAX,
    LEAP_MAX,
    PROBATION,
    ClockTrouble,
    ClockUntrusted,
    SteadyClock,
    awake_seconds,
    verify_trusted,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def machine() -> MachineClock:
    return MachineClock()


class TestHealthy:
    """What happens to machines that nothing is wrong with locks nobody out."""

    def test_it_shows_the_machines_time(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.pass_time(HOUR)
        assert (clock.look(), clock.now(), clock.lead) == (None, START + HOUR, timedelta(0))

    def test_a_step_ahead_within_an_hour_is_taken_as_it_is(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(LEAP_MAX - SECOND)
        assert (clock.look(), clock.now()) == (None, machine.shown)

    def test_a_laptop_that_slept_for_days_is_believed(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.pass_time(3 * DAY)
        assert (clock.look(), clock.now()) == (None, START + 3 * DAY)

    def test_a_small_step_back_is_waited_for_and_time_goes_on(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(-2 * MINUTE)
        assert clock.look() is None
        assert clock.now() == START
        machine.pass_time(10 * MINUTE)
        assert clock.look() is None
        assert clock.now() == START + 9 * MINUTE
        machine.pass_time(10 * MINUTE)
        clock.look()
        # Caught up.
        assert (clock.now(), clock.lead) == (machine.shown, timedelta(0))

    def test_the_machines_own_clock_is_believed(self) -> None:
        clock = SteadyClock()
        before = SystemClock().now()
        assert clock.look() is None
        assert before <= clock.now() <= SystemClock().now()

    def test_seconds_awake_go_on_and_cannot_be_set(self) -> None:
        first = awake_seconds()
        assert awake_seconds() >= first
        assert abs(awake_seconds() - time.time()) > 365 * 86_400


class TestSetBack:
    def test_by_more_than_the_bound_it_is_not_trusted_and_time_goes_on(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(-BEHIND_MAX - SECOND)
        assert clock.look() is ClockTrouble.BEHIND
        machine.pass_time(DAY)
        assert clock.look() is ClockTrouble.BEHIND
        assert clock.now() == START + DAY
        with pytest.raises(ClockUntrusted):
            clock.verify()

    def test_corrected_it_is_trusted_again_by_itself(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(-DAY)
        clock.look()
        machine.set_by(DAY)
        assert clock.look() is None
        assert clock.now() == START

    def test_in_many_small_steps_nothing_is_gained(self, machine: MachineClock) -> None:
        clock = machine.steady()
        for _ in range(100):
            machine.set_by(-MINUTE)
            clock.look()
            assert clock.now() >= START
        assert clock.trouble is ClockTrouble.BEHIND

    def test_a_start_before_the_time_that_the_store_has_seen(self, machine: MachineClock) -> None:
        clock = machine.steady()
        clock.start_from(START + DAY)
        assert clock.trouble is ClockTrouble.BEHIND
        assert clock.now() == START + DAY

    def test_a_store_that_has_seen_less_changes_nothing(self, machine: MachineClock) -> None:
        clock = machine.steady()
        clock.start_from(START - DAY)
        assert (clock.trouble, clock.now()) == (None, START)

    def test_whoever_looked_at_it_has_it_believed(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(-DAY)
        clock.look()
        clock.accept()
        assert (clock.look(), clock.now()) == (None, START - DAY)


class TestLeaptAhead:
    def test_it_is_believed_when_it_has_gone_on_like_that(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(DAY)
        assert clock.look() is ClockTrouble.LEAPT
        # What ended meanwhile, if it is right, has ended.
        assert clock.now() == START + DAY
        machine.pass_time(PROBATION - SECOND)
        assert clock.look() is ClockTrouble.LEAPT
        machine.pass_time(SECOND)
        assert clock.look() is None

    def test_corrected_in_time_it_leaves_nothing_behind(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(3650 * DAY)
        clock.look()
        machine.pass_time(MINUTE)
        machine.set_by(-3650 * DAY)
        assert clock.look() is None
        assert clock.now() == START + MINUTE

    def test_corrected_by_too_much_it_is_behind(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(DAY)
        clock.look()
        machine.set_by(-2 * DAY)
        assert clock.look() is ClockTrouble.BEHIND

    def test_corrected_too_late_somebody_has_to_look(self, machine: MachineClock) -> None:
        clock = machine.steady()
        machine.set_by(DAY)
        clock.look()
        machine.pass_time(PROBATION)
        clock.look()
        machine.set_by(-DAY)
        assert clock.look() is ClockTrouble.BEHIND
        clock.accept()
        assert clock.look() is None


def test_a_clock_that_somebody_holds_in_hand_is_trusted() -> None:
    verify_trusted(HeldClock(START))


STEPS: st.SearchStrategy[list[tuple[str, timedelta]]] = st.lists(
    st.tuples(st.sampled_from(["pass", "set"]), st.timedeltas(-DAY, DAY)), max_size=12
)


@given(STEPS)
def test_while_it_is_trusted_time_never_runs_backwards(steps: list[tuple[str, timedelta]]) -> None:
    machine = MachineClock()
    clock = machine.steady()
    latest: datetime = clock.now()
    do: dict[str, Callable[[timedelta], None]] = {"pass": lambda by: machine.pass_time(abs(by)), "set": machine.set_by}
    for what, by in steps:
        do[what](by)
        if clock.look() is None:
            # What was shown while it was not trusted counts for nothing: nothing was let in or handed out by it.
            assert clock.now() >= latest
            latest = clock.now()
