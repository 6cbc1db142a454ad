"""What the embedded Orchestrator does by itself, in the background: fire schedules, deliver events, sweep.

Each duty is carried out by one process at a time, whichever of the workers and machines comes first: its row in the
store says when it is due, and whoever moves that moment on has it. A process that dies in the middle leaves the duty
to the next period, so that a duty looks for what is due instead of counting on having been called.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import String, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Base, Database, UtcDateTime
from stagedoor.kit.files import Files
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.outreach import Outreach

_log = get_logger(__name__)


class DutyMoment(Base):
    """When a duty is due next."""

    __tablename__ = "duty_moments"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCall:
    """What a duty works with. It opens its own transactions, short ones, and holds none while it waits for others."""

    database: Database
    files: Files
    clock: Clock
    chance: Chance
    vault: Vault
    outreach: Outreach = field(default_factory=Outreach)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again. ``name`` is unique in the house, at most 64 letters.

    ``is_due`` is a cheap look before anything is written, for a duty that often finds nothing to do.
    """

    name: str
    every: timedelta
    carry_out: Callable[[DutyCall], None]
    is_due: Callable[[Session, datetime], bool] | None = None


class Duties:
    """The duties of all rooms, carried out when they are due; for one worker thread at a time."""

    def __init__(self, duties: Iterable[Duty], call: DutyCall) -> None:
        self._duties = tuple(duties)
        self._call = call
        self._due_at: dict[str, datetime] = {}

    def attend(self) -> None:
        """Carry out what is due and not in other hands. What fails is logged, and is due again a period later."""
        if self._is_nothing_due():
            return
        for duty in self._duties:
            now = self._call.clock.now()
            if self._due_at.get(duty.name, now) <= now and self._claim(duty, now):
                try:
                    duty.carry_out(self._call)
                except Exception as failure:  # noqa: BLE001  # one duty that fails keeps none of the others waiting
                    _log.exception("duty_failed", duty=duty.name, failure=type(failure).__name__)

    def _is_nothing_due(self) -> bool:
        # As it is nearly always, which is seen in one transaction.
        now = self._call.clock.now()
        waiting = [duty for duty in self._duties if self._due_at.get(duty.name, now) <= now]
        looks = [duty.is_due for duty in waiting if duty.is_due is not None]
        if len(looks) < len(waiting):
            return False
        if looks:
            with self._call.database.read() as session:
                if any(is_due(session, now) for is_due in looks):
                    return False
        self._due_at.update((duty.name, now + duty.every) for duty in waiting)
        return True

    def _claim(self, duty: Duty, now: datetime) -> bool:
        with self._call.database.read() as session:
            if duty.is_due is not None and not duty.is_due(session, now):
                self._due_at[duty.name] = now + duty.every
                return False
            due_at = _find_moment(session, duty.name)
        if due_at is not None and due_at > now:
            # Somebody else had it; a duty that is not due costs no further look until then.
            self._due_at[duty.name] = min(due_at, now + duty.every)
            return False
        next_at = now + duty.every
        try:
            with self._call.database.write() as session:
                is_mine = _move_moment(session, duty.name, due_at, next_at)
        except IntegrityError:
            is_mine = False
        self._due_at[duty.name] = next_at
        return is_mine


def _find_moment(session: Session, name: str) -> datetime | None:
    return session.scalar(select(DutyMoment.due_at).where(DutyMoment.name == name))


def _move_moment(session: Session, name: str, due_at: datetime | None, next_at: datetime) -> bool:
    if due_at is None:
        session.execute(insert(DutyMoment).values(name=name, due_at=next_at))
        return True
    moved = session.connection().execute(
        update(DutyMoment).where(DutyMoment.name == name, DutyMoment.due_at == due_at).values(due_at=next_at)
    )
    return moved.rowcount == 1
