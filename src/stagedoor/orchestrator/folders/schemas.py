"""The words of folders that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

FOLDER_TYPE = EnumType("FolderType", {"Standard": 0, "Personal": 1, "Virtual": 2, "Solution": 3, "DebugSolution": 4})
PROVISION_TYPE = EnumType("ProvisionType", {"Manual": 0, "Automatic": 1})
PERMISSION_MODEL = EnumType("PermissionModel", {"InheritFromTenant": 0, "FineGrained": 1})
FEED_TYPE = EnumType(
    "FeedType", {"Undefined": 0, "Processes": 1, "Libraries": 2, "PersonalWorkspace": 3, "FolderHierarchy": 4}
)
