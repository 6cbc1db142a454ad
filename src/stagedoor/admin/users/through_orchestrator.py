"""People changed by the vendor's API: by the rules of the management API, in the transaction of the call.

Reads nothing of FastAPI, for it is put together while the server starts.
"""

from stagedoor.access.methods import ManagementAbility, verify_ability
from stagedoor.admin.abilities import verify_may
from stagedoor.admin.makers import Makers
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.users.endings import Endings
from stagedoor.admin.users.errors import OwnRightsKept
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.catalog.roles import find_role, selectors_of
from stagedoor.identity.users import tenant_roles
from stagedoor.identity.users.models import User
from stagedoor.identity.users.schemas import RoleOrder, UserOrder
from stagedoor.identity.users.service import Users
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.people_changes import NewPerson, NewRole, PersonChanges
from stagedoor.passage import Allowance, GrantTerms

PERMISSIONS_SPELT_MAX = 20


class TenantPeople:
    """A :class:`~stagedoor.orchestrator.people_changes.PeopleChanges` over identity's users.

    What is about the whole organization (making a person, names, addresses, being active) is for its administrators.
    Roles in a tenant may also be given and taken by whoever holds everything that the role allows there. None of it is
    for access keys and programs that act for somebody.
    """

    def __init__(self, users: Users, endings: Endings, makers: Makers, trail: AdministrationTrail) -> None:
        self._users = users
        self._endings = endings
        self._makers = makers
        self._trail = trail

    def verify_may_change(self, call: Call) -> None:
        """Raise :class:`~stagedoor.access.errors.MethodNotAllowedHere` for a credential that opens none of this."""
        verify_ability(call.caller, ManagementAbility.USER_CHANGE)

    def create_person(self, call: Call, new: NewPerson) -> int:
        """Make a person, who is no administrator of the organization; raises what identity refuses."""
        verify_may(call.caller, ManagementAbility.USER_CHANGE)
        user = self._users.create_user(
            call.session,
            UserOrder(
                organization_id=call.tenant.organization_id,
                username=new.username,
                email=new.email,
                first_name=new.first_name,
                last_name=new.last_name,
                password=new.password,
                is_directory_user=new.is_directory_user,
            ),
        )
        self._note(call, EventName.ADMIN_USER_CREATED, user, "was made as user")
        return user.number

    def change_person(self, call: Call, user_id: str, changes: PersonChanges) -> None:
        """Change a person; whoever is deactivated loses everything that was held. Nobody deactivates themselves."""
        verify_may(call.caller, ManagementAbility.USER_CHANGE)
        user = self._users.get_user(call.session, call.tenant.organization_id, user_id)
        if changes.is_active is False and user.id == call.caller.user_id:
            raise OwnRightsKept
        given = {
            name: value
            for name in ("email", "first_name", "last_name", "is_active")
            if (value := getattr(changes, name)) is not UNSET
        }
        self._users.update_user(call.session, user, **given)
        if changes.is_active is False:
            self._endings.after_deactivation(call.session, user)
        self._note(call, EventName.ADMIN_USER_CHANGED, user, f"was changed: {', '.join(sorted(given)) or 'nothing'}")

    def give_role(self, call: Call, user_id: str, role: str, folder_key: str | None) -> None:
        """Give a role; raises :class:`~stagedoor.admin.errors.GrantExceedsMaker` for more than the caller holds."""
        user = self._person_for_role(call, user_id, role, folder_key)
        self._users.assign_role(call.session, user, tenant_id=call.tenant.tenant_id, role=role, folder_key=folder_key)
        self._note(call, EventName.ADMIN_USER_CHANGED, user, f"was given the role {role}{_where(folder_key)}")

    def take_role(self, call: Call, user_id: str, role: str, folder_key: str | None) -> None:
        """Take a role; raises as :meth:`give_role` does: who cannot give it has no say over who holds it."""
        user = self._person_for_role(call, user_id, role, folder_key)
        self._users.remove_role(call.session, user, tenant_id=call.tenant.tenant_id, role=role, folder_key=folder_key)
        self._note(call, EventName.ADMIN_USER_CHANGED, user, f"holds the role {role} no longer{_where(folder_key)}")

    def create_role(self, call: Call, new: NewRole) -> int:
        """Make a role; raises :class:`~stagedoor.admin.errors.GrantExceedsMaker` for more than the caller holds."""
        self._verify_holds(call, new.name, new.permissions)
        role = tenant_roles.create_role(call.session, call.tenant.tenant_id, _order(new))
        self._note_role(call, EventName.ADMIN_ROLE_CREATED, new.name, f"was made; it allows {_listed(new.permissions)}")
        return role.id

    def change_role(self, call: Call, role_id: int, new: NewRole) -> None:
        """Change a role; raises as :meth:`create_role` does, for what it allowed before too: see :meth:`take_role`."""
        role = tenant_roles.get_role(call.session, call.tenant.tenant_id, role_id)
        name, before = role.name, tenant_roles.permissions_of(call.session, role)
        self._verify_holds(call, name, before | new.permissions)
        tenant_roles.change_role(call.session, role, _order(new))
        called = "" if name == new.name else f" and is called {new.name}"
        what = f"was changed: it allows {_listed(new.permissions)}{called}"
        self._note_role(call, EventName.ADMIN_ROLE_CHANGED, name, what)

    def delete_role(self, call: Call, role_id: int) -> None:
        """Delete a role; raises as :meth:`take_role` does."""
        role = tenant_roles.get_role(call.session, call.tenant.tenant_id, role_id)
        name = role.name
        self._verify_holds(call, name, tenant_roles.permissions_of(call.session, role))
        tenant_roles.delete_role(call.session, role)
        self._note_role(call, EventName.ADMIN_ROLE_DELETED, name, "was deleted, and nobody holds it any longer")

    def _verify_holds(self, call: Call, name: str, permissions: frozenset[str]) -> None:
        self.verify_may_change(call)
        if not call.caller.may_administer:
            terms = GrantTerms((Allowance(selectors_of(name, permissions), None, call.tenant.tenant_id),))
            self._makers.verify_inside(call.caller, terms, call.tenant)

    def _person_for_role(self, call: Call, user_id: str, role: str, folder_key: str | None) -> User:
        self.verify_may_change(call)
        if not call.caller.may_administer:
            folders = None if folder_key is None else (folder_key,)
            own = None
            if find_role(role) is None:
                made = tenant_roles.find_role_named(call.session, call.tenant.tenant_id, role)
                own = frozenset() if made is None else tenant_roles.permissions_of(call.session, made)
            terms = GrantTerms((Allowance(selectors_of(role, own), folders, call.tenant.tenant_id),))
            self._makers.verify_inside(call.caller, terms, call.tenant)
        return self._users.get_user(call.session, call.tenant.organization_id, user_id)

    def _note_role(self, call: Call, event: EventName, name: str, what: str) -> None:
        visitor = Visitor(caller=call.caller, request_id=call.request_id, client_address=None)
        self._trail.note(call.session, visitor, event, f"Role {name} {what}.", tenant=call.tenant.tenant_name)

    def _note(self, call: Call, event: EventName, user: User, what: str) -> None:
        visitor = Visitor(caller=call.caller, request_id=call.request_id, client_address=None)
        sentence = f"User {user.username} ({user.id}) {what}."
        self._trail.note(call.session, visitor, event, sentence, tenant=call.tenant.tenant_name)


def _where(folder_key: str | None) -> str:
    return "" if folder_key is None else f" in folder {folder_key}"


def _order(new: NewRole) -> RoleOrder:
    return RoleOrder(name=new.name, display_name=new.display_name, groups=new.groups, permissions=new.permissions)


def _listed(permissions: frozenset[str]) -> str:
    if len(permissions) > PERMISSIONS_SPELT_MAX:
        return f"{len(permissions)} permissions"
    return ", ".join(sorted(permissions)) or "nothing"
