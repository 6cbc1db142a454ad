"""All SQL of people in folders."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from stagedoor.orchestrator.folder_people.models import FolderMember
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.roles.models import HeldRole
from stagedoor.passage import Reach


def is_in(folder: Folder, user: Any) -> ColumnElement[bool]:
    """Return the condition that a user was put into the folder itself or holds a role in it."""
    held, member = aliased(HeldRole), aliased(FolderMember)
    by_role = exists().where(
        held.tenant_id == user.tenant_id, held.user_number == user.number, held.folder_key == folder.key
    )
    return or_(by_role, exists().where(member.folder_id == folder.id, member.user_number == user.number))


def list_way(session: Session, folder: Folder) -> Sequence[Folder]:
    """Return the folders from the root down to the folder itself."""
    ids = [int(number) for number in folder.branch.strip("/").split("/")]
    return session.scalars(select(Folder).where(Folder.id.in_(ids)).order_by(Folder.branch)).all()


def list_held(
    session: Session, tenant_id: str, folder_keys: Collection[str], *, or_everywhere: bool
) -> Sequence[HeldRole]:
    """Return the roles that are held in these folders, and with ``or_everywhere`` those held in the whole tenant."""
    places: list[ColumnElement[bool]] = [HeldRole.folder_key.in_(sorted(folder_keys))]
    if or_everywhere:
        places.append(HeldRole.folder_key.is_(None))
    held = select(HeldRole).where(HeldRole.tenant_id == tenant_id, or_(*places))
    return session.scalars(held.order_by(HeldRole.user_number, HeldRole.role_number, HeldRole.id)).all()


def list_members(session: Session, folder_ids: Collection[int]) -> Sequence[FolderMember]:
    """Return who was put into these folders."""
    members = select(FolderMember).where(FolderMember.folder_id.in_(sorted(folder_ids)))
    return session.scalars(members.order_by(FolderMember.user_number, FolderMember.folder_id)).all()


def list_folders_of(session: Session, tenant_id: str, number: int, reach: Reach, text: str) -> Sequence[Folder]:
    """Return the folders within reach that a user was put into or holds a role in, by path.

    Only those whose name contains ``text``, in any letter case.
    """
    by_role = exists().where(
        HeldRole.tenant_id == tenant_id, HeldRole.user_number == number, HeldRole.folder_key == Folder.key
    )
    by_row = exists().where(FolderMember.folder_id == Folder.id, FolderMember.user_number == number)
    conditions = [Folder.tenant_id == tenant_id, or_(by_role, by_row), *within_reach(tenant_id, reach)]
    if text:
        conditions.append(Folder.name_folded.contains(text.casefold(), autoescape=True))
    return session.scalars(select(Folder).where(*conditions).order_by(Folder.path_folded, Folder.id)).all()


def add_member(session: Session, folder: Folder, number: int) -> None:
    """Put somebody into a folder; nothing happens where they are."""
    if session.get(FolderMember, (folder.id, number)) is None:
        session.add(FolderMember(folder_id=folder.id, user_number=number, tenant_id=folder.tenant_id))
        session.flush()


def remove_member(session: Session, folder: Folder, number: int) -> None:
    """Take somebody out of a folder."""
    session.execute(delete(FolderMember).where(FolderMember.folder_id == folder.id, FolderMember.user_number == number))
