"""The garbage collector while a server starts.

Thousands of modules, classes and mappings are made then and none of them goes away; looking through them again and
again is a sixth of the whole start.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NEW_OBJECTS_BEFORE_A_LOOK = 10_000


@contextmanager
def collector_resting() -> Iterator[Callable[[], None]]:
    """Let the collector rest inside the block, until the function that is yielded wakes it.

    What exists at that moment is taken for lasting and never looked through again (``gc.freeze``), so that collections
    cost a serving process only what requests leave behind; and since few of those leave anything, the collector looks
    after every ten thousand new objects, not after every seven hundred. At the block's end it works in any case.
    """
    gc.disable()
    threshold = gc.get_threshold()

    def wake() -> None:
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS_BEFORE_A_LOOK, *threshold[1:])
        gc.enable()

    try:
        yield wake
    finally:
        gc.set_threshold(*threshold)
        gc.enable()


def keep_what_was_loaded() -> None:
    """Take for lasting what was loaded since the collector woke, too; where it was never told to rest, do nothing."""
    if gc.get_freeze_count():
        gc.freeze()
