"""All SQL about authorization codes."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.identity.grants.models import AuthorizationCode


def add_code(session: Session, row: AuthorizationCode) -> None:
    """Put a new code into this transaction."""
    session.add(row)
    session.flush()


def find_code(session: Session, keyed_hash: str) -> AuthorizationCode | None:
    """Return a code, locked so that of two requests with it one comes second."""
    return session.scalar(select(AuthorizationCode).where(AuthorizationCode.keyed_hash == keyed_hash).with_for_update())


def delete_unused_codes_of(session: Session, user_id: str) -> None:
    """Remove a person's codes that were not used."""
    session.execute(
        delete(AuthorizationCode).where(AuthorizationCode.user_id == user_id, AuthorizationCode.used_at.is_(None))
    )


def delete_codes(session: Session, expired_before: datetime) -> None:
    """Remove codes that expired before a moment."""
    session.execute(delete(AuthorizationCode).where(AuthorizationCode.expires_at < expired_before))
