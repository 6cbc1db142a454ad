"""What is read of roles: the catalogue's facts laid beside identity's tables, from no table of our own."""

from typing import TYPE_CHECKING

from sqlalchemy import (
    CTE,
    Boolean,
    Integer,
    String,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import Mapped

from stagedoor.catalog.roles import PERMISSIONS, RoleKind, find_role, is_of_folders, is_of_tenant, list_roles
from stagedoor.orchestrator.people import (
    ROLE_ASSIGNMENTS,
    TENANT_ROLE_PERMISSIONS,
    TENANT_ROLES,
    TENANTS,
    USERS,
    PeopleView,
)
from stagedoor.orchestrator.roles.schemas import PERMISSION_SCOPE

NO_ROLE = 0
"""Under this number each permission stands once, held by nobody."""
OWN_NUMBERS_AFTER = 1000
"""A role that a tenant made for itself has a number behind those of the catalogue: this one more than its id."""


def _scope_of(permission: str) -> int:
    if not is_of_folders(permission):
        return PERMISSION_SCOPE.members["Global"]
    return PERMISSION_SCOPE.members["GlobalOrFolder" if is_of_tenant(permission) else "Folder"]


def _role_facts() -> CTE:
    facts = values(
        column("number", Integer),
        column("name", String),
        column("folded", String),
        name="role_facts",
        literal_binds=True,
    )
    return facts.data([(role.number, role.name, role.name.lower()) for role in list_roles()]).cte("role_facts")


def _permission_facts() -> CTE:
    facts = values(
        column("id", Integer),
        column("role_number", Integer),
        column("name", String),
        column("scope", Integer),
        column("is_granted", Boolean),
        name="permission_facts",
        literal_binds=True,
    )
    order = {name: place for place, name in enumerate(sorted(PERMISSIONS), start=1)}
    rows = [(place, NO_ROLE, name, _scope_of(name), False) for name, place in order.items()]
    for role in list_roles():
        held = sorted(role.permissions & PERMISSIONS)
        rows += [(role.number * 1000 + order[name], role.number, name, _scope_of(name), True) for name in held]
    return facts.data(rows).cte("permission_facts")


_ROLES = _role_facts()
_PERMISSIONS = _permission_facts()
_ADMINISTRATOR = find_role("Administrator")
_OWN_NUMBER = (TENANT_ROLES.c.id + OWN_NUMBERS_AFTER).label("number")


class Role(PeopleView):
    """A role in a tenant: one of the catalogue (``is_static``), or one that the tenant made for itself."""

    __table__ = union_all(
        select(
            _ROLES.c.number,
            _ROLES.c.name,
            _ROLES.c.folded,
            _ROLES.c.name.label("display_name"),
            cast(null(), String).label("groups"),
            # Every role of the catalogue may be held in a whole tenant as well as in a folder.
            literal(RoleKind.MIXED.value).label("kind"),
            true().label("is_static"),
            false().label("is_editable"),
            TENANTS.c.id.label("tenant_id"),
        ).join_from(TENANTS, _ROLES, true()),
        select(
            _OWN_NUMBER,
            TENANT_ROLES.c.name,
            TENANT_ROLES.c.name_folded,
            TENANT_ROLES.c.display_name,
            TENANT_ROLES.c.groups,
            TENANT_ROLES.c.kind,
            false(),
            true(),
            TENANT_ROLES.c.tenant_id,
        ),
    ).subquery("roles_of_tenants")
    __mapper_args__ = {"primary_key": [__table__.c.number, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        number: Mapped[int]
        name: Mapped[str]
        folded: Mapped[str]
        display_name: Mapped[str]
        groups: Mapped[str | None]
        kind: Mapped[int]
        is_static: Mapped[bool]
        is_editable: Mapped[bool]
        tenant_id: Mapped[str]


class RolePermission(PeopleView):
    """A permission that a role holds; under :data:`NO_ROLE` every permission that there is."""

    __table__ = union_all(
        select(
            _PERMISSIONS.c.id,
            _PERMISSIONS.c.role_number,
            _PERMISSIONS.c.name,
            _PERMISSIONS.c.scope,
            _PERMISSIONS.c.is_granted,
            TENANTS.c.id.label("tenant_id"),
        ).join_from(TENANTS, _PERMISSIONS, true()),
        select(
            (_OWN_NUMBER * 1000 + _PERMISSIONS.c.id),
            _OWN_NUMBER,
            _PERMISSIONS.c.name,
            _PERMISSIONS.c.scope,
            true(),
            TENANT_ROLES.c.tenant_id,
        )
        .join_from(TENANT_ROLES, TENANT_ROLE_PERMISSIONS, TENANT_ROLE_PERMISSIONS.c.role_id == TENANT_ROLES.c.id)
        .join(
            _PERMISSIONS,
            and_(_PERMISSIONS.c.role_number == NO_ROLE, _PERMISSIONS.c.name == TENANT_ROLE_PERMISSIONS.c.permission),
        ),
    ).subquery("role_permissions")
    __mapper_args__ = {"primary_key": [__table__.c.id, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        id: Mapped[int]
        role_number: Mapped[int]
        name: Mapped[str]
        scope: Mapped[int]
        is_granted: Mapped[bool]
        tenant_id: Mapped[str]


_ASSIGNED = (
    select(
        ROLE_ASSIGNMENTS.c.id,
        ROLE_ASSIGNMENTS.c.tenant_id,
        ROLE_ASSIGNMENTS.c.folder_key,
        USERS.c.number.label("user_number"),
        USERS.c.username,
        _ROLES.c.number.label("role_number"),
        _ROLES.c.name.label("role_name"),
        literal(RoleKind.MIXED.value).label("role_kind"),
    )
    .join_from(ROLE_ASSIGNMENTS, USERS, USERS.c.id == ROLE_ASSIGNMENTS.c.user_id)
    .join(_ROLES, _ROLES.c.folded == func.lower(ROLE_ASSIGNMENTS.c.role))
)
_ASSIGNED_OWN = (
    select(
        ROLE_ASSIGNMENTS.c.id,
        ROLE_ASSIGNMENTS.c.tenant_id,
        ROLE_ASSIGNMENTS.c.folder_key,
        USERS.c.number.label("user_number"),
        USERS.c.username,
        _OWN_NUMBER.label("role_number"),
        TENANT_ROLES.c.name.label("role_name"),
        TENANT_ROLES.c.kind.label("role_kind"),
    )
    .join_from(ROLE_ASSIGNMENTS, USERS, USERS.c.id == ROLE_ASSIGNMENTS.c.user_id)
    .join(
        TENANT_ROLES,
        and_(TENANT_ROLES.c.tenant_id == ROLE_ASSIGNMENTS.c.tenant_id, TENANT_ROLES.c.name == ROLE_ASSIGNMENTS.c.role),
    )
)
# Whoever administers the organization is an administrator in each of its tenants, whether or not it is written there.
_BY_RANK = (
    select(
        (-USERS.c.number).label("id"),
        TENANTS.c.id.label("tenant_id"),
        null().label("folder_key"),
        USERS.c.number.label("user_number"),
        USERS.c.username,
        literal(_ADMINISTRATOR.number if _ADMINISTRATOR else NO_ROLE).label("role_number"),
        literal("Administrator").label("role_name"),
        literal(RoleKind.MIXED.value).label("role_kind"),
    )
    .join_from(USERS, TENANTS, TENANTS.c.organization_id == USERS.c.organization_id)
    .where(
        USERS.c.is_administrator,
        ~exists().where(
            and_(
                ROLE_ASSIGNMENTS.c.user_id == USERS.c.id,
                ROLE_ASSIGNMENTS.c.tenant_id == TENANTS.c.id,
                ROLE_ASSIGNMENTS.c.folder_key.is_(None),
                func.lower(ROLE_ASSIGNMENTS.c.role) == "administrator",
            )
        ),
    )
)


class HeldRole(PeopleView):
    """A role that somebody holds in a tenant, everywhere (``folder_key`` null) or in a folder's subtree.

    ``id`` is below zero for what follows from administering the organization.
    """

    __table__ = union_all(_ASSIGNED, _ASSIGNED_OWN, _BY_RANK).subquery("held_roles")
    __mapper_args__ = {"primary_key": [__table__.c.id, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        id: Mapped[int]
        tenant_id: Mapped[str]
        folder_key: Mapped[str | None]
        user_number: Mapped[int]
        username: Mapped[str]
        role_number: Mapped[int]
        role_name: Mapped[str]
        role_kind: Mapped[int]
