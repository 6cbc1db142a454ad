"""What operations for which the vendor names no permission ask of a role.

The vendor checks these inside, case by case. For roles the nearest permission stands in, so that a role which may not
see assets does not see them across folders either. Selectors of permissions never reach these operations; scopes,
tags and names do.
"""

from stagedoor.catalog.operations import Operation

_SHARED_THINGS = {
    "Assets": "Assets",
    "Buckets": "Buckets",
    "BusinessRules": "BusinessRules",
    "QueueDefinitions": "Queues",
    "TaskCatalogs": "TaskCatalogs",
}
_STAND_INS = {
    "JobTriggers_GetPayloadByInboxid": "Jobs.View",
    "Tasks_AssignTasks": "Tasks.Edit",
    "Tasks_DeleteTasks": "Tasks.Delete",
    "Tasks_EditTaskMetadata": "Tasks.Edit",
    "Tasks_Get": "Tasks.View",
    "Tasks_GetById": "Tasks.View",
    "Tasks_GetByKeyByIdentifier": "Tasks.View",
    "Tasks_GetTaskPermissions": "Tasks.View",
    "Tasks_GetTasksAcrossFolders": "Tasks.View",
    "Tasks_GetTasksAcrossFoldersForAdmin": "Tasks.Delete",
    "Tasks_ReassignTasks": "Tasks.Edit",
    "Tasks_UnassignTasks": "Tasks.Edit",
    "Users_GetById": "Users.View",
    "Users_PatchById": "Users.Edit",
}
_SELF_SERVICE = frozenset(
    {
        "Settings_UpdateUserSetting",
        "StudioWeb_AcquireLicense",
        "StudioWeb_TryEnableFirstRun",
        "Users_ChangeCulture",
    }
)
_HOST_MATTERS = frozenset({"Tenants_Get", "Tenants_GetById"})


def is_open_to_roles(operation: Operation, permissions: frozenset[str]) -> bool:
    """Tell whether a role with these permissions may use an operation that names none.

    Reads that no permission stands in for and what people do for themselves are open to every role; other writes, and
    what belongs to the host, to no role but Administrator.
    """
    stand_in = find_stand_in(operation)
    if stand_in is not None:
        return stand_in in permissions
    return operation.id in _SELF_SERVICE or (operation.reads and operation.id not in _HOST_MATTERS)


def find_stand_in(operation: Operation) -> str | None:
    """Return the permission that stands in for an operation without one, if any does."""
    thing = _SHARED_THINGS.get(operation.tag)
    if thing is not None:
        return f"{thing}.View" if operation.reads else f"{thing}.Edit"
    return _STAND_INS.get(operation.id)
