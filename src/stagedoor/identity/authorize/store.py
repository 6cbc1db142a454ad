"""All SQL about sign-in sessions and consents."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from stagedoor.identity.authorize.models import Consent, SignInSession


def add_session(session: Session, row: SignInSession) -> None:
    """Put a new sign-in session into this transaction."""
    session.add(row)
    session.flush()


def find_session(session: Session, keyed_hash: str) -> SignInSession | None:
    """Return the sign-in session of this cookie."""
    return session.get(SignInSession, keyed_hash)


def delete_session(session: Session, keyed_hash: str) -> None:
    """Remove a sign-in session."""
    session.execute(delete(SignInSession).where(SignInSession.keyed_hash == keyed_hash))


def delete_sessions_of(session: Session, user_id: str) -> None:
    """Remove every sign-in session of a person."""
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))


def delete_expired_sessions(session: Session, now: datetime) -> None:
    """Remove sign-in sessions that are over."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))


def consented_scopes(session: Session, user_id: str, client_id: str) -> frozenset[str]:
    """Return what a person has allowed an application so far."""
    consent = session.get(Consent, (user_id, client_id))
    return frozenset() if consent is None else frozenset(consent.scopes)


def save_consent(session: Session, user_id: str, client_id: str, scopes: Iterable[str], now: datetime) -> None:
    """Add scopes to what a person allows an application."""
    consent = session.get(Consent, (user_id, client_id))
    if consent is None:
        session.add(Consent(user_id=user_id, client_id=client_id, scopes=sorted(set(scopes)), granted_at=now))
    else:
        consent.scopes = sorted({*consent.scopes, *scopes})
        consent.granted_at = now
    session.flush()
