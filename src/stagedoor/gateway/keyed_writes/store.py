"""All SQL about writes with an ``Idempotency-Key``."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stagedoor.gateway.keyed_writes.models import KeyedWriteRow
from stagedoor.gateway.keyed_writes.schemas import WriteState

NAMES_AT_ONCE = 500


def add_if_new(session: Session, row: KeyedWriteRow, *, now: datetime) -> bool:
    """Put the row into the store, unless one of its name is there that has not expired."""
    session.execute(delete(KeyedWriteRow).where(KeyedWriteRow.name == row.name, KeyedWriteRow.expires_at <= now))
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def find(session: Session, name: str) -> KeyedWriteRow | None:
    """Return the row of this name."""
    return session.get(KeyedWriteRow, name)


def take_over(session: Session, name: str, owner: str, *, former_owner: str, state: WriteState, now: datetime) -> bool:
    """Make somebody else the owner of a row, if it still is as it was seen."""
    as_seen = (
        KeyedWriteRow.name == name,
        # Of two who find it left behind, the second finds another owner.
        KeyedWriteRow.owner == former_owner,
        KeyedWriteRow.state == state,
    )
    taken = update(KeyedWriteRow).where(*as_seen).values(owner=owner, state=WriteState.UNDER_WAY, claimed_at=now)
    return session.scalar(taken.returning(KeyedWriteRow.name)) is not None


def settle(session: Session, name: str, owner: str, **values: object) -> str | None:
    """Write what came of it, if it is still the owner's; return to whom it is counted."""
    mine = (KeyedWriteRow.name == name, KeyedWriteRow.owner == owner)
    return session.scalar(update(KeyedWriteRow).where(*mine).values(**values).returning(KeyedWriteRow.holder))


def release(session: Session, name: str, owner: str) -> None:
    """Forget that the key was used, if it is still the owner's."""
    session.execute(delete(KeyedWriteRow).where(KeyedWriteRow.name == name, KeyedWriteRow.owner == owner))


def delete_expired(session: Session, now: datetime) -> None:
    """Forget what has expired."""
    session.execute(delete(KeyedWriteRow).where(KeyedWriteRow.expires_at <= now))


def list_holders(session: Session, *, rows_max: int, bytes_max: int) -> list[str]:
    """Return those who have more rows, or more bytes of answers, than this."""
    many = (func.count() > rows_max) | (func.sum(KeyedWriteRow.answer_bytes) > bytes_max)
    return list(session.scalars(select(KeyedWriteRow.holder).group_by(KeyedWriteRow.holder).having(many)))


def list_sizes(session: Session, holder: str) -> list[tuple[str, int]]:
    """Return the names of a holder's rows and the bytes of their answers, newest first."""
    newest_first = (KeyedWriteRow.claimed_at.desc(), KeyedWriteRow.name)
    rows = select(KeyedWriteRow.name, KeyedWriteRow.answer_bytes).where(KeyedWriteRow.holder == holder)
    return [(name, size) for name, size in session.execute(rows.order_by(*newest_first))]


def drop_answers(session: Session, names: Iterable[str]) -> None:
    """Keep the rows without their answers."""
    for some in _batches(names):
        of_these = update(KeyedWriteRow).where(KeyedWriteRow.name.in_(some))
        session.execute(of_these.values(sealed_answer=None, answer_bytes=0))


def delete_rows(session: Session, names: Iterable[str]) -> None:
    """Forget these rows."""
    for some in _batches(names):
        session.execute(delete(KeyedWriteRow).where(KeyedWriteRow.name.in_(some)))


def _batches(names: Iterable[str]) -> list[list[str]]:
    every = list(names)
    return [every[start : start + NAMES_AT_ONCE] for start in range(0, len(every), NAMES_AT_ONCE)]
