"""What is being measured right now, said on standard error."""

import sys
import time


class Progress:
    """Say what is being measured and how long it all takes so far."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    def say(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        print(f"{time.perf_counter() - self._started:5.0f} s  {text}", file=sys.stderr, flush=True)
