"""Waiting for a running server: it keeps its own time, so that a test can only look again and again."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

Seen = TypeVar("Seen")

PAUSE_SECONDS = 0.1


def eventually(look: Callable[[], Seen], is_so: Callable[[Seen], bool], *, seconds_max: float = 30) -> Seen:
    """Return what is seen once it is so; raises with the last thing seen when that takes too long."""
    end = monotonic() + seconds_max
    pause = Event()
    while not is_so(seen := look()):
        if monotonic() > end:
            raise AssertionError(f"not so after {seconds_max} seconds: {seen!r}")
        pause.wait(PAUSE_SECONDS)
    return seen
