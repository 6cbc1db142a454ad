"""All SQL about what several machines share of keys' limits."""

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stagedoor.access.limits.key_limits import KeyUse
from stagedoor.access.limits.models import KeyPermitRow, KeyUseRow, MachineRow
from stagedoor.access.limits.permits import Held


def lock_use(session: Session, key_id: str) -> KeyUse:
    """Return what a key has used, and keep everybody else from changing anything of it until the transaction ends."""
    row = _locked_row(session, key_id)
    return KeyUse(row.arrival, row.day, row.used_today)


def write_use(session: Session, key_id: str, use: KeyUse) -> None:
    """Write what a locked key has used."""
    row = session.get_one(KeyUseRow, key_id)
    row.arrival, row.day, row.used_today = use.arrival, use.day, use.used_today


def list_permits(session: Session, key_id: str) -> tuple[Held, ...]:
    """Return who holds which permits of a locked key."""
    rows = session.scalars(select(KeyPermitRow).where(KeyPermitRow.key_id == key_id))
    return tuple(Held(row.worker_id, row.count, row.until) for row in rows)


def write_permits(session: Session, key_id: str, held: tuple[Held, ...]) -> None:
    """Write who holds which permits of a locked key."""
    session.execute(delete(KeyPermitRow).where(KeyPermitRow.key_id == key_id))
    session.add_all(
        KeyPermitRow(key_id=key_id, worker_id=one.worker_id, count=one.count, until=one.until) for one in held
    )


def note_machine(session: Session, machine_id: str, *, now: int, gone_before: int) -> int:
    """Write that a machine serves, forget those not seen for long, and return how many there are."""
    session.execute(delete(MachineRow).where(MachineRow.seen_at < gone_before))
    session.merge(MachineRow(id=machine_id, seen_at=now))
    session.flush()
    return session.scalar(select(func.count()).select_from(MachineRow)) or 1


def _locked_row(session: Session, key_id: str) -> KeyUseRow:
    statement = select(KeyUseRow).where(KeyUseRow.key_id == key_id).with_for_update()
    row = session.scalar(statement)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = KeyUseRow(key_id=key_id, arrival=0, day=0, used_today=0)
            session.add(row)
            session.flush()
    except IntegrityError:
        # Somebody else was first.
        return session.scalars(statement).one()
    return row
