"""A machine's clocks in a test's hand: the one that can be set, and the one that only goes on."""

from datetime import UTC, datetime, timedelta

from stagedoor.kit.steady_clock import SteadyClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class MachineClock:
    """What a machine shows, and how long it has been awake."""

    def __init__(self, start: datetime = START) -> None:
        self.shown = start
        self.awake = 1000.0

    def now(self) -> datetime:
        """Return what the machine shows."""
        return self.shown

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, as it does everywhere at once."""
        self.shown += by
        self.awake += by.total_seconds()

    def set_by(self, by: timedelta) -> None:
        """Set what the machine shows; no time passes."""
        self.shown += by

    def steady(self) -> SteadyClock:
        """Return a clock that watches this machine, as one process does."""
        return SteadyClock(self, lambda: self.awake)
