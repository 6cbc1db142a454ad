"""The vendor's operations on personal workspaces."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import get_body, get_number_argument, get_text
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.personal_workspaces import service, store
from stagedoor.orchestrator.personal_workspaces.entities import PERSONAL_WORKSPACES
from stagedoor.orchestrator.registry import Routes

NAME_LENGTH_MAX = 115

routes = Routes()


@routes.reads("PersonalWorkspaces_Get")
def list_workspaces(call: Call) -> Answer:
    """Answer the personal workspaces within reach."""
    return read_set(call, PERSONAL_WORKSPACES, store.is_workspace(call.tenant.tenant_id, call.reach))


@routes.reads("PersonalWorkspaces_GetPersonalWorkspace")
def show_own_workspace(call: Call) -> Answer:
    """Answer the caller's own workspace; 404 for a caller who has none within reach."""
    if call.caller.user_id is None:
        raise NotFound("Only a user has a personal workspace.")
    own = store.is_of_owner(call.caller.user_id)
    return read_one(call, PERSONAL_WORKSPACES, [own, *store.is_workspace(call.tenant.tenant_id, call.reach)])


@routes.writes("PersonalWorkspaces_ConvertToFolderById")
def convert_to_folder(call: Call) -> Answer:
    """Make an ordinary folder of a workspace."""
    name = get_text(get_body(call), "folderName", length_max=NAME_LENGTH_MAX)
    service.convert_to_folder(call.session, _workspace(call), name)
    return Answer(status=204)


@routes.writes(
    "PersonalWorkspaces_StartExploringById",
    note="It is noted who explores; what a caller may do in the workspace is decided by its roles as ever.",
)
def start_exploring(call: Call) -> Answer:
    """Note that the caller explores a workspace."""
    service.start_exploring(call.session, _workspace(call), call.caller)
    return Answer(status=204)


@routes.writes(
    "PersonalWorkspaces_StopExploringById",
    note="It is noted that the caller explores no longer; it is no error if it did not.",
)
def stop_exploring(call: Call) -> Answer:
    """Note that the caller explores a workspace no longer."""
    store.remove_explorer(call.session, _workspace(call), call.caller.number)
    return Answer(status=204)


def _workspace(call: Call) -> Folder:
    workspace_id = get_number_argument(call, "key")
    return service.get_workspace(call.session, call.tenant.tenant_id, workspace_id, call.reach)
