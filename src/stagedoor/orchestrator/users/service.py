"""The caller, in the words of the vendor's API."""

from typing import Any

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import Caller, CallerKind, TenantPlace

USER_TYPES = {
    CallerKind.USER: "User",
    CallerKind.API_USER: "DirectoryRobot",
    CallerKind.EXTERNAL_APPLICATION: "DirectoryExternalApplication",
    CallerKind.LOCAL_ADMINISTRATOR: "User",
}


def describe_current_user(caller: Caller, tenant: TenantPlace) -> dict[str, Any]:
    """Return the caller as the vendor's UserDto; what a caller does not have is null.

    ``TenantId`` is an Int32 in the vendor's API and our tenants have none, so the tenant is told by name and key.
    """
    return {
        "Name": caller.name,
        "Surname": "",
        "UserName": caller.name,
        "Domain": None,
        "DirectoryIdentifier": None,
        "FullName": caller.name,
        "EmailAddress": caller.email,
        "IsActive": True,
        "AuthenticationSource": None,
        "IsExternalLicensed": False,
        "RolesList": [],
        "LoginProviders": [],
        "TenantId": None,
        "TenancyName": tenant.tenant_name,
        "TenantDisplayName": tenant.tenant_name,
        "TenantKey": tenant.tenant_id,
        "Type": USER_TYPES[caller.kind],
        "ProvisionType": "Manual",
        "LicenseType": None,
        "Key": caller.id,
        "MayHaveUserSession": caller.kind is CallerKind.USER,
        "MayHaveRobotSession": False,
        "MayHaveUnattendedSession": False,
        "MayHavePersonalWorkspace": False,
        "RestrictToPersonalWorkspace": False,
        "AccountId": tenant.organization_id,
        "Id": caller.number,
    }


def describe_personal_workspace(workspace: Folder | None) -> dict[str, Any] | None:
    """Return the caller's personal workspace as clients read it, or null."""
    if workspace is None:
        return None
    return {
        "Id": workspace.id,
        "Key": workspace.key,
        "DisplayName": workspace.display_name,
        "FullyQualifiedName": workspace.fully_qualified_name,
        "FolderType": "Personal",
        "IsPersonal": True,
    }
