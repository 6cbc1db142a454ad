"""The operations of roles and permissions."""

from functools import partial

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_integers, get_body, get_number_argument, get_required
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.roles import store
from stagedoor.orchestrator.roles.entities import PERMISSIONS, ROLES
from stagedoor.orchestrator.roles.models import NO_ROLE, OWN_NUMBERS_AFTER, Role, RolePermission
from stagedoor.orchestrator.roles.schemas import read_role
from stagedoor.orchestrator.roles.service import get_role, id_of_own
from stagedoor.orchestrator.users import store as user_store
from stagedoor.orchestrator.users.entities import holds_role
from stagedoor.orchestrator.users.listing import read_first
from stagedoor.orchestrator.users.routes import CHANGE_NOTE
from stagedoor.orchestrator.users.service import set_holders

OWN_NOTE = (
    "Type follows from the permissions. The catalogue's own roles cannot be changed (409), so that each means the same "
    "to every Orchestrator behind Stagedoor."
)

routes = Routes()


@routes.reads("Roles_Get")
def list_roles(call: Call) -> Answer:
    """Answer the roles."""
    return read_set(call, ROLES)


@routes.reads("Roles_GetById", basis=Basis.RECORDED, note="As the vendor's API guide prints it.")
def show_role(call: Call) -> Answer:
    """Answer one role."""
    return read_one(call, ROLES, (Role.number == get_number_argument(call, "key"),))


@routes.writes("Roles_Post", note=f"{OWN_NOTE} {CHANGE_NOTE}")
def create_role(call: Call) -> Answer:
    """Make a role of the tenant's own."""
    call.people.verify_may_change(call)
    role_id = call.people.create_role(call, read_role(get_body(call)))
    return read_one(call, ROLES, (Role.number == role_id + OWN_NUMBERS_AFTER,), status=201)


@routes.writes("Roles_PutById", note=f"Without Permissions the role keeps those that it has. {OWN_NOTE} {CHANGE_NOTE}")
def update_role(call: Call) -> Answer:
    """Change a role of the tenant's own, for everybody who holds it."""
    body, role = get_body(call), _role_argument(call)
    call.people.verify_may_change(call)
    role_id = id_of_own(role)
    held = store.list_permissions(call.session, role_id)
    call.people.change_role(call, role_id, read_role(body, held=held))
    return read_one(call, ROLES, (Role.number == role.number,))


@routes.writes("Roles_DeleteById", note=f"Whoever holds the role loses it. {CHANGE_NOTE}")
def delete_role(call: Call) -> Answer:
    """Delete a role of the tenant's own, and take it from everybody."""
    role = _role_argument(call)
    call.people.verify_may_change(call)
    call.people.delete_role(call, id_of_own(role))
    return Answer(status=204)


@routes.writes("Roles_SetUsersById", note=CHANGE_NOTE)
def set_users(call: Call) -> Answer:
    """Give a role in the whole tenant to some users and take it from others."""
    body = get_body(call)
    added = get_required(find_integers(body, "addedUserIds"), "addedUserIds")
    removed = get_required(find_integers(body, "removedUserIds"), "removedUserIds")
    role = _role_argument(call)
    call.people.verify_may_change(call)
    set_holders(call, role, added, removed)
    return Answer(status=204)


@routes.reads("Roles_GetUsersForRoleByKey")
def list_users_for_role(call: Call) -> Answer:
    """Answer the users of the tenant, those who hold the role first."""
    role = _role_argument(call)
    return read_first(call, partial(holds_role, role.number))


@routes.reads("Roles_GetUserIdsForRoleByKey")
def list_holders(call: Call) -> Answer:
    """Answer the numbers of those who hold a role in the whole tenant."""
    role = _role_argument(call)
    holders = user_store.list_holders(call.session, call.tenant.tenant_id, role.number)
    return answer_value(call, "Collection(Edm.Int64)", list(holders))


@routes.reads("Permissions_Get")
def list_permissions(call: Call) -> Answer:
    """Answer every permission that a role can hold."""
    return read_set(call, PERMISSIONS, (RolePermission.role_number == NO_ROLE,))


def _role_argument(call: Call) -> Role:
    return get_role(call.session, call.tenant.tenant_id, get_number_argument(call, "key"))
