"""What is built when it is first needed: a server that starts does not wait for it."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Deferred(Generic[Thing]):
    """Something that ``build`` returns, built once, whoever asks first.

    For what takes long to build, most of it for reading modules; so ``build`` imports them itself.
    """

    def __init__(self, build: Callable[[], Thing]) -> None:
        self._build = build
        self._built: Thing | None = None
        self._building = threading.Lock()

    @property
    def built(self) -> Thing | None:
        """The thing, or ``None`` while nobody has asked for it; at once."""
        return self._built

    def get(self) -> Thing:
        """Return the thing. Blocks while it is built: for a worker thread, unless it is known to be there."""
        if self._built is None:
            with self._building:
                if self._built is None:
                    self._built = self._build()
        return self._built
