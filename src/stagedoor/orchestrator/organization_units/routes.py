"""The operations of organization units."""

from functools import partial

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_integers, get_body, get_number_argument, get_required, get_text
from stagedoor.orchestrator.folder_people import service as folder_people
from stagedoor.orchestrator.folder_people import store as folder_people_store
from stagedoor.orchestrator.folder_people.schemas import FolderRoles
from stagedoor.orchestrator.folders import service
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.organization_units.entities import ORGANIZATION_UNITS
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.roles.service import get_role_named
from stagedoor.orchestrator.users.listing import read_first
from stagedoor.orchestrator.users.routes import CHANGE_NOTE
from stagedoor.orchestrator.users.service import get_users

WORKING_ROLE = "Automation User"
"""What somebody may do in a unit: in the vendor's time of units, being in one was to work there."""

routes = Routes()


@routes.reads("OrganizationUnits_Get")
def list_units(call: Call) -> Answer:
    """Answer the folders within reach."""
    return read_set(call, ORGANIZATION_UNITS, within_reach(call.tenant.tenant_id, call.reach))


@routes.reads("OrganizationUnits_GetById")
def show_unit(call: Call) -> Answer:
    """Answer one folder."""
    return read_one(call, ORGANIZATION_UNITS, (Folder.id == _unit_argument(call).id,))


@routes.writes("OrganizationUnits_Post")
def create_unit(call: Call) -> Answer:
    """Make a folder at the root."""
    name = get_text(get_body(call), "DisplayName", length_max=service.NAME_LENGTH_MAX)
    new = service.NewFolder(display_name=name)
    folder = service.create_folder(
        call.session, call.tenant.tenant_id, new, reach=call.reach, clock=call.clock, chance=call.chance
    )
    return read_one(call, ORGANIZATION_UNITS, (Folder.id == folder.id,), status=201)


@routes.writes("OrganizationUnits_PutById")
def update_unit(call: Call) -> Answer:
    """Rename a folder."""
    folder = _unit_argument(call)
    name = get_text(get_body(call), "DisplayName", length_max=service.NAME_LENGTH_MAX)
    service.rename_folder(call.session, folder, name)
    return Answer()


@routes.writes("OrganizationUnits_DeleteById")
def delete_unit(call: Call) -> Answer:
    """Delete a folder that holds nothing."""
    service.delete_folder(call.session, _unit_argument(call))
    return Answer(status=204)


@routes.writes(
    "OrganizationUnits_SetUsersById",
    basis=Basis.GUESS,
    note=f"Users who are added get the role {WORKING_ROLE} in the folder; those removed lose all they hold there. "
    f"{CHANGE_NOTE}",
)
def set_users(call: Call) -> Answer:
    """Put some users into a folder and take others out of it; all or none."""
    body = get_body(call)
    added = get_required(find_integers(body, "addedUserIds"), "addedUserIds")
    removed = get_required(find_integers(body, "removedUserIds"), "removedUserIds")
    folder = _unit_argument(call)
    role = get_role_named(call.session, folder.tenant_id, WORKING_ROLE)
    call.people.verify_may_change(call)
    users = get_users(call.session, call.tenant.tenant_id, added)
    folder_people.assign(call, users, [FolderRoles(folder.id, (role.number,))])
    for user in get_users(call.session, call.tenant.tenant_id, removed):
        folder_people.unassign(call, folder, user)
    return Answer(status=204)


@routes.reads("OrganizationUnits_GetUsersForUnitByKey")
def list_users_for_unit(call: Call) -> Answer:
    """Answer the users of the tenant, those of the folder first."""
    return read_first(call, partial(folder_people_store.is_in, _unit_argument(call)))


@routes.reads("OrganizationUnits_GetUserIdsForUnitByKey")
def list_user_ids_for_unit(call: Call) -> Answer:
    """Answer the numbers of those who are in the folder."""
    present = folder_people.list_present(call.session, _unit_argument(call), include_inherited=False)
    return answer_value(call, "Collection(Edm.Int64)", [one.user.number for one in present])


def _unit_argument(call: Call) -> Folder:
    return service.get_folder(call.session, call.tenant.tenant_id, get_number_argument(call, "key"), call.reach)
