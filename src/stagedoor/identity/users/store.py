"""All SQL about users and their roles."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from stagedoor.identity.users.models import RoleAssignment, TenantRole, TenantRolePermission, User

IDS_AT_ONCE = 500


def add(session: Session, row: User | RoleAssignment | TenantRole) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()


def remove(session: Session, row: RoleAssignment | TenantRole) -> None:
    """Take a row out."""
    session.delete(row)
    session.flush()


def find_user(session: Session, organization_id: str, user_id: str) -> User | None:
    """Return the user of this id, if it belongs to the organization."""
    return session.scalar(select(User).where(User.id == user_id, User.organization_id == organization_id))


def find_user_by_username(session: Session, organization_id: str, username: str) -> User | None:
    """Return the user of this name; ``username`` in lower case."""
    return session.scalar(select(User).where(User.organization_id == organization_id, User.username == username))


def users_with_email(session: Session, organization_id: str, email: str) -> Sequence[User]:
    """Return up to two users with this address (in lower case): enough to know whether it is one."""
    return session.scalars(
        select(User).where(User.organization_id == organization_id, User.email == email).limit(2)
    ).all()


def list_users(session: Session, organization_id: str, *, after_number: int, limit: int) -> Sequence[User]:
    """Return up to ``limit`` users of an organization in the order of their numbers, behind ``after_number``."""
    return session.scalars(
        select(User)
        .where(User.organization_id == organization_id, User.number > after_number)
        .order_by(User.number)
        .limit(limit)
    ).all()


def all_users(session: Session) -> Iterable[User]:
    """Return every user of every organization, a few at a time."""
    return session.scalars(select(User).execution_options(yield_per=IDS_AT_ONCE))


def users_by_id(session: Session, user_ids: Collection[str]) -> Iterable[User]:
    """Return these users, as far as they exist."""
    ids = list(user_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield from session.scalars(select(User).where(User.id.in_(ids[start : start + IDS_AT_ONCE])))


def all_roles(session: Session) -> Iterable[RoleAssignment]:
    """Return every role of everybody, in the order in which they were given."""
    return session.scalars(select(RoleAssignment).order_by(RoleAssignment.id))


def roles_of(session: Session, user_ids: Collection[str]) -> Iterable[RoleAssignment]:
    """Return the roles of these users, in the order in which they were given."""
    ids = list(user_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield from session.scalars(
            select(RoleAssignment)
            .where(RoleAssignment.user_id.in_(ids[start : start + IDS_AT_ONCE]))
            .order_by(RoleAssignment.id)
        )


def find_role(
    session: Session, user_id: str, tenant_id: str, folder_key: str | None, role: str
) -> RoleAssignment | None:
    """Return one assignment."""
    return session.scalar(
        select(RoleAssignment).where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.tenant_id == tenant_id,
            RoleAssignment.folder_key.is_(None) if folder_key is None else RoleAssignment.folder_key == folder_key,
            RoleAssignment.role == role,
        )
    )


def find_tenant_role(session: Session, tenant_id: str, role_id: int) -> TenantRole | None:
    """Return the role of this id, if it is the tenant's own."""
    return session.scalar(select(TenantRole).where(TenantRole.tenant_id == tenant_id, TenantRole.id == role_id))


def find_tenant_role_named(session: Session, tenant_id: str, name_folded: str) -> TenantRole | None:
    """Return the tenant's own role of this folded name."""
    return session.scalar(
        select(TenantRole).where(TenantRole.tenant_id == tenant_id, TenantRole.name_folded == name_folded)
    )


def count_tenant_roles(session: Session, tenant_id: str) -> int:
    """Return how many roles a tenant made for itself."""
    counted = select(func.count()).select_from(TenantRole).where(TenantRole.tenant_id == tenant_id)
    return session.scalar(counted) or 0


def permissions_of(session: Session, role: TenantRole) -> frozenset[str]:
    """Return what a role allows."""
    held = select(TenantRolePermission.permission).where(TenantRolePermission.role_id == role.id)
    return frozenset(session.scalars(held))


def set_permissions(session: Session, role: TenantRole, permissions: Collection[str]) -> None:
    """Let a role allow exactly this."""
    session.execute(delete(TenantRolePermission).where(TenantRolePermission.role_id == role.id))
    session.add_all(TenantRolePermission(role_id=role.id, permission=permission) for permission in sorted(permissions))
    session.flush()


def permissions_of_tenant_roles(
    session: Session, tenant_ids: Collection[str] | None = None
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return by tenant and name what the roles allow that these tenants, or all, made for themselves."""
    wanted = select(TenantRole.tenant_id, TenantRole.name, TenantRolePermission.permission).outerjoin(
        TenantRolePermission, TenantRolePermission.role_id == TenantRole.id
    )
    if tenant_ids is not None:
        wanted = wanted.where(TenantRole.tenant_id.in_(sorted(tenant_ids)))
    found: dict[tuple[str, str], list[str]] = {}
    for tenant_id, name, permission in session.execute(wanted.order_by(TenantRolePermission.permission)):
        # A role without permissions has one row, with null for a permission.
        found.setdefault((tenant_id, name), []).extend([permission] if permission else ())
    return {key: tuple(permissions) for key, permissions in found.items()}


def holders_of(session: Session, tenant_id: str, role: str) -> Sequence[str]:
    """Return the ids of those who hold a role anywhere in the tenant."""
    held = select(RoleAssignment.user_id).where(RoleAssignment.tenant_id == tenant_id, RoleAssignment.role == role)
    return session.scalars(held.distinct()).all()


def rename_held(session: Session, tenant_id: str, before: str, after: str) -> None:
    """Let everybody hold a role of the tenant under its new name."""
    session.execute(
        update(RoleAssignment)
        .where(RoleAssignment.tenant_id == tenant_id, RoleAssignment.role == before)
        .values(role=after)
    )


def take_from_all(session: Session, tenant_id: str, role: str) -> None:
    """Take a role of the tenant from everybody."""
    session.execute(delete(RoleAssignment).where(RoleAssignment.tenant_id == tenant_id, RoleAssignment.role == role))
