"""All SQL about organizations and tenants."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from stagedoor.identity.organizations.models import Organization, Tenant


def all_organizations(session: Session) -> Sequence[Organization]:
    """Return every organization by name."""
    return session.scalars(select(Organization).order_by(Organization.name)).all()


def all_tenants(session: Session) -> Sequence[Tenant]:
    """Return every tenant of every organization by name."""
    return session.scalars(select(Tenant).order_by(Tenant.name)).all()


def find_organization(session: Session, word: str) -> Organization | None:
    """Return the organization whose logical name or id this is, in any letter case."""
    lowered = word.lower()
    return session.scalar(select(Organization).where(or_(Organization.name == lowered, Organization.id == lowered)))


def find_tenant(session: Session, organization_id: str, word: str) -> Tenant | None:
    """Return the tenant of an organization whose name or id this is, in any letter case."""
    lowered = word.lower()
    return session.scalar(
        select(Tenant).where(
            Tenant.organization_id == organization_id,
            or_(func.lower(Tenant.name) == lowered, Tenant.id == lowered),
        )
    )


def add(session: Session, row: Organization | Tenant) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()
