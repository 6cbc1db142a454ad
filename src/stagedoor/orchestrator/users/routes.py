"""The operations of users, and those that tell callers who they are."""

from typing import Any

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    LIST_LENGTH_MAX,
    find_boolean,
    find_integers,
    get_body,
    get_number_argument,
    get_required,
    get_text,
    read_integer,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import find_personal_workspace
from stagedoor.orchestrator.granted_permissions import list_granted
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.package_feeds.service import feed_of_folder
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.roles.service import get_role, get_role_named
from stagedoor.orchestrator.scripted_robots.states import IN_HAND_STATES
from stagedoor.orchestrator.settings.service import save_user_setting
from stagedoor.orchestrator.users import service, store
from stagedoor.orchestrator.users.entities import USERS
from stagedoor.orchestrator.users.models import User
from stagedoor.orchestrator.users.schemas import read_changes, read_culture, read_order

LANGUAGE = "Abp.Localization.DefaultLanguageName"
"""The setting in which a user's language is kept, as the vendor names it."""

CHANGE_NOTE = (
    "Only people who signed in themselves change people, never access keys, whatever they hold (403); names, addresses "
    "and being active are for administrators of the organization, and nobody gives or takes a role that allows more "
    "than they hold."
)

routes = Routes()


@routes.reads("Users_Get")
def list_users(call: Call) -> Answer:
    """Answer the users of the tenant."""
    return read_set(call, USERS)


@routes.reads("Users_GetById")
def show_user(call: Call) -> Answer:
    """Answer one user."""
    return read_one(call, USERS, (User.number == get_number_argument(call, "key"),))


@routes.writes(
    "Users_Post",
    note=f"Lets a person of the organization belong to the tenant, and makes one if there is none. {CHANGE_NOTE}",
)
def create_user(call: Call) -> Answer:
    """Let somebody belong to the tenant, with the roles named by ``RolesList``."""
    number = service.add_user(call, read_order(get_body(call)))
    return read_one(call, USERS, (User.number == number,), status=201)


@routes.writes("Users_PutById", note=f"What is not sent stays as it is. {CHANGE_NOTE}")
def replace_user(call: Call) -> Answer:
    """Change a user; ``RolesList`` replaces the roles in the whole tenant."""
    service.change_user(call, _user_argument(call), read_changes(get_body(call)))
    return Answer()


@routes.writes("Users_PatchById", note=CHANGE_NOTE)
def update_user(call: Call) -> Answer:
    """Change what is sent, but for roles and organization units, which this operation does not change."""
    body = get_body(call)
    for name in ("RolesList", "UserRoles", "OrganizationUnits"):
        if body.get(name) is not None:
            raise InvalidRequest(f"The {name} field is not changed by PATCH.", details={"field": name})
    service.change_user(call, _user_argument(call), read_changes(body))
    return Answer()


@routes.writes(
    "Users_DeleteById",
    basis=Basis.RECORDED,
    note="As the vendor's API guide prints it. The person stays in the organization and loses every role in the "
    f"tenant. {CHANGE_NOTE}",
)
def delete_user(call: Call) -> Answer:
    """Let somebody belong to the tenant no longer."""
    service.remove_user(call, _user_argument(call))
    return Answer(status=204)


@routes.writes(
    "Users_AssignRolesById",
    basis=Basis.RECORDED,
    note=f"Replaces the roles in the tenant, as the vendor's API guide says. {CHANGE_NOTE}",
)
def assign_roles(call: Call) -> Answer:
    """Let a user hold exactly these roles in the whole tenant."""
    numbers = get_required(find_integers(get_body(call), "roleIds"), "roleIds")
    user = _user_argument(call)
    call.people.verify_may_change(call)
    service.set_roles(call, user, [get_role(call.session, user.tenant_id, number) for number in numbers])
    return Answer()


@routes.writes("Users_ToggleRoleById", note=CHANGE_NOTE)
def toggle_role(call: Call) -> Answer:
    """Give a user a role in the whole tenant, or take it."""
    body = get_body(call)
    name = get_text(body, "role", length_max=128)
    gives = get_required(find_boolean(body, "toggle"), "toggle")
    user = _user_argument(call)
    role = get_role_named(call.session, user.tenant_id, name)
    change = call.people.give_role if gives else call.people.take_role
    change(call, user.user_id, role.name, None)
    return Answer()


@routes.writes("Users_ChangeCulture")
def change_culture(call: Call) -> Answer:
    """Set the caller's language."""
    culture = read_culture(get_body(call))
    save_user_setting(call.session, call.tenant.tenant_id, call.caller.id, LANGUAGE, culture)
    return Answer()


@routes.writes("Users_ChangeUserCultureById", basis=Basis.RECORDED, note="As the vendor's API guide prints it.")
def change_user_culture(call: Call) -> Answer:
    """Set a user's language."""
    culture = read_culture(get_body(call))
    save_user_setting(call.session, call.tenant.tenant_id, _user_argument(call).user_id, LANGUAGE, culture)
    return Answer()


@routes.reads(
    "Users_GetCurrentPermissions",
    note="Tells what the caller's grant amounts to in the tenant and in any folder of it.",
)
def show_current_permissions(call: Call) -> Answer:
    """Answer the caller's permissions."""
    granted = sorted(list_granted(call.caller, call.tenant.tenant_id))
    return answer_object(call, "UserPermissionsCollection", {"UserId": call.caller.number, "Permissions": granted})


@routes.reads(
    "Users_ValidateByUserids",
    note="True for a user one of whose robots has a job that runs or is being stopped.",
)
def tell_busy(call: Call) -> Answer:
    """Answer for each user whether their robots are busy."""
    numbers = _numbers_argument(call)
    users = service.get_users(call.session, call.tenant.tenant_id, numbers)
    busy = store.list_busy(call.session, call.tenant.tenant_id, numbers, IN_HAND_STATES)
    return answer_value(call, "Edm.Untyped", {str(user.number): user.number in busy for user in users})


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


def _user_argument(call: Call) -> User:
    return service.get_user(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))


def _numbers_argument(call: Call) -> list[int]:
    written = [word.strip() for word in call.path_arguments["userIds"].split(",") if word.strip()]
    numbers = [read_integer(word) for word in written]
    if len(numbers) > LIST_LENGTH_MAX or None in numbers:
        raise InvalidRequest(
            f"userIds must be up to {LIST_LENGTH_MAX} whole numbers with commas.", details={"field": "userIds"}
        )
    return [number for number in numbers if number is not None]
