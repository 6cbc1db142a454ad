"""The operations that tell callers who they are."""

from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import find_personal_workspace
from stagedoor.orchestrator.package_feeds.service import feed_of_folder
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.users import service

routes = Routes()


@routes.reads("Users_GetCurrentUser")
def show_current_user(call: Call) -> Answer:
    """Answer the caller."""
    return Answer(content=_selected(call, service.describe_current_user(call.caller, call.tenant)))


@routes.reads("Users_GetCurrentUserExtended")
def show_current_user_extended(call: Call) -> Answer:
    """Answer the caller with its personal workspace, which is null when there is none within reach.

    The vendor misspells ``PersonalWorskpaceFeedId``, and its command line reads that spelling.
    """
    user, workspace = service.describe_current_user(call.caller, call.tenant), _find_workspace(call)
    feed = feed_of_folder(call.session, call.tenant.tenant_id, workspace.id) if workspace else None
    user["PersonalWorskpaceFeedId"] = feed.id if feed else None
    if "personalworkspace" in call.query.get("$expand", "").lower():
        user["PersonalWorkspace"] = service.describe_personal_workspace(workspace)
    return Answer(content=_selected(call, user))


def _find_workspace(call: Call) -> Folder | None:
    user_id = call.caller.user_id
    if user_id is None:
        return None
    return find_personal_workspace(call.session, call.tenant.tenant_id, user_id, call.reach)


def _selected(call: Call, user: dict[str, Any]) -> dict[str, Any]:
    context = f"{call.base_url}/odata/$metadata#Users/$entity"
    wanted = {name.strip().lower() for name in call.query.get("$select", "").split(",") if name.strip()}
    if wanted and "*" not in wanted:
        user = {name: value for name, value in user.items() if name.lower() in wanted}
    return {"@odata.context": context, **user}
