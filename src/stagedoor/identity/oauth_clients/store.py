"""All SQL about external applications."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.identity.oauth_clients.models import ApplicationSecret, ExternalApplication


def find_application(session: Session, client_id: str) -> ExternalApplication | None:
    """Return the application of this client id."""
    return session.get(ExternalApplication, client_id)


def applications_of(session: Session, organization_id: str) -> Sequence[ExternalApplication]:
    """Return an organization's applications by name."""
    rows = select(ExternalApplication).where(ExternalApplication.organization_id == organization_id)
    return session.scalars(rows.order_by(ExternalApplication.name, ExternalApplication.id)).all()


def secrets_of(session: Session, client_id: str) -> Sequence[ApplicationSecret]:
    """Return an application's secrets, the oldest in front."""
    rows = select(ApplicationSecret).where(ApplicationSecret.application_id == client_id)
    return session.scalars(rows.order_by(ApplicationSecret.created_at, ApplicationSecret.id)).all()


def add(session: Session, row: ExternalApplication | ApplicationSecret) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()


def delete_secret(session: Session, secret_id: str) -> None:
    """Remove one secret."""
    session.execute(delete(ApplicationSecret).where(ApplicationSecret.id == secret_id))


def delete_application(session: Session, client_id: str) -> None:
    """Remove an application and its secrets."""
    session.execute(delete(ApplicationSecret).where(ApplicationSecret.application_id == client_id))
    session.execute(delete(ExternalApplication).where(ExternalApplication.id == client_id))
