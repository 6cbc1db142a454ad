"""How many machines serve one store, so that each takes its part of what an upstream tenant allows."""

import os
from contextlib import suppress
from pathlib import Path

from stagedoor.access.limits import store
from stagedoor.access.limits.key_limits import SECOND
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.db import Database

SEEN_EVERY = 5 * SECOND
GONE_AFTER = 20 * SECOND


class ServingMachines:
    """The machines that serve this store, this one among them. A store in a file has one."""

    def __init__(self, database: Database, directory: Path, chance: Chance) -> None:
        self._database = database
        self._path = directory / "machine"
        self._chance = chance
        self._machine_id = ""
        self._seen_at = 0
        self.count = 1

    def keep_up(self, now: int) -> None:
        """Say that this machine serves and count all, if that is due; for a worker thread."""
        if self._database.is_sqlite or abs(now - self._seen_at) < SEEN_EVERY:
            return
        self._machine_id = self._machine_id or self._own_id()
        with self._database.write() as session:
            self.count = store.note_machine(session, self._machine_id, now=now, gone_before=now - GONE_AFTER)
        self._seen_at = now

    def part_of(self, budget: int) -> int:
        """Return this machine's part of a budget, which is at least one request."""
        return max(1, budget // self.count)

    def _own_id(self) -> str:
        # Of the workers that come at once, one gives the file its name and the others read it.
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        drawn = random_guid(self._chance)
        written = self._path.with_name(f"machine-{drawn}")
        written.write_text(drawn)
        with suppress(FileExistsError):
            os.link(written, self._path)
        written.unlink()
        return self._path.read_text()
