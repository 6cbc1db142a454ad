"""The words of roles that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

ROLE_TYPE = EnumType("RoleType", {"Mixed": 0, "Tenant": 1, "Folder": 2})
PERMISSION_SCOPE = EnumType("PermissionScope", {"Global": 0, "Folder": 1, "GlobalOrFolder": 2})
