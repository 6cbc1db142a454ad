"""All SQL of roles, which are read here and kept by identity."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.people import TENANT_ROLE_PERMISSIONS
from stagedoor.orchestrator.roles.models import Role


def find_role(session: Session, tenant_id: str, number: int) -> Role | None:
    """Return the role of this number."""
    return session.scalar(select(Role).where(Role.tenant_id == tenant_id, Role.number == number))


def find_role_named(session: Session, tenant_id: str, folded: str) -> Role | None:
    """Return the role of this folded name; one of the catalogue before one of the tenant's own."""
    named = select(Role).where(Role.tenant_id == tenant_id, Role.folded == folded)
    return session.scalars(named.order_by(Role.number).limit(1)).first()


def list_names(session: Session, tenant_id: str) -> Sequence[str]:
    """Return the names of all roles, the catalogue's first."""
    return session.scalars(select(Role.name).where(Role.tenant_id == tenant_id).order_by(Role.number)).all()


def list_permissions(session: Session, own_role_id: int) -> Sequence[str]:
    """Return what a role of a tenant's own allows."""
    kept = TENANT_ROLE_PERMISSIONS.c
    return session.scalars(select(kept.permission).where(kept.role_id == own_role_id).order_by(kept.permission)).all()
