"""The garbage collector while a server starts.

Thousands of modules, classes and mappings are made then and none of them goes away; looking through them again and
again is a sixth of the whole start.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def collector_resting() -> Iterator[Callable[[], None]]:
    """Let the collector rest inside the block, until the function that is yielded wakes it.

    What exists at that moment is taken for lasting and never looked through again (``gc.freeze``), so that collections
    cost a serving process only what requests leave behind. At the block's end the collector works in any case.
    """
    gc.disable()

    def wake() -> None:
        gc.freeze()
        gc.enable()

    try:
        yield wake
    finally:
        gc.enable()
