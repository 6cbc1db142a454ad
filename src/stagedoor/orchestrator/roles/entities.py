"""How roles and permissions look in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Navigation, Property
from stagedoor.orchestrator.roles.models import HeldRole, Role, RolePermission
from stagedoor.orchestrator.roles.schemas import PERMISSION_SCOPE, ROLE_TYPE

PERMISSION = EntityType(
    "PermissionDto",
    RolePermission,
    (
        Property("Name", EdmType.STRING, RolePermission.name),
        Property("IsGranted", EdmType.BOOLEAN, RolePermission.is_granted, nullable=False),
        Property("RoleId", EdmType.INT32, RolePermission.role_number, nullable=False),
        Property("Scope", PERMISSION_SCOPE, RolePermission.scope, nullable=False),
        Property("Id", EdmType.INT64, RolePermission.id, nullable=False, writable=False),
    ),
)
PERMISSIONS = EntitySet("Permissions", PERMISSION)

ROLE = EntityType(
    "RoleDto",
    Role,
    (
        Property("Name", EdmType.STRING, Role.name),
        Property("DisplayName", EdmType.STRING, Role.display_name),
        Property("Type", ROLE_TYPE, Role.kind, nullable=False),
        Property("Groups", EdmType.STRING, Role.groups),
        Property("IsStatic", EdmType.BOOLEAN, Role.is_static, nullable=False),
        Property("IsEditable", EdmType.BOOLEAN, Role.is_editable, nullable=False),
        Property("Id", EdmType.INT32, Role.number, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("Permissions", lambda: PERMISSION, Role.number, RolePermission.role_number, collection=True),
    ),
)
ROLES = EntitySet("Roles", ROLE)

USER_ROLE = EntityType(
    "UserRoleDto",
    HeldRole,
    (
        Property("UserId", EdmType.INT64, HeldRole.user_number, nullable=False),
        Property("RoleId", EdmType.INT32, HeldRole.role_number, nullable=False),
        Property("UserName", EdmType.STRING, HeldRole.username),
        Property("RoleName", EdmType.STRING, HeldRole.role_name),
        Property("RoleType", ROLE_TYPE, HeldRole.role_kind, nullable=False),
        Property("Id", EdmType.INT64, HeldRole.id, nullable=False, writable=False),
    ),
)
