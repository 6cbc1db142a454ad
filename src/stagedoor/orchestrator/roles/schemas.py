"""What is sent to make and change roles, and the words that the vendor numbers."""

from collections.abc import Collection

from stagedoor.catalog.roles import PERMISSIONS, RoleKind
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_boolean, find_enum, find_objects, find_text, get_text
from stagedoor.orchestrator.people_changes import NewRole

NAME_LENGTH_MAX = 64
GROUPS_LENGTH_MAX = 256
ENTRIES_MAX = 500
ROLE_TYPE = EnumType("RoleType", {kind.name.title(): kind.value for kind in RoleKind})
PERMISSION_SCOPE = EnumType("PermissionScope", {"Global": 0, "Folder": 1, "GlobalOrFolder": 2})
_BY_FOLDED_NAME = {name.lower(): name for name in PERMISSIONS}


def read_role(body: Body, *, held: Collection[str] = ()) -> NewRole:
    """Read a role; ``held`` is what it allows already, kept where the body names no permissions.

    ``Type`` follows from the permissions, and is checked as a word and no more. Raises :class:`InvalidRequest`.
    """
    name = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    find_enum(body, "Type", ROLE_TYPE)
    entries = find_objects(body, "Permissions", entries_max=ENTRIES_MAX)
    return NewRole(
        name=name,
        display_name=(find_text(body, "DisplayName", length_max=NAME_LENGTH_MAX) or "").strip() or name,
        groups=find_text(body, "Groups", length_max=GROUPS_LENGTH_MAX),
        permissions=frozenset(held) if entries is None else frozenset(_granted(entries)),
    )


def _granted(entries: Collection[Body]) -> set[str]:
    granted: set[str] = set()
    for entry in entries:
        written = get_text(entry, "Name", length_max=NAME_LENGTH_MAX)
        permission = _BY_FOLDED_NAME.get(written.lower())
        if permission is None:
            raise InvalidRequest(
                f"There is no permission {written!r}.",
                hint="GET /odata/Permissions lists the permissions that a role can hold.",
                details={"field": "Permissions"},
            )
        if find_boolean(entry, "IsGranted") is not False:
            granted.add(permission)
    return granted
