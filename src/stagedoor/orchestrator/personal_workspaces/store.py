"""All SQL of personal workspaces."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.personal_workspaces.models import WorkspaceExplorer
from stagedoor.passage import Reach

_PERSONAL = FOLDER_TYPE.members["Personal"]


def is_workspace(tenant_id: str, reach: Reach) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a folder is a personal workspace within reach."""
    return (Folder.folder_type == _PERSONAL, *within_reach(tenant_id, reach))


def is_of_owner(user_id: str) -> ColumnElement[bool]:
    """Return the condition that a workspace belongs to this user."""
    return Folder.owner_user_id == user_id


def find_workspace(session: Session, tenant_id: str, folder_id: int, reach: Reach) -> Folder | None:
    """Return the personal workspace of this id, if it is within reach."""
    return session.scalar(
        select(Folder).where(Folder.tenant_id == tenant_id, Folder.id == folder_id, *is_workspace(tenant_id, reach))
    )


def add_explorer(session: Session, workspace: Folder, user_number: int) -> None:
    """Note that a user explores a workspace; nothing happens if it does."""
    if session.get(WorkspaceExplorer, (workspace.id, user_number)) is None:
        explorer = WorkspaceExplorer(folder_id=workspace.id, user_number=user_number, tenant_id=workspace.tenant_id)
        session.add(explorer)
        session.flush()


def remove_explorer(session: Session, workspace: Folder, user_number: int) -> None:
    """Note that a user explores a workspace no longer."""
    session.execute(
        delete(WorkspaceExplorer).where(
            WorkspaceExplorer.folder_id == workspace.id, WorkspaceExplorer.user_number == user_number
        )
    )


def remove_explorers(session: Session, workspace: Folder) -> None:
    """Note that nobody explores a workspace any more."""
    session.execute(delete(WorkspaceExplorer).where(WorkspaceExplorer.folder_id == workspace.id))
