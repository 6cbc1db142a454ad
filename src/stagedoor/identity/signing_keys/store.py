"""All SQL about signing keys."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.identity.signing_keys.models import SigningKeyRow


def all_keys(session: Session) -> Sequence[SigningKeyRow]:
    """Return every key, the one that signs first in front."""
    return session.scalars(select(SigningKeyRow).order_by(SigningKeyRow.signs_from, SigningKeyRow.kid)).all()


def add_key(session: Session, row: SigningKeyRow) -> None:
    """Put a new key into this transaction."""
    session.add(row)
    session.flush()


def delete_keys(session: Session, kids: Iterable[str]) -> None:
    """Remove keys that nothing alive was signed with."""
    session.execute(delete(SigningKeyRow).where(SigningKeyRow.kid.in_(list(kids))))
