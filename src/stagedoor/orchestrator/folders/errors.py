"""What the tree of folders refuses."""

from stagedoor.orchestrator.errors import Conflict, InvalidRequest


class FolderNotEmpty(Conflict):
    """Something is still in the folder, or in one below it."""

    code = "folder_not_empty"
    public = "The folder cannot be deleted while something is in it."
    hint = "Delete or move what the folder and the folders below it hold, then try again."


class FolderTooDeep(InvalidRequest):
    """The tree has seven levels at most, as the vendor's."""

    code = "folder_too_deep"
    public = "Folders can be nested seven levels deep."
    hint = "Choose a parent that is nearer to the root."


class FolderOutOfReach(InvalidRequest):
    """The grant covers some folders only, and a folder at the root would lie outside them."""

    code = "folder_out_of_reach"
    status = 403
    error_code = 1100
    public = "The grant does not cover a folder in this place."
    hint = "Name a ParentId inside the folders that the grant covers."
