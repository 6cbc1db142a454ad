"""The operations of roles and permissions."""

from functools import partial

from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_integers, get_body, get_number_argument, get_required
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.roles.entities import PERMISSIONS, ROLES
from stagedoor.orchestrator.roles.errors import RolesFixed
from stagedoor.orchestrator.roles.models import NO_ROLE, Role, RolePermission
from stagedoor.orchestrator.users import store as user_store
from stagedoor.orchestrator.users.entities import holds_role
from stagedoor.orchestrator.users.listing import read_first
from stagedoor.orchestrator.users.routes import CHANGE_NOTE
from stagedoor.orchestrator.users.service import get_role, set_holders

FIXED_NOTE = "Refused (409): the roles are fixed, so that each means the same to every Orchestrator behind Stagedoor."

routes = Routes()


@routes.reads("Roles_Get")
def list_roles(call: Call) -> Answer:
    """Answer the roles."""
    return read_set(call, ROLES)


@routes.reads("Roles_GetById")
def show_role(call: Call) -> Answer:
    """Answer one role."""
    return read_one(call, ROLES, (Role.number == get_number_argument(call, "key"),))


@routes.writes("Roles_Post", basis=Basis.GUESS, note=FIXED_NOTE)
def create_role(call: Call) -> Answer:
    """Refuse: raises :class:`RolesFixed`."""
    raise RolesFixed


@routes.writes("Roles_PutById", basis=Basis.GUESS, note=FIXED_NOTE)
@routes.writes("Roles_DeleteById", basis=Basis.GUESS, note=FIXED_NOTE)
def change_role(call: Call) -> Answer:
    """Refuse: raises :class:`RolesFixed`, or ``NotFound`` for a role that is not there."""
    get_role(get_number_argument(call, "key"))
    raise RolesFixed


@routes.writes("Roles_SetUsersById", basis=Basis.GUESS, note=CHANGE_NOTE)
def set_users(call: Call) -> Answer:
    """Give a role in the whole tenant to some users and take it from others."""
    body = get_body(call)
    added = get_required(find_integers(body, "addedUserIds"), "addedUserIds")
    removed = get_required(find_integers(body, "removedUserIds"), "removedUserIds")
    role = get_role(get_number_argument(call, "key"))
    call.people.verify_may_change(call)
    set_holders(call, role, added, removed)
    return Answer(status=204)


@routes.reads("Roles_GetUsersForRoleByKey")
def list_users_for_role(call: Call) -> Answer:
    """Answer the users of the tenant, those who hold the role first."""
    role = get_role(get_number_argument(call, "key"))
    return read_first(call, partial(holds_role, role.number))


@routes.reads("Roles_GetUserIdsForRoleByKey")
def list_holders(call: Call) -> Answer:
    """Answer the numbers of those who hold a role in the whole tenant."""
    role = get_role(get_number_argument(call, "key"))
    holders = user_store.list_holders(call.session, call.tenant.tenant_id, role.number)
    return answer_value(call, "Collection(Edm.Int64)", list(holders))


@routes.reads("Permissions_Get")
def list_permissions(call: Call) -> Answer:
    """Answer every permission that a role can hold."""
    return read_set(call, PERMISSIONS, (RolePermission.role_number == NO_ROLE,))
