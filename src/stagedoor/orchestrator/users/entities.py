"""How a user looks in the vendor's API."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Dialect, String, case, exists, func, select, type_coerce
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeDecorator

from stagedoor.orchestrator.entity import (
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Expression,
    Navigation,
    Property,
    Through,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.organization_units.entities import ORGANIZATION_UNIT
from stagedoor.orchestrator.people import whole_name_of
from stagedoor.orchestrator.roles.entities import USER_ROLE
from stagedoor.orchestrator.roles.models import HeldRole
from stagedoor.orchestrator.users.models import FolderOfUser, User
from stagedoor.orchestrator.users.schemas import PROVISION_TYPE, USER_TYPE

if TYPE_CHECKING:
    from stagedoor.orchestrator.call import Call


class _Words(TypeDecorator[list[str]]):
    """Words without commas that the database hands over as one text with commas."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        return sorted(value.split(",")) if value else []


def _roles_list(user: Any) -> ColumnElement[Any]:
    held = aliased(HeldRole)
    names = select(func.coalesce(func.aggregate_strings(held.role_name, ","), "")).where(
        held.tenant_id == user.tenant_id, held.user_number == user.number, held.folder_key.is_(None)
    )
    return type_coerce(names.correlate_except(held).scalar_subquery(), _Words())


def _type(user: Any) -> ColumnElement[int]:
    return case((user.is_directory_user, USER_TYPE.members["DirectoryUser"]), else_=USER_TYPE.members["User"])


def _of_whole_tenant(call: "Call", held: Any) -> Sequence[ColumnElement[bool]]:
    return (held.folder_key.is_(None),)


def _within_reach(call: "Call", folder: Any) -> Sequence[ColumnElement[bool]]:
    return (folder.id.in_(select_ids_within_reach(call.tenant.tenant_id, call.reach)),)


def holds_role(number: int, user: Any = User) -> ColumnElement[bool]:
    """Return the condition that a user holds a role in the whole tenant."""
    held = aliased(HeldRole)
    return exists().where(
        held.tenant_id == user.tenant_id,
        held.user_number == user.number,
        held.role_number == number,
        held.folder_key.is_(None),
    )


USER = EntityType(
    "UserDto",
    User,
    (
        Property("Name", EdmType.STRING, User.first_name),
        Property("Surname", EdmType.STRING, User.last_name),
        Property("UserName", EdmType.STRING, User.username, nullable=False),
        Property("Domain", EdmType.STRING),
        Property("DirectoryIdentifier", EdmType.STRING, User.user_id),
        Property("FullName", EdmType.STRING, Expression(whole_name_of)),
        # Nobody has to have one; what is no address is no value.
        Property("EmailAddress", EdmType.STRING, Expression(lambda user: func.nullif(user.email, ""))),
        Property("LastLoginTime", EdmType.DATE_TIME_OFFSET),
        Property("IsActive", EdmType.BOOLEAN, User.is_active),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, User.existed_since, writable=False),
        Property("AuthenticationSource", EdmType.STRING),
        Property("IsExternalLicensed", EdmType.BOOLEAN, Constant(value=False)),
        Property("RolesList", EdmType.STRING, Expression(_roles_list), collection=True),
        Property("LoginProviders", EdmType.STRING, Constant([]), collection=True, writable=False),
        Property("TenantId", EdmType.INT32),
        Property("TenancyName", EdmType.STRING, User.tenant_name, writable=False),
        Property("TenantDisplayName", EdmType.STRING, User.tenant_display_name, writable=False),
        Property("TenantKey", EdmType.STRING, User.tenant_id, writable=False),
        Property("Type", USER_TYPE, Expression(_type), nullable=False),
        Property("ProvisionType", PROVISION_TYPE, Constant(PROVISION_TYPE.members["Manual"]), nullable=False),
        Property("Key", EdmType.GUID, User.user_id, nullable=False, writable=False),
        Property("MayHaveUserSession", EdmType.BOOLEAN, User.may_have_user_session),
        Property("MayHaveRobotSession", EdmType.BOOLEAN, User.may_have_robot_session),
        Property("MayHaveUnattendedSession", EdmType.BOOLEAN, User.may_have_unattended_session),
        Property("MayHavePersonalWorkspace", EdmType.BOOLEAN, User.may_have_personal_workspace),
        Property("RestrictToPersonalWorkspace", EdmType.BOOLEAN, User.restrict_to_personal_workspace),
        Property("AccountId", EdmType.STRING, User.organization_id, writable=False),
        Property("HasOnlyInheritedPrivileges", EdmType.BOOLEAN, Constant(value=False)),
        Property("ExplicitMayHaveUserSession", EdmType.BOOLEAN, User.may_have_user_session),
        Property("ExplicitMayHaveRobotSession", EdmType.BOOLEAN, User.may_have_robot_session),
        Property("ExplicitMayHavePersonalWorkspace", EdmType.BOOLEAN, User.may_have_personal_workspace),
        Property("ExplicitRestrictToPersonalWorkspace", EdmType.BOOLEAN, User.restrict_to_personal_workspace),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, User.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, User.modifier_user_number, writable=False),
        Property("CreatorUserId", EdmType.INT64, User.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, User.number, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "UserRoles",
            lambda: USER_ROLE,
            User.number,
            HeldRole.user_number,
            collection=True,
            visible=_of_whole_tenant,
        ),
        Navigation(
            "OrganizationUnits",
            lambda: ORGANIZATION_UNIT,
            User.number,
            Folder.key,
            collection=True,
            through=Through(near=FolderOfUser.user_number, far=FolderOfUser.folder_key),
            visible=_within_reach,
        ),
    ),
)

USERS = EntitySet("Users", USER)
