"""All SQL of folders."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.orchestrator.references import list_holding_keys
from stagedoor.passage import Reach

EVERYWHERE = Reach()
"""For work that follows from what the caller may do, such as finding the parent of a folder it renames."""


def within_reach(tenant_id: str, reach: Reach, folder: Any = Folder) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on ``folder`` (the model or an alias) under which a caller's grant covers it."""
    if reach.folder_keys is None:
        return ()
    return tuple(_lies_below(tenant_id, keys, folder) for keys in (reach.folder_keys, *reach.narrowed_to))


def _lies_below(tenant_id: str, keys: Collection[str], folder: Any) -> ColumnElement[bool]:
    root = aliased(Folder)
    return exists().where(root.tenant_id == tenant_id, root.key.in_(keys), folder.branch.startswith(root.branch))


def select_ids_within_reach(tenant_id: str, reach: Reach) -> Select[int]:
    """Return a subquery of the ids of every folder that a caller's grant covers; for lists across folders."""
    return select(Folder.id).where(Folder.tenant_id == tenant_id, *within_reach(tenant_id, reach))


def own_folder_id(tenant_id: str, folder_id: int) -> ScalarSelect[int]:
    """Return the folder's id as SQL: nothing, which equals nothing, for a folder that is another tenant's."""
    return select(Folder.id).where(Folder.id == folder_id, Folder.tenant_id == tenant_id).scalar_subquery()


def find_folder(session: Session, tenant_id: str, folder_id: int, reach: Reach) -> Folder | None:
    """Return the folder, if it is in this tenant and within reach."""
    return session.scalar(
        select(Folder).where(Folder.tenant_id == tenant_id, Folder.id == folder_id, *within_reach(tenant_id, reach))
    )


def find_folder_by_key(session: Session, tenant_id: str, folder_key: str, reach: Reach) -> Folder | None:
    """Return the folder with this key, if it is in this tenant and within reach."""
    return session.scalar(
        select(Folder).where(Folder.tenant_id == tenant_id, Folder.key == folder_key, *within_reach(tenant_id, reach))
    )


def find_folder_by_path(session: Session, tenant_id: str, path: str) -> Folder | None:
    """Return the folder with this path, in any letter case."""
    return session.scalar(select(Folder).where(Folder.tenant_id == tenant_id, Folder.path_folded == path.casefold()))


def find_personal_workspace(session: Session, tenant_id: str, user_id: str, reach: Reach) -> Folder | None:
    """Return the personal workspace of a user, if it is within reach."""
    return session.scalar(
        select(Folder).where(
            Folder.tenant_id == tenant_id,
            Folder.owner_user_id == user_id,
            Folder.folder_type == FOLDER_TYPE.members["Personal"],
            *within_reach(tenant_id, reach),
        )
    )


def has_folders(session: Session, tenant_id: str) -> bool:
    """Tell whether the tenant has any folder."""
    return bool(session.scalar(select(exists().where(Folder.tenant_id == tenant_id))))


def list_folders(session: Session, tenant_id: str, reach: Reach) -> Sequence[Folder]:
    """Return every folder within reach, each after its parent."""
    return session.scalars(
        select(Folder)
        .where(Folder.tenant_id == tenant_id, *within_reach(tenant_id, reach))
        .order_by(Folder.path_folded, Folder.id)
    ).all()


def search_folders(
    session: Session,
    tenant_id: str,
    reach: Reach,
    *,
    text: str = "",
    types: Collection[int] = (),
    skip: int = 0,
    take: int,
) -> tuple[Sequence[Folder], int]:
    """Return one page of the folders whose name contains ``text``, in order of their paths, and how many there are.

    A text with a slash is looked for in whole paths. ``types`` empty means any type.
    """
    conditions = [Folder.tenant_id == tenant_id, *within_reach(tenant_id, reach)]
    if text:
        column = Folder.path_folded if "/" in text else Folder.name_folded
        conditions.append(column.contains(text.casefold(), autoescape=True))
    if types:
        conditions.append(Folder.folder_type.in_(types))
    page = select(Folder).where(*conditions).order_by(Folder.path_folded, Folder.id).offset(skip).limit(take)
    count = session.scalar(select(func.count()).select_from(Folder).where(*conditions)) or 0
    return session.scalars(page).all(), count


def list_subtree(session: Session, folder: Folder) -> Sequence[Folder]:
    """Return the folder and everything below it, deepest first."""
    return session.scalars(
        select(Folder)
        .where(Folder.tenant_id == folder.tenant_id, Folder.branch.startswith(folder.branch))
        .order_by(func.length(Folder.branch).desc(), Folder.id)
    ).all()


def list_everywhere(session: Session) -> Sequence[Folder]:
    """Return the folders of every tenant, each after its parent; for the index in memory."""
    return session.scalars(select(Folder).order_by(Folder.tenant_id, Folder.path_folded, Folder.id)).all()


def add_folder(session: Session, folder: Folder, parent: Folder | None) -> None:
    """Store a new folder and give it its id and branch."""
    folder.branch = ""
    session.add(folder)
    session.flush()
    folder.branch = f"{parent.branch if parent else '/'}{folder.id}/"
    session.flush()


def delete_folders(session: Session, folders: Sequence[Folder]) -> None:
    """Delete folders, in the order given."""
    for folder in folders:
        session.delete(folder)
        session.flush()


def find_content(session: Session, folder_ids: Sequence[int]) -> str | None:
    """Return the name of a table that holds something in one of these folders, or ``None``."""
    for key in list_holding_keys(Folder.__tablename__):
        if session.scalar(select(exists().where(key.parent.in_(folder_ids)))):
            return str(key.parent.table)
    return None
