"""What the roles mean: names that the field knows, and the permissions behind them.

The names are the vendor's; which permissions they hold is our own reading, chosen so that each can do its work and
little else. A role held in a folder counts in that folder's subtree alone. Beside these a tenant has the roles that it
made for itself, which identity keeps.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import IntEnum

VERBS = ("View", "Create", "Edit", "Delete")
OWN_ROLE = "own-role"
"""The kind of selector that says of the permissions beside it that they are a role's, made by a tenant for itself."""

_TENANT_THINGS = (
    *("ActionDesign", "Alerts", "Audit", "Libraries", "License", "Machines", "Packages", "Robots", "Roles"),
    *("Settings", "SubFolders", "Units", "Users", "Webhooks"),
    # The vendor asks for both kinds of packages at once, whichever feed is meant.
    "FolderPackages",
)
_FOLDER_THINGS = (
    *("Assets", "BlobFiles", "Buckets", "BusinessRules", "Environments", "ExecutionMedia", "FolderPackages", "Jobs"),
    *("Logs", "Processes", "Queues", "RemoteControl", "Schedules", "SubFolders", "TaskCatalogs", "Tasks"),
    *("TestDataQueueItems", "TestDataQueues", "TestSetExecutions", "TestSetSchedules", "TestSets", "Transactions"),
)


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions. ``everything`` also covers what no permission opens, such as maintenance.

    ``number`` is the integer by which the vendor's API names the role; it is kept by clients, and never given again.
    """

    number: int
    name: str
    words: str
    permissions: frozenset[str]
    everything: bool = False


def _all_of(*things: str) -> Iterator[str]:
    return (f"{thing}.{verb}" for thing in things for verb in VERBS)


def _each(verbs: str, *things: str) -> Iterator[str]:
    return (f"{thing}.{verb}" for thing in things for verb in verbs.split(" "))


PERMISSIONS: frozenset[str] = frozenset(_all_of(*_TENANT_THINGS, *_FOLDER_THINGS))
"""Every permission that a role can hold."""


class RoleKind(IntEnum):
    """Where a role is of use, by the vendor's numbers."""

    MIXED = 0
    TENANT = 1
    FOLDER = 2


def is_of_tenant(permission: str) -> bool:
    """Tell whether a permission is about things of the whole tenant."""
    return permission.partition(".")[0] in _TENANT_THINGS


def is_of_folders(permission: str) -> bool:
    """Tell whether a permission is about things inside folders."""
    return permission.partition(".")[0] in _FOLDER_THINGS


def kind_of(permissions: Collection[str]) -> RoleKind:
    """Return where a role with these permissions is of use; one without any is a tenant's."""
    if all(map(is_of_tenant, permissions)):
        return RoleKind.TENANT
    return RoleKind.FOLDER if all(map(is_of_folders, permissions)) else RoleKind.MIXED


def selectors_of(name: str, permissions: Collection[str] | None) -> tuple[str, ...]:
    """Return the selectors for what a role allows; ``permissions`` are ``None`` for a role of the catalogue."""
    if permissions is None:
        return (f"role:{name}",)
    return (f"{OWN_ROLE}:{name}", *(f"permission:{permission}" for permission in sorted(permissions)))


_RUNNING = frozenset(
    [
        *_each("View", "Assets", "BusinessRules", "Buckets", "Environments", "ExecutionMedia", "FolderPackages"),
        *_each("View", "Logs", "Processes", "Queues", "Robots", "Schedules", "SubFolders", "TaskCatalogs"),
        *_each("View Create Edit", "Jobs", "Tasks", "TestDataQueueItems", "TestSetExecutions", "Transactions"),
        *_each("View", "TestDataQueues", "TestSets", "TestSetSchedules"),
        *_each("View Create", "BlobFiles"),
        "Logs.Create",
    ]
)

_ROLES = (
    Role(
        1,
        "Administrator",
        "may do everything in the tenant and in all its folders",
        PERMISSIONS,
        everything=True,
    ),
    Role(
        2,
        "Tenant Administrator",
        "runs the tenant: users, roles, machines, robots, packages, settings, webhooks and the folder tree",
        frozenset(_all_of(*_TENANT_THINGS)),
    ),
    Role(
        3,
        "Folder Administrator",
        "runs what is inside folders: processes, jobs, queues, assets, storage, tasks, tests and sub-folders",
        frozenset([*_all_of(*_FOLDER_THINGS), *_each("View", "Machines", "Robots", "Users")]),
    ),
    Role(
        4,
        "Automation User",
        "runs automations in folders: starts jobs, works on queue items and tasks, reads assets",
        _RUNNING,
    ),
    Role(
        5,
        "Automation Publisher",
        "brings automations into folders: packages, processes, schedules, queues and assets, and runs them",
        _RUNNING
        | frozenset(
            [
                *_all_of("Assets", "Buckets", "FolderPackages", "Processes", "Queues", "Schedules"),
                *_each("View", "Packages"),
                "RemoteControl.Create",
            ]
        ),
    ),
    Role(
        6,
        "Allow to be Automation User",
        "may be given the role Automation User in folders; reads packages and libraries",
        frozenset(_each("View", "ActionDesign", "FolderPackages", "Libraries", "Packages")),
    ),
    Role(
        7,
        "Allow to be Automation Publisher",
        "may be given the role Automation Publisher in folders; publishes packages and libraries",
        frozenset([*_all_of("FolderPackages", "Libraries", "Packages"), "ActionDesign.View"]),
    ),
)

ROLES: dict[str, Role] = {role.name.lower(): role for role in _ROLES}


def find_role(name: str) -> Role | None:
    """Return the role of this name, in any letter case."""
    return ROLES.get(name.lower())


def list_roles() -> list[Role]:
    """Return every role of the catalogue, the widest first."""
    return list(_ROLES)
