"""What may be done with personal workspaces."""

from sqlalchemy.orm import Session

from stagedoor.kit.changes import record_change
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.orchestrator.folders.service import TOPIC, rename_folder
from stagedoor.orchestrator.personal_workspaces import store
from stagedoor.passage import Caller, Reach


def get_workspace(session: Session, tenant_id: str, workspace_id: int, reach: Reach) -> Folder:
    """Return a personal workspace; raises ``NotFound`` for one out of reach, and for any other folder."""
    workspace = store.find_workspace(session, tenant_id, workspace_id, reach)
    if workspace is None:
        raise NotFound(f"There is no personal workspace {workspace_id}.")
    return workspace


def convert_to_folder(session: Session, workspace: Folder, name: str) -> None:
    """Make an ordinary folder of a workspace, under another name; its content stays, its owner does not.

    Raises ``NameInUse`` for a name that a folder beside it has.
    """
    rename_folder(session, workspace, name)
    workspace.folder_type = FOLDER_TYPE.members["Standard"]
    workspace.owner_user_id = None
    store.remove_explorers(session, workspace)
    session.flush()
    record_change(session, TOPIC, workspace.tenant_id)


def start_exploring(session: Session, workspace: Folder, caller: Caller) -> None:
    """Note that the caller explores a workspace; raises ``InvalidRequest`` for its own and for no user at all."""
    if not caller.number:
        raise InvalidRequest("Only users explore personal workspaces.")
    if caller.user_id is not None and caller.user_id == workspace.owner_user_id:
        raise InvalidRequest("This personal workspace is the caller's own.")
    store.add_explorer(session, workspace, caller.number)
