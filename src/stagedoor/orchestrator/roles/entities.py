"""How roles and permissions look in the vendor's API."""

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Navigation, Property
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
        Property("DisplayName", EdmType.STRING, Role.name),
        # Every role may be held in a whole tenant as well as in a folder.
        Property("Type", ROLE_TYPE, Constant(ROLE_TYPE.members["Mixed"]), nullable=False),
        Property("Groups", EdmType.STRING),
        Property("IsStatic", EdmType.BOOLEAN, Constant(value=True), nullable=False),
        Property("IsEditable", EdmType.BOOLEAN, Constant(value=False), nullable=False),
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
        Property("RoleType", ROLE_TYPE, Constant(ROLE_TYPE.members["Mixed"]), nullable=False),
        Property("Id", EdmType.INT64, HeldRole.id, nullable=False, writable=False),
    ),
)
