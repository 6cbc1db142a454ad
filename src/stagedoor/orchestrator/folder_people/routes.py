"""The operations of people in folders."""

from stagedoor.orchestrator.answers import answer_object
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import (
    find_guid,
    find_integer,
    find_query_enum,
    find_query_integer,
    find_text,
    get_body,
    get_number_argument,
    get_object,
    get_required,
)
from stagedoor.orchestrator.folder_people import descriptions, service, store
from stagedoor.orchestrator.folder_people.schemas import (
    DIRECTORY_TYPE,
    read_folder_roles,
    read_user_numbers,
)
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.people import Person, find_person_by_key, find_person_by_username
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.users import store as user_store
from stagedoor.orchestrator.users.routes import CHANGE_NOTE
from stagedoor.orchestrator.users.service import get_user, get_users, keep_user

TAKE_DEFAULT = 100
TAKE_MAX = 1000

routes = Routes()


@routes.writes("Folders_AssignUsers", basis=Basis.RECORDED, note=f"As the vendor's API guide prints it. {CHANGE_NOTE}")
def assign_users(call: Call) -> Answer:
    """Put users into folders, with the roles named for each."""
    assignments = get_object(get_body(call), "assignments")
    numbers, places = read_user_numbers(assignments), read_folder_roles(assignments)
    service.assign(call, get_users(call.session, call.tenant.tenant_id, numbers), places)
    return Answer(status=204)


@routes.writes(
    "Folders_AssignDomainUser",
    note=f"The domain is the organization itself, whose people are found by identifier or name. {CHANGE_NOTE}",
)
def assign_domain_user(call: Call) -> Answer:
    """Put a person of the organization into folders; they belong to the tenant from then on."""
    assignment = get_object(get_body(call), "assignment")
    places = read_folder_roles(assignment)
    call.people.verify_may_change(call)
    person = _get_person(call, assignment)
    keep_user(call, person.number)
    service.assign(call, [get_user(call.session, call.tenant.tenant_id, person.number)], places)
    return Answer(status=204)


@routes.writes("Folders_RemoveUserFromFolderById", note=CHANGE_NOTE)
def remove_user(call: Call) -> Answer:
    """Take a user out of a folder, with the roles held there."""
    number = get_required(find_integer(get_body(call), "userId"), "userId")
    folder = _folder_argument(call)
    service.unassign(call, folder, get_user(call.session, call.tenant.tenant_id, number))
    return Answer(status=204)


@routes.writes("Folders_RemoveUserFromFolderByKey", note=CHANGE_NOTE)
def remove_user_by_key(call: Call) -> Answer:
    """Take a user out of a folder, named by the key."""
    key = get_required(find_guid(get_body(call), "userKey"), "userKey")
    folder = _folder_argument(call)
    person = find_person_by_key(call.session, call.tenant.tenant_id, key)
    if person is None:
        raise NotFound(f"The user {key} was not found.")
    service.unassign(call, folder, get_user(call.session, call.tenant.tenant_id, person.number))
    return Answer(status=204)


@routes.reads(
    "Folders_GetUsersForFolderByKeyAndIncludeinherited",
    basis=Basis.RECORDED,
    note="As the vendor's API guide prints it. Takes $top and $skip; a role that is held in the whole tenant counts as "
    "inherited from no folder.",
)
def list_users_for_folder(call: Call) -> Answer:
    """Answer who is in a folder, and by which roles."""
    folder = _folder_argument(call)
    written = call.path_arguments["includeInherited"].lower()
    if written not in ("true", "false"):
        raise InvalidRequest("includeInherited must be true or false.", details={"field": "includeInherited"})
    present = service.list_present(call.session, folder, include_inherited=written == "true")
    skip = find_query_integer(call, "$skip", default=0)
    take = find_query_integer(call, "$top", default=TAKE_MAX, most=TAKE_MAX)
    shown = [descriptions.describe_presence(one, folder) for one in present[skip : skip + take]]
    context = f"{call.base_url}/odata/$metadata#UserRoles"
    return Answer(content={"@odata.context": context, "@odata.count": len(present), "value": shown})


@routes.reads("Folders_GetAllRolesForUserByUsernameAndSkipAndTake")
def list_roles_for_user(call: Call) -> Answer:
    """Answer in which folders a user is, and by which roles."""
    skip, take = get_number_argument(call, "skip"), get_number_argument(call, "take")
    if skip < 0 or take < 0:
        raise InvalidRequest("skip and take must be 0 or more.", details={"field": "skip" if skip < 0 else "take"})
    shown = _assignments(call, call.path_arguments["username"], skip, min(take, TAKE_MAX))
    return answer_object(call, "UserRoleAssignmentsDto", shown)


@routes.reads("FoldersNavigation_GetAllRolesForUser")
def navigate_roles_for_user(call: Call) -> Answer:
    """Answer the same in the shape of the vendor's plain API."""
    skip = find_query_integer(call, "skip", default=0)
    take = find_query_integer(call, "take", default=TAKE_DEFAULT, most=TAKE_MAX)
    return Answer(content=_assignments(call, call.query.get("username", ""), skip, take))


def _assignments(call: Call, username: str, skip: int, take: int) -> dict[str, object]:
    tenant_id = call.tenant.tenant_id
    person = None
    if find_query_enum(call, "type", DIRECTORY_TYPE) in (None, DIRECTORY_TYPE.members["User"]):
        person = find_person_by_username(call.session, tenant_id, username)
    if person is None:
        raise NotFound("There is no such user in this tenant.")
    user = get_user(call.session, tenant_id, person.number)
    held = user_store.list_held(call.session, tenant_id, user.number)
    text = call.query.get("searchtext", "")
    folders = store.list_folders_of(call.session, tenant_id, user.number, call.reach, text)
    return descriptions.describe_assignments(user, held, folders[skip : skip + take], len(folders))


def _get_person(call: Call, assignment: Body) -> Person:
    identifier = find_text(assignment, "DirectoryIdentifier", length_max=256)
    username = find_text(assignment, "UserName", length_max=256)
    person = None
    if identifier:
        person = find_person_by_key(call.session, call.tenant.tenant_id, identifier.lower())
    elif username:
        person = find_person_by_username(call.session, call.tenant.tenant_id, username)
    else:
        get_required(None, "UserName")
    if person is None:
        raise NotFound("The organization has nobody of this name.")
    return person


def _folder_argument(call: Call) -> Folder:
    return get_folder(call.session, call.tenant.tenant_id, get_number_argument(call, "key"), call.reach)
