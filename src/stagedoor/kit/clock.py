"""Time as an argument: nothing else in Stagedoor asks the operating system what time it is."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tell the time; always UTC, always aware."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class HeldClock:
    """A clock that stands still until it is moved; for tests and for the embedded Orchestrator's virtual time."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs a time zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new time.

        Raises ``ValueError`` for a negative step: time that runs backwards is a different test.
        """
        if by < timedelta(0):
            raise ValueError("a held clock only moves forward")
        self._now += by
        return self._now


def stopwatch() -> float:
    """Return seconds on a clock that never runs backwards; for durations only."""
    return time.perf_counter()
