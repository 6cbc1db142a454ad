"""What is sent to put people into folders, and how it is shown."""

from dataclasses import dataclass

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.fields import find_integer, find_integers, find_objects, get_required

FOLDERS_MAX = 100
PEOPLE_MAX = 100
DIRECTORY_TYPE = EnumType(
    "DirectoryObjectType", {"User": 0, "Group": 1, "Machine": 2, "Robot": 3, "ExternalApplication": 4}
)


@dataclass(frozen=True, slots=True)
class FolderRoles:
    """A folder and the roles in it, both by number; without roles somebody is merely put there."""

    folder_id: int
    role_numbers: tuple[int, ...]


def read_folder_roles(body: Body) -> list[FolderRoles]:
    """Read ``RolesPerFolder``, which has to name a folder at least."""
    entries = get_required(find_objects(body, "RolesPerFolder", entries_max=FOLDERS_MAX) or None, "RolesPerFolder")
    return [
        FolderRoles(
            get_required(find_integer(entry, "FolderId"), "FolderId"), tuple(find_integers(entry, "RoleIds") or ())
        )
        for entry in entries
    ]


def read_user_numbers(body: Body) -> list[int]:
    """Read ``UserIds``, which has to name somebody."""
    numbers = get_required(find_integers(body, "UserIds", entries_max=PEOPLE_MAX) or None, "UserIds")
    return list(dict.fromkeys(numbers))
