"""Views of the tree of folders as one caller may see it."""

from collections.abc import Sequence
from typing import Any

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FEED_TYPE, FOLDER_TYPE, PERMISSION_MODEL, PROVISION_TYPE


def describe_folder(folder: Folder) -> dict[str, Any]:
    """Return a folder in the shape that all plain (non-OData) answers share."""
    return {
        "Key": folder.key,
        "DisplayName": folder.display_name,
        "FullyQualifiedName": folder.fully_qualified_name,
        "Description": folder.description,
        "FolderType": FOLDER_TYPE.word(folder.folder_type),
        "IsPersonal": folder.folder_type == FOLDER_TYPE.members["Personal"],
        "ProvisionType": PROVISION_TYPE.word(folder.provision_type),
        "PermissionModel": PERMISSION_MODEL.word(folder.permission_model),
        "ParentId": folder.parent_id,
        "ParentKey": folder.parent_key,
        "FeedType": FEED_TYPE.word(folder.feed_type),
        "Id": folder.id,
    }


def describe_with_path(folder: Folder) -> dict[str, Any]:
    """Return a folder with the path that leads to it, empty at the root."""
    return {"FolderPath": folder.fully_qualified_name.rpartition("/")[0], **describe_folder(folder)}


def describe_tree(folders: Sequence[Folder]) -> list[dict[str, Any]]:
    """Return every folder with its level and whether it has children; ``folders`` are all within reach.

    Levels are the tree's own, so that a caller who sees a branch alone is told how deep it hangs.
    """
    parents = {folder.parent_id for folder in folders}
    return [
        {
            "IsSelectable": True,
            "HasChildren": folder.id in parents,
            "Level": folder.branch.count("/") - 2,
            **describe_folder(folder),
        }
        for folder in folders
    ]


def describe_context(folders: Sequence[Folder], folder: Folder | None, *, skip: int, take: int) -> dict[str, Any]:
    """Return where a folder stands: those above it and a page of those directly below it, as far as reach goes.

    Without a folder the children are the tops of what is within reach: a caller who sees a branch alone starts there.
    """
    by_id = {within.id: within for within in folders}
    if folder is None:
        children = [within for within in folders if within.parent_id not in by_id]
    else:
        children = [within for within in folders if within.parent_id == folder.id]
    above = [by_id[int(number)] for number in _ids_above(folder) if int(number) in by_id]
    shown = {child.id for child in children[skip : skip + take]}
    return {
        "Id": folder.id if folder else None,
        "DisplayName": folder.display_name if folder else None,
        "IsSelectable": folder is not None,
        "IsPersonal": folder is not None and folder.folder_type == FOLDER_TYPE.members["Personal"],
        "ProvisionType": PROVISION_TYPE.word(folder.provision_type) if folder else None,
        "Ancestors": [
            {
                "DisplayName": ancestor.display_name,
                "FullyQualifiedName": ancestor.fully_qualified_name,
                "Id": ancestor.id,
            }
            for ancestor in above
        ],
        "ChildrenPage": [described for described in describe_tree(folders) if described["Id"] in shown],
        "ChildrenCount": len(children),
    }


def _ids_above(folder: Folder | None) -> list[str]:
    return folder.branch.strip("/").split("/")[:-1] if folder else []
