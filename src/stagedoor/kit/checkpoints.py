"""Carrying what SQLite's log holds into the file of the database, beside those who write and not by one of them.

SQLite leaves this to whoever commits when the log has a thousand pages: that one request waits until all of them are
written and on the disk, half a second where they lie all over a file of a gigabyte.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.logs import get_logger

LOG_BYTES_MAX = 16 * 1024 * 1024
"""How long the log may be before it is carried over. It is cut to this length when it begins again."""

LOG_PAGES_LAST_RESORT = 16 * 1024
"""Pages after which SQLite makes a writer do it after all: where threads cannot be had, or writers are too fast."""

ROUNDS_BESIDE_WRITERS = 2

_PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"

_log = get_logger(__name__)


class Checkpoints:
    """The checkpoints of one database, one at a time, each in a thread that ends with it.

    ``turn_to_write`` keeps writers out while the last few pages are carried over: a log that is carried over whole
    begins again at its start, and under steady writing it never is without that.
    """

    def __init__(self, file: Path, turn_to_write: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._log_file = file.with_name(file.name + "-wal")
        self._turn_to_write = turn_to_write
        self._under_way = threading.Lock()

    def look(self) -> None:
        """Begin a checkpoint if the log is long enough and none is under way; a look at the length of a file."""
        try:
            length = self._log_file.stat().st_size
        except FileNotFoundError:
            return
        if length <= LOG_BYTES_MAX or not self._under_way.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._carry_over, name="stagedoor-checkpoint", daemon=True).start()
        except RuntimeError:
            # No thread can be had now; the next write looks again.
            self._under_way.release()

    def close(self) -> None:
        """Wait for the checkpoint that is under way, and begin none again."""
        self._under_way.acquire()

    def _carry_over(self) -> None:
        try:
            with closing(sqlite3.connect(self._file, isolation_level=None)) as connection:
                for _ in range(ROUNDS_BESIDE_WRITERS):
                    # What is written meanwhile is left to the next round, which has less to do.
                    connection.execute(_PASSIVE).fetchone()
                with self._turn_to_write():
                    connection.execute(_PASSIVE).fetchone()
        except (sqlite3.Error, StoreUnavailable) as failure:
            # Nothing is lost: what is in the log is read from there, and the next write looks again.
            _log.warning("checkpoint_failed", failure=str(failure))
        finally:
            self._under_way.release()
