"""News of what changed in the store, so that what is held in memory is renewed and nothing is ever polled whole.

A writer records a change in the same transaction as the change itself; a server process reads the rows that are new
since its last look: at once after its own writes, and several times a second for those of other processes.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Integer, String, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from stagedoor.kit.db import Base, Database

_RECORDED = "stagedoor.changes_recorded"


class ChangeRow(Base):
    """One change: what kind of thing (``topic``) and which one (``ref``)."""

    __tablename__ = "changes"

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    ref: Mapped[str] = mapped_column(String(128))


# Asked for several times a second, so that it is put together once.
_NEWS = (
    select(ChangeRow.sequence, ChangeRow.topic, ChangeRow.ref)
    .where(ChangeRow.sequence > bindparam("position"))
    .order_by(ChangeRow.sequence)
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change as told to listeners."""

    topic: str
    ref: str


def record_change(session: Session, topic: str, ref: str) -> None:
    """Tell every process about a change, if and when this transaction commits."""
    session.execute(insert(ChangeRow).values(topic=topic, ref=ref))
    session.info[_RECORDED] = True


def has_recorded_changes(session: Session) -> bool:
    """Tell whether this session, open or closed, recorded a change: then the feed has something to deliver."""
    return _RECORDED in session.info


Listener = Callable[[tuple[Change, ...]], None]


class ChangeFeed:
    """Deliver changes to those who keep copies in memory.

    ``subscribe`` before ``start_from_now``; then ``catch_up`` delivers what is new, in order, on the calling thread.
    Safe to call from several threads: deliveries are serialised.
    """

    # A PostgreSQL sequence is handed out before its transaction commits, so a lower number can appear after a higher
    # one. Looking back this far each time finds late ones; what was delivered already is remembered and left out.
    LOOK_BACK = 200
    # Far more than any process can be behind: each looks several times a second.
    KEPT = 10_000

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[tuple[frozenset[str], Listener]] = []
        self._tell_of_news: Callable[[], None] | None = None
        self._position = 0
        self._delivered: set[int] = set()
        self._lock = threading.Lock()

    def subscribe(self, topics: Iterable[str], listener: Listener) -> None:
        """Call ``listener`` with the changes of these topics, several at a time."""
        self._listeners.append((frozenset(topics), listener))

    def on_news(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` whenever there is something new in the store, our own changes included, before it is delivered.

        That is how the processes of one machine hear of it sooner than by looking.
        """
        self._tell_of_news = tell

    def start_from_now(self) -> None:
        """Remember where the feed stands; call it *before* reading the copies, so that no change falls between."""
        with self._lock, self._database.read() as session:
            self._position = session.scalar(select(func.max(ChangeRow.sequence))) or 0
            recent = select(ChangeRow.sequence).where(ChangeRow.sequence > self._position - self.LOOK_BACK)
            self._delivered = set(session.scalars(recent))

    def catch_up(self) -> int:
        """Deliver what is new and return how many changes there were.

        A listener that fails keeps no other one from hearing: a revocation must arrive whatever else is broken. Its
        failure is raised when all have been told, and all are told again the next time.
        """
        with self._lock:
            with self._database.read() as session:
                fresh = session.execute(_NEWS, {"position": self._position - self.LOOK_BACK}).all()
            rows = [row for row in fresh if row.sequence not in self._delivered]
            if not rows:
                return 0
            if self._tell_of_news is not None:
                self._tell_of_news()
            failures: list[Exception] = []
            for topics, listener in self._listeners:
                changes = tuple(dict.fromkeys(Change(row.topic, row.ref) for row in rows if row.topic in topics))
                if changes:
                    try:
                        listener(changes)
                    except Exception as failure:  # noqa: BLE001  # raised below, after the others have heard
                        failures.append(failure)
            if failures:
                raise failures[0]
            self._position = max(self._position, rows[-1].sequence)
            self._delivered.update(row.sequence for row in rows)
            self._delivered = {seen for seen in self._delivered if seen > self._position - self.LOOK_BACK}
            return len(rows)

    def clean_up(self) -> None:
        """Remove changes that every process has long heard of."""
        with self._database.write() as session:
            session.execute(delete(ChangeRow).where(ChangeRow.sequence <= self._position - self.KEPT))
