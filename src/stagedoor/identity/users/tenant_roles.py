"""What can be done with the roles that a tenant makes for itself. Who may do so is asked before.

A role counts from the next request on: whoever holds one that changed is read again, in every worker.
"""

from sqlalchemy.orm import Session

from stagedoor.catalog.roles import PERMISSIONS, find_role, kind_of
from stagedoor.identity.users import store
from stagedoor.identity.users.errors import RoleNameInUse, RoleNotFound, RoleOrderRefused
from stagedoor.identity.users.models import TenantRole
from stagedoor.identity.users.schemas import RoleOrder
from stagedoor.kit.changes import record_change

NAME_LENGTH_MAX = 64
ROLES_MAX = 500
"""How many roles a tenant may make: each is looked at when its holders are read."""


def create_role(session: Session, tenant_id: str, order: RoleOrder) -> TenantRole:
    """Make a role; raises :class:`RoleNameInUse`, and :class:`RoleOrderRefused` for permissions that there are not."""
    _verify(session, tenant_id, order, besides=None)
    if store.count_tenant_roles(session, tenant_id) >= ROLES_MAX:
        raise RoleOrderRefused(f"A tenant may have {ROLES_MAX} roles of its own.")
    # Held by a name that meant nothing until now: nobody was given what the role allows.
    store.take_from_all(session, tenant_id, order.name)
    role = TenantRole(
        tenant_id=tenant_id,
        name=order.name,
        name_folded=order.name.casefold(),
        display_name=order.display_name,
        groups=order.groups,
        kind=kind_of(order.permissions),
    )
    store.add(session, role)
    store.set_permissions(session, role, order.permissions)
    return role


def get_role(session: Session, tenant_id: str, role_id: int) -> TenantRole:
    """Return the tenant's own role of this id, or raise :class:`RoleNotFound`."""
    role = store.find_tenant_role(session, tenant_id, role_id)
    if role is None:
        raise RoleNotFound
    return role


def find_role_named(session: Session, tenant_id: str, name: str) -> TenantRole | None:
    """Return the tenant's own role of this name, in any letter case."""
    return store.find_tenant_role_named(session, tenant_id, name.casefold())


def permissions_of(session: Session, role: TenantRole) -> frozenset[str]:
    """Return what a role allows."""
    return store.permissions_of(session, role)


def change_role(session: Session, role: TenantRole, order: RoleOrder) -> None:
    """Let a role be as ordered; whoever holds it goes on holding it, under its new name. Raises as creating does."""
    _verify(session, role.tenant_id, order, besides=role)
    holders = store.holders_of(session, role.tenant_id, role.name)
    if order.name != role.name:
        store.take_from_all(session, role.tenant_id, order.name)
        store.rename_held(session, role.tenant_id, role.name, order.name)
    role.name, role.name_folded = order.name, order.name.casefold()
    role.display_name, role.groups, role.kind = order.display_name, order.groups, kind_of(order.permissions)
    store.set_permissions(session, role, order.permissions)
    for user_id in holders:
        record_change(session, "user", user_id)


def delete_role(session: Session, role: TenantRole) -> None:
    """Delete a role, and take it from everybody who holds it."""
    holders = store.holders_of(session, role.tenant_id, role.name)
    store.take_from_all(session, role.tenant_id, role.name)
    store.set_permissions(session, role, ())
    store.remove(session, role)
    for user_id in holders:
        record_change(session, "user", user_id)


def _verify(session: Session, tenant_id: str, order: RoleOrder, *, besides: TenantRole | None) -> None:
    if not order.name.isprintable() or not 1 <= len(order.name.strip()) <= NAME_LENGTH_MAX:
        raise RoleOrderRefused(f"A role's name has 1 to {NAME_LENGTH_MAX} characters that can be printed.")
    if "," in order.name:
        # Users are shown with their roles as one list of words.
        raise RoleOrderRefused("A role's name has no comma.")
    unknown = sorted(order.permissions - PERMISSIONS)
    if unknown:
        raise RoleOrderRefused(f"There is no permission {unknown[0][:64]!r}.")
    named = find_role_named(session, tenant_id, order.name)
    if find_role(order.name) is not None or (named is not None and named is not besides):
        raise RoleNameInUse(f"The role name '{order.name}' is already in use.")
