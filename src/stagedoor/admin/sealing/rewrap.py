"""Changing the master key while the store is in use.

Each step is one transaction, and each can be the last before a kill: whoever calls again goes on from there.

1. The new key is made known, each of the two sealed with the other: a process that has one has both.
2. When every process has heard of it, it becomes the one that seals.
3. Values are sealed again, a hundred at a time, each only if nobody else has written it since it was read.
4. When nothing is sealed with the former key, it is forgotten, and with it the new one's copy that it opens.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from stagedoor.admin.sealing import store
from stagedoor.admin.sealing.errors import RewrapRefused
from stagedoor.admin.sealing.schemas import BrokenValue, KeyState, StoredKey
from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS, SealedColumn
from stagedoor.admin.sealing.service import TOPIC, SealingKeys, key_context
from stagedoor.admin.sealing.store import SealedValue
from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import MasterKey, SealBroken, SealingKeyUnknown
from stagedoor.kit.db import Database

BATCH = 100
"""Values in one transaction: on SQLite nobody else writes for those few milliseconds."""
HEARD_SECONDS = 2.0
"""Twice the time in which every process that is alive has heard of a change."""


@dataclass(slots=True)
class Progress:
    """How far it is: values sealed with the new key by this run, out of those that were not when it began."""

    done: int = 0
    total: int = 0
    broken: list[BrokenValue] = field(default_factory=list)


class Rewrap:
    """One change of the master key, from wherever an earlier attempt left it.

    Several may run at once, on several machines too: what one has done the other finds done.
    """

    def __init__(
        self,
        database: Database,
        keys: SealingKeys,
        clock: Clock,
        chance: Chance,
        sleep: Callable[[float], None],
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._chance = chance
        self._sleep = sleep

    def find_unfinished(self) -> MasterKey | None:
        """Return the new key of a change that has begun and is not finished."""
        rows, known = self._look()
        if len(rows) == 1:
            return None
        coming = next((row for row in rows if row.state is KeyState.COMING), None)
        return known[coming.id] if coming is not None else self._keys.vault.ring.current

    def announce(self, new: MasterKey) -> None:
        """Make a key known to every process, and return when all have heard of it.

        Raises :class:`RewrapRefused` for a key that is in use and while a change to another one is unfinished.
        """
        with self._database.write() as session:
            store.take_turn(session)
            rows = store.all_keys(session)
            _verify_new(new, rows)
            if all(row.id != new.id for row in rows):
                sealing = self._current(session)
                store.overwrite_what_is_replaced(session)
                carried = self._carried(new, by=sealing)
                store.add_key(session, StoredKey(new.id, KeyState.COMING, self._clock.now(), carried))
                store.set_carried(session, sealing.id, self._carried(sealing, by=new))
                record_change(session, TOPIC, new.id)
        self._keys.load()
        self._sleep(HEARD_SECONDS)

    def switch(self) -> None:
        """Seal with the new key from now on; return when every process does so."""
        with self._database.write() as session:
            store.take_turn(session)
            rows = store.all_keys(session)
            coming = next((row for row in rows if row.state is KeyState.COMING), None)
            if coming is not None:
                self._current(session)
                known = self._keys.vault.ring.known
                store.overwrite_what_is_replaced(session)
                for row in rows:
                    if row.state is KeyState.CURRENT:
                        store.set_state(session, row.id, KeyState.FORMER)
                    if row.state is KeyState.FORMER:
                        store.set_carried(session, row.id, self._carried(known[row.id], by=known[coming.id]))
                store.set_state(session, coming.id, KeyState.CURRENT)
                record_change(session, TOPIC, coming.id)
        self._keys.load()
        self._sleep(HEARD_SECONDS)

    def seal_again(self) -> Iterator[Progress]:
        """Seal every value with the current key, and say after each batch how far it is.

        Goes over the store until it finds nothing that another key has sealed, except for what no key opens.
        """
        progress = Progress()
        with self._database.read() as session:
            current = self._current(session)
            counted = store.count_values(session)
        progress.total = counted.total() - counted[current.id]
        yield progress
        is_change = True
        while is_change:
            before = progress.done
            progress.broken.clear()
            for column in SEALED_COLUMNS:
                after: str | int | None = None
                while (after := self._seal_batch(column, after, progress)) is not None:
                    yield progress
            is_change = progress.done > before

    def forget(self) -> frozenset[str]:
        """Forget former keys, if nothing is sealed with them, and return those of which there still is something.

        A process that had not heard of the new key may have sealed with a former one until now, which is why those that
        are storing are waited for, and counted.
        """
        with self._database.write() as session:
            store.take_turn(session)
            rows = store.all_keys(session)
            [current] = [row for row in rows if row.state is KeyState.CURRENT]
            former = {row.id for row in rows if row.state is KeyState.FORMER}
            if not former:
                return frozenset()
            store.wait_for_writers(session, former)
            counted = store.count_values(session)
            needed = frozenset(key_id for key_id in former if counted[key_id])
            if needed:
                return needed
            store.overwrite_what_is_replaced(session)
            store.forget_keys(session, former)
            store.set_carried(session, current.id, None)
            record_change(session, TOPIC, current.id)
        self._keys.load()
        return frozenset()

    def empty_the_log(self) -> bool:
        """Cut off SQLite's log, in which what was replaced still stands; tells whether nobody was in the way."""
        return store.empty_the_log(self._database)

    def _look(self) -> tuple[tuple[StoredKey, ...], dict[str, MasterKey]]:
        self._keys.load()
        with self._database.read() as session:
            return store.all_keys(session), dict(self._keys.vault.ring.known)

    def _carried(self, key: MasterKey, *, by: MasterKey) -> str:
        return by.seal(key.to_secret(), context=key_context(key.id), chance=self._chance)

    def _current(self, session: Session) -> MasterKey:
        """Return the key that seals according to the store: what is in memory may have been so a moment ago."""
        key_id = store.get_current_id(session)
        known = self._keys.vault.ring.known
        if key_id not in known or self._keys.vault.key_id != key_id:
            self._keys.load()
            known = self._keys.vault.ring.known
        if key_id not in known:
            raise SealingKeyUnknown(key_id)
        return known[key_id]

    def _seal_batch(self, column: SealedColumn, after: str | int | None, progress: Progress) -> str | int | None:
        with self._database.write() as session:
            current = self._current(session)
            store.overwrite_what_is_replaced(session)
            values = store.values_of_others(session, column, current.id, after=after, limit=BATCH)
            changes: list[tuple[SealedValue, str]] = []
            for value in values:
                context = column.context_of(value.named)
                try:
                    secret = self._keys.vault.unseal(value.sealed, context=context)
                except SealBroken:
                    progress.broken.append(BrokenValue(column.name, str(value.row_id)))
                else:
                    changes.append((value, current.seal(secret, context=context, chance=self._chance)))
            if changes:
                # Where somebody else was faster, the next round finds what they wrote if that is not of this key.
                progress.done += store.put_in_place(session, column, changes)
        return values[-1].row_id if values else None


def _verify_new(new: MasterKey, rows: Sequence[StoredKey]) -> None:
    is_unfinished = len(rows) > 1
    newest = next((row for row in rows if row.state is KeyState.COMING), None)
    newest = newest or next(row for row in rows if row.state is KeyState.CURRENT)
    if is_unfinished and newest.id != new.id:
        raise RewrapRefused(
            f"A change of the master key to {newest.id} has begun and is not finished.",
            hint="Run `stagedoor secrets rewrap` without a new key, which finishes it; then change it again.",
        )
    if not is_unfinished and newest.id == new.id:
        raise RewrapRefused(
            f"The key {new.id} is the one that seals already.", hint="Give another key, or none to have one made."
        )
