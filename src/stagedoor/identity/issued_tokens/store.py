"""All SQL about issued tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from stagedoor.identity.issued_tokens.models import RefreshToken, RevokedToken, TokenFamily


def add(session: Session, row: TokenFamily | RefreshToken) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()


def find_family(session: Session, family_id: str) -> TokenFamily | None:
    """Return a family, locked until the end of the transaction."""
    return session.scalar(select(TokenFamily).where(TokenFamily.id == family_id).with_for_update())


def families_of(session: Session, user_id: str, kind: str) -> Sequence[TokenFamily]:
    """Return a user's families of one kind that were not ended, the youngest in front."""
    rows = select(TokenFamily).where(
        TokenFamily.user_id == user_id, TokenFamily.kind == kind, TokenFamily.revoked_at.is_(None)
    )
    return session.scalars(rows.order_by(TokenFamily.created_at.desc(), TokenFamily.id)).all()


def find_refresh_token(session: Session, keyed_hash: str) -> RefreshToken | None:
    """Return a refresh token, locked so that two requests with it come one after the other."""
    return session.scalar(select(RefreshToken).where(RefreshToken.keyed_hash == keyed_hash).with_for_update())


def read_refresh_token(session: Session, keyed_hash: str) -> tuple[RefreshToken, TokenFamily] | None:
    """Return a refresh token and its family without locking either."""
    rows = select(RefreshToken, TokenFamily).join(TokenFamily, TokenFamily.id == RefreshToken.family_id)
    row = session.execute(rows.where(RefreshToken.keyed_hash == keyed_hash)).one_or_none()
    return None if row is None else (row[0], row[1])


def drop_sealed_answers(session: Session, superseded_before: datetime) -> None:
    """Forget answers that can no longer be asked for again."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.sealed_answer.is_not(None), RefreshToken.superseded_at < superseded_before)
        .values(sealed_answer=None)
    )


def drop_answers_leading_to(session: Session, keyed_hash: str) -> None:
    """Forget the answer that held this refresh token: whoever presents it has received that answer."""
    session.execute(update(RefreshToken).where(RefreshToken.successor_hash == keyed_hash).values(sealed_answer=None))


def drop_answers_of(session: Session, family_id: str) -> None:
    """Forget every answer of a family that ended."""
    session.execute(update(RefreshToken).where(RefreshToken.family_id == family_id).values(sealed_answer=None))


def add_revocation(session: Session, ref: str, forget_at: datetime) -> bool:
    """Note that a token or family ended; returns whether that was news."""
    if session.get(RevokedToken, ref) is not None:
        return False
    session.add(RevokedToken(ref=ref, forget_at=forget_at))
    session.flush()
    return True


def live_revocations(session: Session, now: datetime) -> list[tuple[str, datetime]]:
    """Return what ended early and would otherwise still be good, and until when it has to be known."""
    rows = select(RevokedToken.ref, RevokedToken.forget_at).where(RevokedToken.forget_at > now)
    return [(ref, forget_at) for ref, forget_at in session.execute(rows)]


def delete_outlived(session: Session, now: datetime) -> None:
    """Remove revocations of what has expired since, and refresh tokens that expired."""
    session.execute(delete(RevokedToken).where(RevokedToken.forget_at <= now))
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at <= now))
