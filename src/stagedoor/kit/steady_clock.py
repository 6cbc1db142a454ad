"""The machine's clock, watched: its time never runs backwards, and it says when it cannot be trusted.

It is compared with a clock that nobody sets and that goes on while the machine sleeps, and with the latest time that
this store has seen. What that means for callers, and why these bounds: docs/decisions/0041-a-clock-that-fails.md.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from stagedoor.kit.clock import Clock, SystemClock
from stagedoor.kit.errors import StagedoorError

BEHIND_MAX = timedelta(minutes=5)
"""A clock that was set back by no more is waited for: time goes on, more slowly, until it has caught up."""
LEAP_MAX = timedelta(hours=1)
"""A clock that moves ahead by more than this, with nothing to show for it, is not believed at once …"""
PROBATION = timedelta(minutes=5)
"""… but when it has gone on like that for so long."""
SLOWED_TO = 0.9
"""How fast time goes while the clock is waited for."""


class ClockTrouble(StrEnum):
    """Why a clock is not trusted."""

    BEHIND = "behind"
    """It shows a time that was over long ago."""
    LEAPT = "leapt"
    """It moved far ahead just now."""


class ClockUntrusted(StagedoorError):
    """What ends at some time is neither let in nor handed out: whether it has ended cannot be told."""

    code = "clock_untrusted"
    status = 503
    public = "This server's clock cannot be trusted right now, so whatever ends at some time is refused."
    hint = "Whoever runs Stagedoor: correct the machine's clock; `stagedoor clock status` says what is wrong with it."

    def __init__(self, trouble: ClockTrouble) -> None:
        super().__init__(internal=f"the clock is not trusted: {trouble.value}", headers={"Retry-After": "60"})


_AWAKE = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)
"""That of macOS counts the time asleep by another name."""


def awake_seconds() -> float:
    """Return seconds on a clock that nobody can set, and that counts the time asleep where the system can tell."""
    return time.monotonic() if _AWAKE is None else time.clock_gettime(_AWAKE)


class SteadyClock:
    """A :class:`~stagedoor.kit.clock.Clock` that looks after itself. Thread safe.

    ``look`` compares; between two looks ``now`` is the machine's time, or goes on from where it stood where that was
    found to be set back. ``start_from`` is told the latest time that the store has seen.
    """

    def __init__(self, wall: Clock | None = None, seconds: Callable[[], float] = awake_seconds) -> None:
        self._wall = wall or SystemClock()
        self._seconds = seconds
        self._looking = threading.Lock()
        self._lead = timedelta(0)
        self._trouble: ClockTrouble | None = None
        self._shown = self._wall.now()
        self._at = seconds()
        # Where time stood before the clock leapt ahead, and when that was.
        self._before_leap: tuple[datetime, float] | None = None

    @property
    def trouble(self) -> ClockTrouble | None:
        """Why it is not trusted, as of the last look; ``None`` while it is."""
        return self._trouble

    @property
    def lead(self) -> timedelta:
        """How far its time is ahead of the machine's, as of the last look."""
        return self._lead

    def now(self) -> datetime:
        """Return the current time in UTC."""
        if not self._lead:
            return self._wall.now()
        # It may have been corrected just now.
        self.look()
        return self._wall.now() + self._lead

    def look(self) -> ClockTrouble | None:
        """Compare, and return why the clock is not trusted, if so."""
        with self._looking:
            self._look()
        return self._trouble

    def verify(self) -> None:
        """Raise :class:`ClockUntrusted` where it is not trusted."""
        trouble = self.look()
        if trouble is not None:
            raise ClockUntrusted(trouble)

    def start_from(self, seen: datetime) -> None:
        """Let no time pass for now that lies before ``seen``."""
        with self._looking:
            self._look()
            if seen > self._shown:
                self._shown = seen
                self._look()

    def accept(self) -> None:
        """Believe the machine's clock as it is, whatever it was before: somebody looked at it."""
        with self._looking:
            self._shown, self._at = self._wall.now(), self._seconds()
            self._lead, self._trouble, self._before_leap = timedelta(0), None, None

    def _look(self) -> None:
        wall, at = self._wall.now(), self._seconds()
        elapsed = timedelta(seconds=max(0.0, at - self._at))
        if self._before_leap is None and wall - (self._shown + elapsed) > LEAP_MAX:
            self._before_leap = (self._shown + elapsed, at)
        if self._before_leap is not None and self._has_come_back(self._before_leap, wall, at):
            elapsed = timedelta(0)
        is_waited_for = self._lead and self._trouble is not ClockTrouble.BEHIND
        self._shown = max(wall, self._shown + (elapsed * SLOWED_TO if is_waited_for else elapsed))
        self._at = at
        self._lead = self._shown - wall
        if self._lead > BEHIND_MAX:
            self._trouble = ClockTrouble.BEHIND
        else:
            self._trouble = None if self._before_leap is None else ClockTrouble.LEAPT

    def _has_come_back(self, before: tuple[datetime, float], wall: datetime, at: float) -> bool:
        stood, leapt_at = before
        since = timedelta(seconds=at - leapt_at)
        if wall - (stood + since) <= LEAP_MAX:
            # It came back before anything was believed of it, and time goes on from where it stood.
            self._shown = stood + since * SLOWED_TO
            self._before_leap = None
            return True
        if since >= PROBATION:
            self._before_leap = None
        return False


def verify_trusted(clock: Clock) -> None:
    """Raise :class:`ClockUntrusted` where a clock is not trusted; one that somebody holds in hand always is."""
    if isinstance(clock, SteadyClock):
        clock.verify()
