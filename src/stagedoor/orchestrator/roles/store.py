"""All SQL of roles, which are read here and kept by identity."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.roles.models import Role, RolePermission


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


def list_permissions(session: Session, role: Role) -> Sequence[str]:
    """Return what a role allows."""
    held = select(RolePermission.name).where(
        RolePermission.tenant_id == role.tenant_id, RolePermission.role_number == role.number
    )
    return session.scalars(held.order_by(RolePermission.name)).all()
