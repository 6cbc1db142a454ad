"""Time that a test moves, or lets go."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from stagedoor.kit.clock import HeldClock, stopwatch


class MovedClock(HeldClock):
    """A clock that stands still until the test moves it or lets it run.

    ``on_move`` is called after every move, so that what has become due by then is done.
    """

    def __init__(self, start: datetime, on_move: Callable[[], None]) -> None:
        super().__init__(start)
        self._on_move = on_move
        self._let_go_at: float | None = None

    def now(self) -> datetime:
        """Return the time; always UTC."""
        if self._let_go_at is None:
            return self._now
        return self._now + timedelta(seconds=stopwatch() - self._let_go_at)

    @property
    def is_running(self) -> bool:
        """Tell whether the time passes as it does outside."""
        return self._let_go_at is not None

    def advance(self, by: timedelta) -> datetime:
        """Move forward, do what is due by then, and return the new time; raises ``ValueError`` for a step back."""
        self.step(by)
        self._on_move()
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move to a later moment; raises ``ValueError`` for an earlier one and for one without a time zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return self.advance(moment - self.now())

    def run(self) -> None:
        """Let the time pass as it does outside, from the moment at which it stands."""
        if self._let_go_at is None:
            self._let_go_at = stopwatch()

    def hold(self) -> datetime:
        """Stop the clock and return the moment at which it stands."""
        self._now, self._let_go_at = self.now(), None
        return self._now

    def step(self, by: timedelta) -> None:
        """Move forward without doing anything about it."""
        super().advance(by)

    def set_back(self, moment: datetime) -> None:
        """Stand still at any moment, an earlier one too: for a server whose data go back with it."""
        self._now, self._let_go_at = moment.astimezone(UTC), None
