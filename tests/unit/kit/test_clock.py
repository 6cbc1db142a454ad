"""Clocks: always aware, and a held one moves forward alone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stagedoor.kit.clock import HeldClock, SystemClock, stopwatch

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_machines_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_held_clock_stands_until_it_is_moved() -> None:
    clock = HeldClock(NINE.astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == NINE
    assert clock.advance(timedelta(minutes=5)) == clock.now() == NINE + timedelta(minutes=5)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        HeldClock(NINE).advance(timedelta(seconds=-1))


def test_a_clock_without_a_time_zone_is_none() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HeldClock(NINE.replace(tzinfo=None))


def test_a_stopwatch_never_runs_backwards() -> None:
    before = stopwatch()
    assert stopwatch() >= before
