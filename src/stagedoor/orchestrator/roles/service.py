"""Find the roles of a tenant: the catalogue's and those that it made for itself."""

from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.roles import store
from stagedoor.orchestrator.roles.errors import RoleIsStatic
from stagedoor.orchestrator.roles.models import OWN_NUMBERS_AFTER, Role

NAMES_TOLD_MAX = 50


def get_role(session: Session, tenant_id: str, number: int) -> Role:
    """Return the role of this number, or raise :class:`NotFound`."""
    role = store.find_role(session, tenant_id, number)
    if role is None:
        raise NotFound(f"The role {number} was not found.")
    return role


def get_role_named(session: Session, tenant_id: str, name: str) -> Role:
    """Return the role of this name, in any letter case; raises :class:`InvalidRequest` that lists those there are."""
    role = store.find_role_named(session, tenant_id, name.strip().casefold())
    if role is None:
        names = ", ".join(store.list_names(session, tenant_id)[:NAMES_TOLD_MAX])
        raise InvalidRequest(f"There is no role {name[:128]!r}.", hint=f"Roles: {names}.")
    return role


def id_of_own(role: Role) -> int:
    """Return identity's id of a role that the tenant made for itself; raises :class:`RoleIsStatic` for another one."""
    if role.is_static:
        raise RoleIsStatic
    return role.number - OWN_NUMBERS_AFTER
