"""The SQL of feeds, which is that of the folders that have one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FEED_TYPE, FOLDER_TYPE
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.passage import Reach


def _has_feed() -> ColumnElement[bool]:
    own = (FEED_TYPE.members["PersonalWorkspace"], FEED_TYPE.members["FolderHierarchy"])
    return or_(Folder.feed_type.in_(own), Folder.folder_type == FOLDER_TYPE.members["Personal"])


def list_folders_with_feed(session: Session, tenant_id: str, reach: Reach) -> Sequence[Folder]:
    """Return the folders within reach that have a feed of their own, by path."""
    conditions = (Folder.tenant_id == tenant_id, _has_feed(), *within_reach(tenant_id, reach))
    return session.scalars(select(Folder).where(*conditions).order_by(Folder.path_folded)).all()


def find_folder_with_feed(session: Session, tenant_id: str, folder_key: str, reach: Reach) -> Folder | None:
    """Return the folder whose feed has this id, if it is within reach."""
    conditions = (Folder.tenant_id == tenant_id, Folder.key == folder_key, _has_feed())
    return session.scalar(select(Folder).where(*conditions, *within_reach(tenant_id, reach)))


def find_feed_owner(session: Session, tenant_id: str, folder_id: int) -> Folder | None:
    """Return the folder whose feed this folder uses: itself or one above it, the topmost that has one."""
    branch = session.scalar(select(Folder.branch).where(Folder.tenant_id == tenant_id, Folder.id == folder_id))
    ids = [int(part) for part in (branch or "").split("/") if part]
    owners = select(Folder).where(Folder.id.in_(ids), _has_feed()).order_by(func.length(Folder.branch)).limit(1)
    return session.scalar(owners)
