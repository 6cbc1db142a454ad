"""Writing the audit log without making anyone wait, and reading its tail."""

import threading
from collections import deque
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from stagedoor.audit import chain_store, store
from stagedoor.audit.chain import Chain, ChainKey
from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.errors import AuditUnavailable
from stagedoor.audit.event_names import EventName
from stagedoor.audit.models import AuditRow
from stagedoor.kit.clock import Clock, stopwatch
from stagedoor.kit.db import Database
from stagedoor.kit.logs import get_logger

GROUP_INTERVAL_SECONDS: Final = 0.05
GROUP_ROWS_MAX: Final = 500
WAITING_ROWS_MAX: Final = 20_000
RETRY_SECONDS_MAX: Final = 1.0
LIST_ROWS_MAX: Final = 500

_log = get_logger(__name__)


class AuditWriter:
    """Put entries into the store, in groups, on a thread of its own.

    ``record`` costs a microsecond and never blocks, so that the event loop may call it. A group is written 50 ms
    after its first entry, or at 500 entries, in one transaction, in the order of recording.

    When the store refuses a group, its rows are kept and tried again until it takes them, and ``is_healthy`` is false
    from that moment on: the door then refuses whatever changes something, since it could not be recorded. When
    ``waiting_rows_max`` rows wait, ``has_room`` is false too, and the door refuses everything that would need a row.
    An entry recorded in spite of that is not kept, but counted: the log says so at once, and a row of the event
    ``audit:store:recovered`` says how many as soon as rows can be written again. What waited in a process that is
    killed is lost with it; that is at most the last group where the store is well.

    Rows hang on a chain of this writer's own, which begins with its first group and anew after each refusal.
    """

    def __init__(
        self, database: Database, clock: Clock, chain_key: ChainKey, *, waiting_rows_max: int = WAITING_ROWS_MAX
    ) -> None:
        self._database = database
        self._clock = clock
        self._chain_key = chain_key
        self._chain: Chain | None = None
        self._waiting_rows_max = waiting_rows_max
        # A threading.Event among the entries is somebody's flush: it is set once all that stands before it is stored.
        self._waiting: deque[AuditEntry | threading.Event] = deque()
        self._work = threading.Event()
        self._hurry = threading.Event()
        self._stopping = threading.Event()
        self._failing_since: datetime | None = None
        self._rows_lost = 0
        self._counting = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the writer's thread. Entries recorded before are kept for it."""
        if self._thread is not None:
            raise RuntimeError("an audit writer starts once")
        self._thread = threading.Thread(target=self._run, name="audit-writer", daemon=True)
        self._thread.start()

    def record(self, entry: AuditEntry) -> None:
        """Take one entry. It is in the store a moment later; :meth:`flush` waits for that."""
        waiting = self._waiting
        if len(waiting) >= self._waiting_rows_max:
            self._count_lost(entry)
            return
        waiting.append(entry)
        if not self._work.is_set():
            self._work.set()
        if len(waiting) >= GROUP_ROWS_MAX and not self._hurry.is_set():
            self._hurry.set()

    def is_healthy(self) -> bool:
        """Tell whether what is recorded now will be stored: the door refuses every change while it is not so."""
        thread = self._thread
        return self._failing_since is None and thread is not None and thread.is_alive() and self.has_room()

    def has_room(self) -> bool:
        """Tell whether one more entry can be kept: the door refuses everything while it is not so."""
        return len(self._waiting) < self._waiting_rows_max

    def rows_waiting(self) -> int:
        """Return how many entries are not in the store yet; for metrics."""
        return len(self._waiting)

    def flush(self, timeout_seconds: float = 5.0) -> None:
        """Return when everything recorded so far is in the store.

        Raises :class:`AuditUnavailable` when that takes longer than ``timeout_seconds``; the rows are kept and tried
        on. Blocks: for worker threads, not for the event loop.
        """
        stored = threading.Event()
        self._waiting.append(stored)
        self._work.set()
        self._hurry.set()
        if self._thread is None or not stored.wait(timeout_seconds):
            raise AuditUnavailable(internal=f"{len(self._waiting)} audit rows wait for the store")

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """Store what waits and end the thread.

        Raises :class:`AuditUnavailable` when the store does not take the rows in time: then they are lost, and the
        log has their number.
        """
        thread = self._thread
        if thread is None or not thread.is_alive():
            return
        try:
            self.flush(timeout_seconds)
        except AuditUnavailable:
            _log.error("audit_rows_lost_at_stop", rows=len(self._waiting))
            raise
        finally:
            self._stopping.set()
            self._work.set()
            self._hurry.set()
            thread.join(timeout_seconds)

    def _run(self) -> None:
        pause_seconds = GROUP_INTERVAL_SECONDS
        while not self._stopping.is_set():
            self._work.wait()
            self._hurry.wait(pause_seconds)
            # Cleared before looking at the queue: an entry that arrives from here on sets them again.
            self._hurry.clear()
            self._work.clear()
            # What arrives from here on waits for the next time, unless it fits in: a group for each handful of rows
            # would keep the store and the interpreter busier than the rows do.
            began, due = stopwatch(), len(self._waiting)
            while due > 0 and not self._stopping.is_set():
                due -= self._store_one_group()
            pause_seconds = GROUP_INTERVAL_SECONDS
            if self._waiting:
                # It has waited while the others were stored.
                pause_seconds = max(0.0, pause_seconds - (stopwatch() - began))
                self._work.set()

    def _store_one_group(self) -> int:
        # Copied, not taken: the entries stay in the queue, and count against its bound, until they are stored.
        group = [self._waiting[index] for index in range(min(len(self._waiting), GROUP_ROWS_MAX))]
        entries = [item for item in group if isinstance(item, AuditEntry)]
        pause_seconds = GROUP_INTERVAL_SECONDS
        while not self._try_to_store(entries):
            if self._stopping.wait(pause_seconds):
                return 0
            pause_seconds = min(pause_seconds * 2, RETRY_SECONDS_MAX)
        for item in group:
            self._waiting.popleft()
            if isinstance(item, threading.Event):
                item.set()
        return len(group)

    def _try_to_store(self, entries: list[AuditEntry]) -> bool:
        lost = self._rows_lost
        recovering = self._failing_since is not None or lost > 0
        if recovering:
            entries = [self._recovery_entry(lost), *entries]
        if not entries:
            return True
        try:
            with self._database.write() as session:
                store.keep_commit_order(session)
                chain = self._chain or chain_store.begin_chain(session, self._chain_key, self._clock.now())
                longer = store.add_rows(session, entries, self._chain_key, chain)
                chain_store.move_head(session, self._chain_key, chain, longer)
        except Exception as failure:  # noqa: BLE001  # whatever it is, a dead thread would lose rows unseen
            # Whether the last group was stored after all is not known; a chain that begins anew is right either way.
            self._chain = None
            if self._failing_since is None:
                self._failing_since = self._clock.now()
            _log.error("audit_store_refused", failure=repr(failure), rows=len(self._waiting))
            return False
        self._chain = longer
        if recovering:
            with self._counting:
                self._rows_lost -= lost
            self._failing_since = None
            _log.warning("audit_store_recovered", rows_lost=lost)
        return True

    def _recovery_entry(self, lost: int) -> AuditEntry:
        now = self._clock.now()
        since = (self._failing_since or now).isoformat(timespec="seconds")
        sentence = f"The audit log could not be written since {since}; {lost} rows were lost."
        return AuditEntry(event=EventName.AUDIT_STORE_RECOVERED, time=now, sentence=sentence)

    def _count_lost(self, entry: AuditEntry) -> None:
        with self._counting:
            self._rows_lost += 1
        _log.error("audit_row_lost", audit_event=entry.event.value, request_id=entry.request_id, status=entry.status)


def list_rows(
    session: Session,
    organization_id: str | None,
    *,
    after: int | None = None,
    limit: int = 100,
    verdict: str | None = None,
    caller: str | None = None,
) -> list[AuditRow]:
    """Return rows of one organization, newest last, at most 500.

    ``organization_id`` ``None`` means the rows of all, and those of none. ``after`` is the id of the last row seen;
    without it the newest rows are returned. ``caller`` is a caller's id, a caller's name or a credential's id.
    """
    return store.list_rows(
        session,
        organization_id=organization_id,
        after=after,
        limit=max(1, min(limit, LIST_ROWS_MAX)),
        verdict=verdict,
        caller=caller,
    )
