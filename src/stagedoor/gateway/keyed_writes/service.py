"""Remember which idempotency keys were used, for what, and what was answered; for a day, in the store.

In the store, because the same key may come to another worker or another machine, and because what was sent once must
not be sent again after a restart. All of it blocks; the gateway calls it on a worker thread.
"""

import base64
import threading
from datetime import timedelta

import orjson
from sqlalchemy.orm import Session

from stagedoor.gateway.keyed_writes import store
from stagedoor.gateway.keyed_writes.models import KeyedWriteRow
from stagedoor.gateway.keyed_writes.schemas import FormerWrite, KeptAnswer, WriteState
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.steady_clock import ClockUntrusted, verify_trusted

KEPT = timedelta(hours=24)
ANSWER_BYTES_MAX = 64 * 1024
"""A longer answer is not kept; that there was one is."""
HOLDER_BYTES_MAX = 16 * 1024 * 1024
"""Of the answers to one credential, with whatever was narrowed from it, so many bytes are kept, the newest."""
HOLDER_KEYS_MAX = 100_000
HOLDERS_COUNTED_MAX = 10_000
ATTEMPTS = 3


class KeyedWrites:
    """The used keys of all workers and machines."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._chance = chance
        # How many bytes of answers were kept for each holder since somebody last looked at what it has.
        self._given: dict[str, int] = {}
        self._counting = threading.Lock()

    def hash_of(self, *parts: str) -> str:
        """Return a name for something, the same each time, in which nothing can be read."""
        return self._vault.keyed_hash("\n".join(parts))

    def claim(self, name: str, holder: str, owner: str) -> FormerWrite | None:
        """Take a key for the request ``owner``, or return what is known of the write that took it before.

        ``holder`` is to whom it is counted; who may ask for it is in the name.
        Raises :class:`~stagedoor.kit.errors.StoreUnavailable` and
        :class:`~stagedoor.kit.steady_clock.ClockUntrusted`: what cannot be remembered for its time must not be sent.
        """
        verify_trusted(self._clock)
        now = self._clock.now()
        with self._database.write() as session:
            for _ in range(ATTEMPTS):
                row = KeyedWriteRow(
                    name=name,
                    holder=holder,
                    owner=owner,
                    state=WriteState.UNDER_WAY,
                    answer_bytes=0,
                    claimed_at=now,
                    expires_at=now + KEPT,
                )
                if store.add_if_new(session, row, now=now):
                    return None
                former = store.find(session, name)
                # On PostgreSQL whoever had it may have released it in this moment.
                if former is not None:
                    return self._former(former)
        return FormerWrite("", WriteState.UNDER_WAY, None, None, None, now)

    def find(self, name: str) -> FormerWrite | None:
        """Return what is known of a write by now."""
        with self._database.read() as session:
            row = store.find(session, name)
            return None if row is None else self._former(row)

    def take_over(self, name: str, owner: str, former: FormerWrite) -> bool:
        """Take a write on that another request left; false where somebody else did. It is under way from now on."""
        with self._database.write() as session:
            return store.take_over(
                session, name, owner, former_owner=former.owner, state=former.state, now=self._clock.now()
            )

    def finish(self, name: str, owner: str, *, fingerprint: str | None, status: int, answer: KeptAnswer | None) -> None:
        """Note what was answered, and keep the answer where there is one to keep."""
        sealed = None if answer is None else self._sealed(name, answer)
        with self._database.write() as session:
            holder = store.settle(
                session,
                name,
                owner,
                state=WriteState.FINISHED,
                fingerprint=fingerprint,
                status=status,
                sealed_answer=sealed,
                answer_bytes=len(sealed or ""),
            )
            if sealed is not None and holder is not None and self._is_much(holder, len(sealed)):
                self._cut(session, holder)

    def lose(self, name: str, owner: str, *, fingerprint: str | None, status: int | None) -> None:
        """Note that nobody knows whether it happened."""
        with self._database.write() as session:
            store.settle(session, name, owner, state=WriteState.UNKNOWN, fingerprint=fingerprint, status=status)

    def release(self, name: str, owner: str) -> None:
        """Forget that the key was used: nothing was done."""
        with self._database.write() as session:
            store.release(session, name, owner)

    def clean_up(self) -> None:
        """Forget what has expired, and of those who have much the oldest; nothing by a clock that is not trusted."""
        try:
            verify_trusted(self._clock)
        except ClockUntrusted:
            return
        with self._database.write() as session:
            store.delete_expired(session, self._clock.now())
            for holder in store.list_holders(session, rows_max=HOLDER_KEYS_MAX, bytes_max=HOLDER_BYTES_MAX):
                self._cut(session, holder)

    def _is_much(self, holder: str, size: int) -> bool:
        """Tell whether so much was kept for a holder since the last look that it may have too much."""
        with self._counting:
            given = self._given.pop(holder, 0) + size
            if given > HOLDER_BYTES_MAX:
                return True
            while len(self._given) >= HOLDERS_COUNTED_MAX:
                del self._given[next(iter(self._given))]
            self._given[holder] = given
        return False

    def _cut(self, session: Session, holder: str) -> None:
        """Leave a holder the newest of what it has."""
        sizes = store.list_sizes(session, holder)
        store.delete_rows(session, (name for name, _ in sizes[HOLDER_KEYS_MAX:]))
        kept, dropped = 0, []
        for name, size in sizes[:HOLDER_KEYS_MAX]:
            kept += size
            if size and kept > HOLDER_BYTES_MAX:
                dropped.append(name)
        store.drop_answers(session, dropped)

    def _sealed(self, name: str, answer: KeptAnswer) -> str:
        said = {
            "headers": [[part.decode("latin-1") for part in pair] for pair in answer.headers],
            "body": base64.b64encode(answer.body).decode(),
        }
        return self._vault.seal(Secret(orjson.dumps(said).decode()), context=_context(name), chance=self._chance)

    def _former(self, row: KeyedWriteRow) -> FormerWrite:
        answer = None
        if row.sealed_answer is not None and row.status is not None:
            answer = self._opened(row.name, row.sealed_answer, row.status)
        return FormerWrite(row.owner, WriteState(row.state), row.fingerprint, row.status, answer, row.claimed_at)

    def _opened(self, name: str, sealed: str, status: int) -> KeptAnswer | None:
        try:
            said = orjson.loads(self._vault.unseal(sealed, context=_context(name)).reveal())
        except SealBroken:
            # Its key is gone, and with it the answer; that there was one is known all the same.
            return None
        headers = tuple((header.encode("latin-1"), value.encode("latin-1")) for header, value in said["headers"])
        return KeptAnswer(status, headers, base64.b64decode(said["body"]))


def _context(name: str) -> str:
    return f"keyed_write:{name}"
