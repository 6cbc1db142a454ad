"""The table of users of a tenant, and what is read of a person together with it."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Boolean, String, exists, false, func, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime
from stagedoor.orchestrator.people import ROLE_ASSIGNMENTS, TENANTS, USERS, PeopleView
from stagedoor.orchestrator.roles.models import HeldRole


class TenantUser(Base):
    """What the vendor's API keeps of a person in one tenant; ``user_number`` is identity's.

    Somebody without a row belongs to the tenant too if they hold a role in it or administer the organization.
    """

    __tablename__ = "tenant_users"

    tenant_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    may_have_user_session: Mapped[bool] = mapped_column(Boolean, default=True)
    may_have_robot_session: Mapped[bool] = mapped_column(Boolean, default=False)
    may_have_unattended_session: Mapped[bool] = mapped_column(Boolean, default=False)
    may_have_personal_workspace: Mapped[bool] = mapped_column(Boolean, default=False)
    restrict_to_personal_workspace: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    creator_user_number: Mapped[int | None] = mapped_column(BigInteger)
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    modifier_user_number: Mapped[int | None] = mapped_column(BigInteger)


_holds_a_role = exists().where(ROLE_ASSIGNMENTS.c.user_id == USERS.c.id, ROLE_ASSIGNMENTS.c.tenant_id == TENANTS.c.id)


class User(PeopleView):
    """A person who belongs to a tenant."""

    __table__ = (
        select(
            USERS.c.number,
            TENANTS.c.id.label("tenant_id"),
            TENANTS.c.name.label("tenant_name"),
            TENANTS.c.display_name.label("tenant_display_name"),
            USERS.c.organization_id,
            USERS.c.id.label("user_id"),
            USERS.c.username,
            USERS.c.email,
            USERS.c.first_name,
            USERS.c.last_name,
            USERS.c.is_administrator,
            USERS.c.is_active,
            USERS.c.is_directory_user,
            USERS.c.existed_since,
            func.coalesce(TenantUser.may_have_user_session, true()).label("may_have_user_session"),
            func.coalesce(TenantUser.may_have_robot_session, false()).label("may_have_robot_session"),
            func.coalesce(TenantUser.may_have_unattended_session, false()).label("may_have_unattended_session"),
            func.coalesce(TenantUser.may_have_personal_workspace, false()).label("may_have_personal_workspace"),
            func.coalesce(TenantUser.restrict_to_personal_workspace, false()).label("restrict_to_personal_workspace"),
            TenantUser.creator_user_number,
            TenantUser.modified_at,
            TenantUser.modifier_user_number,
        )
        .join_from(USERS, TENANTS, TENANTS.c.organization_id == USERS.c.organization_id)
        .outerjoin(TenantUser, (TenantUser.tenant_id == TENANTS.c.id) & (TenantUser.user_number == USERS.c.number))
        .where(or_(USERS.c.is_administrator, TenantUser.user_number.is_not(None), _holds_a_role))
        .subquery("users_of_tenants")
    )
    __mapper_args__ = {"primary_key": [__table__.c.number, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        number: Mapped[int]
        tenant_id: Mapped[str]
        tenant_name: Mapped[str]
        tenant_display_name: Mapped[str]
        organization_id: Mapped[str]
        user_id: Mapped[str]
        username: Mapped[str]
        email: Mapped[str]
        first_name: Mapped[str]
        last_name: Mapped[str]
        is_administrator: Mapped[bool]
        is_active: Mapped[bool]
        is_directory_user: Mapped[bool]
        existed_since: Mapped[datetime]
        may_have_user_session: Mapped[bool]
        may_have_robot_session: Mapped[bool]
        may_have_unattended_session: Mapped[bool]
        may_have_personal_workspace: Mapped[bool]
        restrict_to_personal_workspace: Mapped[bool]
        creator_user_number: Mapped[int | None]
        modified_at: Mapped[datetime | None]
        modifier_user_number: Mapped[int | None]


class FolderOfUser(PeopleView):
    """A folder in which somebody holds a role, once however many they hold there."""

    __table__ = (
        select(HeldRole.user_number, HeldRole.tenant_id, HeldRole.folder_key)
        .where(HeldRole.folder_key.is_not(None))
        .distinct()
        .subquery("folders_of_users")
    )
    __mapper_args__ = {"primary_key": list(__table__.c)}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        user_number: Mapped[int]
        tenant_id: Mapped[str]
        folder_key: Mapped[str]
