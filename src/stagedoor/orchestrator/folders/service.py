"""What can be done with the tree of folders, and what keeps it a tree."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folders import store
from stagedoor.orchestrator.folders.errors import FolderNotEmpty, FolderOutOfReach, FolderTooDeep
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import Reach

DEPTH_MAX = 7
NAME_LENGTH_MAX = 115
DESCRIPTION_LENGTH_MAX = 500
PATH_BYTES_MAX = 2000
"""An index of PostgreSQL holds no longer entry; seven names of the longest sort in Latin letters fit."""
TOPIC = "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFolder:
    """What the maker of a folder decides. Enumerations are the store's numbers."""

    display_name: str
    description: str | None = None
    parent_id: int | None = None
    parent_key: str | None = None
    folder_type: int = 0
    provision_type: int = 1
    permission_model: int = 1
    feed_type: int = 1


def get_folder(session: Session, tenant_id: str, folder_id: int, reach: Reach) -> Folder:
    """Return the folder; raises :class:`NotFound` if it is none of this tenant's or out of reach."""
    folder = store.find_folder(session, tenant_id, folder_id, reach)
    if folder is None:
        raise NotFound(f"Folder {folder_id} was not found.")
    return folder


def get_folder_by_key(session: Session, tenant_id: str, folder_key: str, reach: Reach) -> Folder:
    """Return the folder with this key; raises :class:`NotFound` as :func:`get_folder` does."""
    folder = store.find_folder_by_key(session, tenant_id, folder_key, reach)
    if folder is None:
        raise NotFound(f"Folder {folder_key} was not found.")
    return folder


def create_folder(
    session: Session, tenant_id: str, new: NewFolder, *, reach: Reach, clock: Clock, chance: Chance
) -> Folder:
    """Make a folder below its parent, or at the root.

    Raises :class:`NameInUse` if a sibling has the name in any letter case, :class:`FolderTooDeep` past seven levels,
    :class:`NotFound` for a parent that is not there or out of reach, and :class:`FolderOutOfReach` for a folder at
    the root when the grant covers some folders only.
    """
    parent = None
    if new.parent_id is not None:
        parent = get_folder(session, tenant_id, new.parent_id, reach)
    elif new.parent_key is not None:
        parent = get_folder_by_key(session, tenant_id, new.parent_key, reach)
    _verify_place(parent, reach, levels_below=0)
    name = _verified_name(new.display_name)
    path = _path(parent, name)
    _verify_free(session, tenant_id, path)
    folder = Folder(
        tenant_id=tenant_id,
        key=random_guid(chance),
        parent_id=parent.id if parent else None,
        parent_key=parent.key if parent else None,
        display_name=name,
        name_folded=name.casefold(),
        fully_qualified_name=path,
        path_folded=path.casefold(),
        description=new.description,
        folder_type=new.folder_type,
        provision_type=new.provision_type,
        permission_model=new.permission_model,
        feed_type=new.feed_type,
        created_at=clock.now(),
    )
    store.add_folder(session, folder, parent)
    record_change(session, TOPIC, tenant_id)
    return folder


def rename_folder(session: Session, folder: Folder, display_name: str) -> None:
    """Give a folder another name, and everything below it the path that follows from it."""
    name = _verified_name(display_name)
    if name == folder.display_name:
        return
    parent = (
        store.find_folder(session, folder.tenant_id, folder.parent_id, store.EVERYWHERE) if folder.parent_id else None
    )
    path = _path(parent, name)
    _verify_free(session, folder.tenant_id, path, besides=folder)
    folder.display_name = name
    folder.name_folded = name.casefold()
    _relocate(session, folder, branch=folder.branch, path=path)


def move_folder(session: Session, folder: Folder, target_parent_id: int | None, *, reach: Reach) -> None:
    """Hang a folder, with everything below it, under another parent; ``None`` is the root.

    Raises what :func:`create_folder` raises, and :class:`InvalidRequest` for a parent inside the folder itself.
    """
    parent = None
    if target_parent_id is not None:
        parent = get_folder(session, folder.tenant_id, target_parent_id, reach)
        if parent.branch.startswith(folder.branch):
            raise InvalidRequest("A folder cannot be moved into itself.", details={"field": "targetParentId"})
    subtree = store.list_subtree(session, folder)
    levels_below = max(_depth(below) for below in subtree) - _depth(folder)
    _verify_place(parent, reach, levels_below=levels_below)
    path = _path(parent, folder.display_name)
    _verify_free(session, folder.tenant_id, path, besides=folder)
    folder.parent_id = parent.id if parent else None
    folder.parent_key = parent.key if parent else None
    _relocate(session, folder, branch=f"{parent.branch if parent else '/'}{folder.id}/", path=path)


def delete_folder(session: Session, folder: Folder) -> None:
    """Delete a folder and the empty folders below it; raises :class:`FolderNotEmpty` if one holds something."""
    subtree = store.list_subtree(session, folder)
    content = store.find_content(session, [below.id for below in subtree])
    if content is not None:
        kind = content.replace("_", " ")
        raise FolderNotEmpty(
            f"The folder '{folder.fully_qualified_name}' cannot be deleted while it or a folder below it holds {kind}."
        )
    store.delete_folders(session, subtree)
    record_change(session, TOPIC, folder.tenant_id)


def _relocate(session: Session, folder: Folder, *, branch: str, path: str) -> None:
    old_branch, old_path = folder.branch, folder.fully_qualified_name
    for below in store.list_subtree(session, folder):
        _verify_length(path + below.fully_qualified_name[len(old_path) :])
        below.branch = branch + below.branch[len(old_branch) :]
        below.fully_qualified_name = path + below.fully_qualified_name[len(old_path) :]
        below.path_folded = below.fully_qualified_name.casefold()
    session.flush()
    record_change(session, TOPIC, folder.tenant_id)


def _verify_place(parent: Folder | None, reach: Reach, *, levels_below: int) -> None:
    if parent is None and reach.folder_keys is not None:
        raise FolderOutOfReach
    if (_depth(parent) if parent else 0) + 1 + levels_below > DEPTH_MAX:
        raise FolderTooDeep


def _verified_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH_MAX:
        raise InvalidRequest(
            f"A folder's DisplayName has 1 to {NAME_LENGTH_MAX} characters.", details={"field": "DisplayName"}
        )
    # A slash would make two different places share one path; control characters make names that look alike.
    if "/" in name or "\\" in name or not name.isprintable() or name in (".", ".."):
        raise InvalidRequest(
            "A folder's DisplayName may not contain slashes or control characters.", details={"field": "DisplayName"}
        )
    return name


def _verify_free(session: Session, tenant_id: str, path: str, *, besides: Folder | None = None) -> None:
    _verify_length(path)
    there = store.find_folder_by_path(session, tenant_id, path)
    if there is not None and there is not besides:
        raise NameInUse(f"There is a folder '{there.fully_qualified_name}' already.")


def _verify_length(path: str) -> None:
    if len(path.casefold().encode()) > PATH_BYTES_MAX:
        raise InvalidRequest("The folder's full path is too long.", details={"field": "DisplayName"})


def _path(parent: Folder | None, name: str) -> str:
    return f"{parent.fully_qualified_name}/{name}" if parent else name


def _depth(folder: Folder) -> int:
    return folder.branch.count("/") - 1
