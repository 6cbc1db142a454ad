"""People in folders in the words of the vendor's API."""

from collections.abc import Iterable, Sequence
from typing import Any

from stagedoor.orchestrator.folder_people.service import Presence
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.roles.models import HeldRole
from stagedoor.orchestrator.roles.schemas import ROLE_TYPE
from stagedoor.orchestrator.users.models import User


def describe_presence(presence: Presence, folder: Folder) -> dict[str, Any]:
    """Return somebody in a folder as the vendor's UserRolesDto."""
    user = presence.user
    entity = {
        **describe_user(user, is_inherited=folder.id not in presence.folder_ids, folder_ids=presence.folder_ids),
        "FullName": f"{user.first_name} {user.last_name}".strip(),
        "AuthenticationSource": None,
    }
    roles = [_describe_origin(held, place, folder) for held, place in presence.roles]
    return {"UserEntity": entity, "Roles": roles, "HasAlertsEnabled": False, "Id": user.number}


def describe_user(user: User, *, is_inherited: bool, folder_ids: Iterable[int]) -> dict[str, Any]:
    """Return a user as the vendor's SimpleUserEntityDto."""
    return {
        "UserName": user.username,
        "IsInherited": is_inherited,
        "AssignedToFolderIds": sorted(folder_ids),
        "MayHaveAttended": user.may_have_robot_session,
        "MayHaveUnattended": user.may_have_unattended_session,
        "Type": "DirectoryUser" if user.is_directory_user else "User",
        "Source": "Orchestrator",
        "Id": user.number,
    }


def describe_assignments(user: User, held: Sequence[HeldRole], page: Sequence[Folder], count: int) -> dict[str, Any]:
    """Return in which folders somebody is, and by which roles, as the vendor's UserRoleAssignmentsDto."""
    shown = describe_user(user, is_inherited=False, folder_ids=())

    def roles_in(folder_key: str | None) -> list[dict[str, Any]]:
        here = [one for one in held if one.folder_key == folder_key]
        return [{"Name": one.role_name, "Users": [shown], "Id": one.role_number} for one in here]

    return {
        "TenantRoles": roles_in(None),
        "PageItems": [{"Folder": _describe_folder(folder), "Roles": roles_in(folder.key)} for folder in page],
        "Count": count,
        "Id": user.number,
    }


def _describe_origin(held: HeldRole, place: Folder | None, folder: Folder) -> dict[str, Any]:
    is_own = place is not None and place.id == folder.id
    return {
        "Origin": "Assigned" if is_own else "Inherited",
        "RoleType": ROLE_TYPE.word(held.role_kind),
        "InheritedFromFolder": None if place is None or is_own else _describe_folder(place),
        "Name": held.role_name,
        "Id": held.role_number,
    }


def _describe_folder(folder: Folder) -> dict[str, Any]:
    return {"DisplayName": folder.display_name, "FullyQualifiedName": folder.fully_qualified_name, "Id": folder.id}
