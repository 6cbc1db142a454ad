"""What a row is given: where it may write, how it says what it does, and how long it may take."""

from dataclasses import dataclass
from pathlib import Path

from bench.progress import Progress


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long load is sent."""

    rounds: int
    seconds: int


THOROUGH = Pace(rounds=3, seconds=2)
QUICK = Pace(rounds=1, seconds=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one row. The directory is the row's own, and empty."""

    directory: Path
    progress: Progress
    pace: Pace
