"""The folder that a call works in, and how a list of folders that see a thing is answered."""

from collections.abc import Sequence
from typing import ClassVar

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import FolderPlace


class FolderRequired(OrchestratorError):
    """The operation works inside one folder, and the request names none."""

    code = "folder_needed"
    error_code: ClassVar[int] = 1101
    public = "A folder is required for this action."
    hint = "Name the folder by one of the headers X-UIPATH-OrganizationUnitId, X-UIPATH-FolderKey, X-UIPATH-FolderPath."


def get_folder(call: Call) -> FolderPlace:
    """Return the folder that the request names; raises :class:`FolderRequired` (400/1101) if it names none."""
    if call.folder is None:
        raise FolderRequired
    return call.folder


def show_accessible_folders(call: Call, folders: Sequence[Folder], total: int) -> Answer:
    """Answer with the folders that the caller may know of, and how many there are in all."""
    shown = [
        {"Id": folder.id, "DisplayName": folder.display_name, "FullyQualifiedName": folder.fully_qualified_name}
        for folder in folders
    ]
    return answer_object(call, "AccessibleFoldersDto", {"AccessibleFolders": shown, "TotalFoldersCount": total})
