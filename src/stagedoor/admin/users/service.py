"""Make users and change them, in the words of the management API."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.users.endings import Endings
from stagedoor.admin.users.errors import OwnRightsKept, RoleUnknown
from stagedoor.admin.users.schemas import CreatedUser, RoleItem, UserChange, UserItem, UserOrder
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.organizations.service import Organizations
from stagedoor.identity.users import schemas as identity_schemas
from stagedoor.identity.users import tenant_roles
from stagedoor.identity.users.models import User
from stagedoor.identity.users.service import Users
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.secret import Secret

DRAWN_PASSWORD_LENGTH = 20


class People:
    """The users of the visitor's organization."""

    def __init__(
        self,
        users: Users,
        organizations: Organizations,
        endings: Endings,
        places: Places,
        trail: AdministrationTrail,
        chance: Chance,
        role_names: Sequence[str],
    ) -> None:
        self._users = users
        self._organizations = organizations
        self._endings = endings
        self._places = places
        self._trail = trail
        self._chance = chance
        self._role_names = {name.lower(): name for name in role_names}

    def list_users(
        self, session: Session, organization_id: str, *, cursor: int | None, limit: int
    ) -> tuple[list[UserItem], int | None]:
        """Return a page of users by number, and the cursor of the next."""
        page = self._users.list_users(session, organization_id, cursor=cursor, limit=limit)
        return [self._item(session, user) for user in page.users], page.next_cursor

    def create(self, session: Session, visitor: Visitor, order: UserOrder) -> CreatedUser:
        """Make a user, with a drawn password where none is given and one is needed."""
        given = None if order.password is None else Secret(order.password.get_secret_value())
        drawn = self._draw_password() if given is None and not order.is_directory_user else None
        user = self._users.create_user(
            session,
            identity_schemas.UserOrder(
                organization_id=visitor.organization_id,
                username=order.username,
                email=order.email,
                first_name=order.first_name,
                last_name=order.last_name,
                password=given or drawn,
                is_administrator=order.is_administrator,
                is_directory_user=order.is_directory_user,
            ),
        )
        self._replace_roles(session, visitor, user, order.roles)
        rank = "administrator" if order.is_administrator else "user"
        self._note(session, visitor, EventName.ADMIN_USER_CREATED, user, f"was made as {rank}")
        item = self._item(session, user)
        return CreatedUser(**item.model_dump(), password=None if drawn is None else drawn.reveal())

    def change(self, session: Session, visitor: Visitor, user_id: str, change: UserChange) -> UserItem:
        """Change what is given; a user who is deactivated loses everything that was held.

        Raises :class:`OwnRightsKept` for one's own rights.
        """
        user = self._users.get_user(session, visitor.organization_id, user_id)
        if user.id == visitor.caller.user_id and (change.is_administrator is False or change.is_active is False):
            raise OwnRightsKept
        self._users.update_user(
            session,
            user,
            email=change.email,
            first_name=change.first_name,
            last_name=change.last_name,
            is_administrator=change.is_administrator,
            is_active=change.is_active,
        )
        if change.is_active is False:
            self._endings.after_deactivation(session, user)
        if change.roles is not None:
            self._replace_roles(session, visitor, user, change.roles)
        fields = ", ".join(sorted(change.model_fields_set)) or "nothing"
        ended = "; everything that the user held has ended" if change.is_active is False else ""
        self._note(session, visitor, EventName.ADMIN_USER_CHANGED, user, f"was changed: {fields}{ended}")
        return self._item(session, user)

    def set_password(self, session: Session, visitor: Visitor, user_id: str, given: Secret | None) -> Secret | None:
        """Set the sign-in password and end every sign-in; return the one that was drawn where none is given."""
        user = self._users.get_user(session, visitor.organization_id, user_id)
        password = given or self._draw_password()
        self._users.set_password(session, user, password)
        self._endings.after_new_password(session, user)
        what = "was given a new sign-in password; every sign-in has ended"
        self._note(session, visitor, EventName.ADMIN_PASSWORD_SET, user, what)
        return None if given else password

    def set_api_password(self, session: Session, visitor: Visitor, user_id: str, given: Secret | None) -> Secret | None:
        """Set the secret of the legacy window; return the one that was drawn where none is given."""
        user = self._users.get_user(session, visitor.organization_id, user_id)
        organization = self._organizations.get_organization(session, visitor.organization_id)
        password = given or self._draw_password()
        self._users.set_api_password(session, organization, user, password)
        self._note(session, visitor, EventName.ADMIN_API_PASSWORD_SET, user, "was given a new API password")
        return None if given else password

    def clear_api_password(self, session: Session, visitor: Visitor, user_id: str) -> None:
        """Close the legacy window to one user."""
        user = self._users.get_user(session, visitor.organization_id, user_id)
        self._users.clear_api_password(session, user)
        self._note(session, visitor, EventName.ADMIN_API_PASSWORD_CLEARED, user, "has no API password any more")

    def _replace_roles(self, session: Session, visitor: Visitor, user: User, wanted: Sequence[RoleItem]) -> None:
        after = [self._resolve(session, visitor, item) for item in wanted]
        for held in self._users.roles_of(session, user):
            before = (held.tenant_id, held.role, held.folder_key)
            if before not in after:
                self._users.remove_role(
                    session, user, tenant_id=held.tenant_id, role=held.role, folder_key=held.folder_key
                )
        for tenant_id, role, folder_key in after:
            self._users.assign_role(session, user, tenant_id=tenant_id, role=role, folder_key=folder_key)

    def _resolve(self, session: Session, visitor: Visitor, item: RoleItem) -> tuple[str, str, str | None]:
        tenant = self._places.get_tenant(visitor.caller, item.tenant)
        role = self._role_names.get(item.role.lower())
        if role is None:
            own = tenant_roles.find_role_named(session, tenant.tenant_id, item.role)
            if own is None:
                raise RoleUnknown(item.role, tuple(self._role_names.values()))
            role = own.name
        folder_key = None if item.folder is None else self._places.get_folder(tenant, item.folder).key
        return tenant.tenant_id, role, folder_key

    def _draw_password(self) -> Secret:
        return Secret(random_base62(self._chance, DRAWN_PASSWORD_LENGTH))

    def _note(self, session: Session, visitor: Visitor, event: EventName, user: User, what: str) -> None:
        self._trail.note(session, visitor, event, f"User {user.username} ({user.id}) {what}.")

    def _item(self, session: Session, user: User) -> UserItem:
        roles = [
            RoleItem(
                tenant=self._places.find_tenant_name(held.tenant_id) or held.tenant_id,
                role=held.role,
                folder=None if held.folder_key is None else self._places.folder_path(held.tenant_id, held.folder_key),
            )
            for held in self._users.roles_of(session, user)
        ]
        return UserItem(
            id=user.id,
            username=user.username,
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            is_administrator=user.is_administrator,
            is_active=user.is_active,
            is_directory_user=user.is_directory_user,
            has_password=user.password_hash is not None,
            has_api_password=user.api_password_hash is not None,
            created_at=user.created_at,
            existed_since=user.existed_since,
            roles=roles,
        )
