"""The latest time that a store has seen: a clock that shows an earlier one was set back."""

from datetime import datetime, timedelta

from sqlalchemy import Integer, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from stagedoor.kit.changes import Change, ChangeFeed, record_change
from stagedoor.kit.db import Base, Database, UtcDateTime
from stagedoor.kit.logs import get_logger
from stagedoor.kit.steady_clock import ClockTrouble, SteadyClock

TOPIC = "clock"
KEPT_EVERY = timedelta(minutes=1)
_ONLY = 1

_log = get_logger("stagedoor.clock")


class ClockMarkRow(Base):
    """The one mark of a store: the latest time that a server has seen, and where."""

    __tablename__ = "clock_mark"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_by: Mapped[str] = mapped_column(String(128))


class ClockMark:
    """Keep one process's clock and the store's mark together. ``follow`` the feed, then ``load``."""

    def __init__(self, database: Database, clock: SteadyClock, seen_by: str) -> None:
        self._database = database
        self._clock = clock
        self._seen_by = seen_by[:128]
        self._kept_at: datetime | None = None
        self._said: ClockTrouble | None = None

    def follow(self, feed: ChangeFeed) -> None:
        """Hear of a clock that somebody accepted."""
        feed.subscribe((TOPIC,), self._accept)

    def load(self) -> None:
        """Let the clock begin no earlier than the store."""
        with self._database.read() as session:
            row = session.get(ClockMarkRow, _ONLY)
            seen_at = None if row is None else row.seen_at
        if seen_at is not None:
            self._clock.start_from(seen_at)
        self._say()

    def keep_up(self) -> None:
        """Look at the clock, and about once a minute note what it shows, while it is trusted."""
        self._clock.look()
        self._say()
        now = self._clock.now()
        if self._clock.trouble is not None or (self._kept_at is not None and now - self._kept_at < KEPT_EVERY):
            return
        with self._database.write() as session:
            _keep(session, now, self._seen_by)
        self._kept_at = now

    def _accept(self, _: tuple[Change, ...]) -> None:
        self._clock.accept()
        self._kept_at = None
        _log.warning("clock_accepted", now=self._clock.now().isoformat(timespec="seconds"))

    def _say(self) -> None:
        trouble = self._clock.trouble
        if trouble is self._said:
            return
        self._said = trouble
        if trouble is None:
            _log.warning("clock_trusted_again", now=self._clock.now().isoformat(timespec="seconds"))
        else:
            lead = round(self._clock.lead.total_seconds())
            _log.error("clock_not_trusted", trouble=trouble.value, behind_seconds=lead)


def find_mark(session: Session) -> ClockMarkRow | None:
    """Return the store's mark, if a server has run long enough to leave one."""
    return session.get(ClockMarkRow, _ONLY)


def accept_clock(session: Session, now: datetime, seen_by: str) -> None:
    """Make ``now`` the latest time that the store has seen, an earlier one too, and tell every process."""
    row = session.get(ClockMarkRow, _ONLY)
    if row is None:
        session.add(ClockMarkRow(id=_ONLY, seen_at=now, seen_by=seen_by[:128]))
    else:
        row.seen_at, row.seen_by = now, seen_by[:128]
    session.flush()
    record_change(session, TOPIC, "accepted")


def _keep(session: Session, now: datetime, seen_by: str) -> None:
    row = session.get(ClockMarkRow, _ONLY)
    if row is None:
        session.add(ClockMarkRow(id=_ONLY, seen_at=now, seen_by=seen_by))
        return
    # Only ahead, whoever wrote meanwhile.
    later = (ClockMarkRow.id == _ONLY) & (ClockMarkRow.seen_at < now)
    session.execute(update(ClockMarkRow).where(later).values(seen_at=now, seen_by=seen_by))
