"""What a caller may do with the tasks of a folder; for showing, not for judging."""

from stagedoor.orchestrator import granted_permissions
from stagedoor.passage import Caller, FolderPlace

PERMISSIONS = (
    *("Tasks.View", "Tasks.Edit", "Tasks.Create", "Tasks.Delete"),
    *("TaskCatalogs.View", "TaskCatalogs.Edit", "TaskCatalogs.Create", "TaskCatalogs.Delete"),
)


def list_granted(caller: Caller, tenant_id: str, folder: FolderPlace) -> frozenset[str]:
    """Return which of :data:`PERMISSIONS` a caller's grant amounts to in the folder."""
    return granted_permissions.list_granted(caller, tenant_id, folder.lineage) & frozenset(PERMISSIONS)
