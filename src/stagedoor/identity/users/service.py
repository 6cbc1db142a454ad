"""What can be done with users. Who may do so is asked before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.identity.organizations.models import Organization
from stagedoor.identity.passwords import Passwords
from stagedoor.identity.users import store
from stagedoor.identity.users.errors import ApiPasswordRefused, SignInRefused, UserNotFound, UserOrderRefused
from stagedoor.identity.users.models import RoleAssignment, User
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.secret import Secret

USERNAME = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,254}[^\s\x00-\x1f\x7f])?")
EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,190}@[^\s@\x00-\x1f\x7f]{1,64}")
PERSONAL_NAME_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class UserPage:
    """Some users, and the cursor of the next page if there is one."""

    users: tuple[User, ...]
    next_cursor: int | None


class Users:
    """Make users, find them, and change what they may sign in with and do.

    The rows that are returned belong to the session: what is needed of them later is taken out before it ends.
    """

    def __init__(self, passwords: Passwords, clock: Clock, chance: Chance) -> None:
        self._passwords = passwords
        self._clock = clock
        self._chance = chance

    def create_user(self, session: Session, order: UserOrder) -> User:
        """Make a user, who never has an API password to begin with.

        Raises :class:`UserOrderRefused` for a name that cannot be used or is taken (409), and
        :class:`~stagedoor.identity.passwords.PasswordRefused`.
        """
        if not USERNAME.fullmatch(order.username):
            raise UserOrderRefused("username must have 1 to 256 characters that can be typed.")
        _check_email(order.email)
        _check_personal_names(order.first_name, order.last_name)
        if store.find_user_by_username(session, order.organization_id, order.username.lower()) is not None:
            raise UserOrderRefused("A user of this name exists already.", status=409)
        if order.is_directory_user and order.password is not None:
            raise UserOrderRefused("A user of a directory signs in there and has no password here.")
        now = self._clock.now()
        user = User(
            id=random_guid(self._chance),
            organization_id=order.organization_id,
            username=order.username.lower(),
            email=order.email.lower(),
            first_name=order.first_name,
            last_name=order.last_name,
            password_hash=None if order.password is None else self._passwords.hash(order.password),
            api_password_hash=None,
            is_administrator=order.is_administrator,
            is_active=True,
            is_directory_user=order.is_directory_user,
            created_at=now,
            existed_since=order.existed_since or now,
        )
        store.add(session, user)
        record_change(session, "user", user.id)
        return user

    def get_user(self, session: Session, organization_id: str, user_id: str) -> User:
        """Return the organization's user of this id, or raise :class:`UserNotFound`."""
        user = store.find_user(session, organization_id, user_id)
        if user is None:
            raise UserNotFound
        return user

    def find_user(self, session: Session, organization_id: str, name_or_email: str) -> User | None:
        """Return the user of this name or e-mail address, in any letter case.

        A name counts before an address; an address that several users share finds nobody.
        """
        lowered = name_or_email.strip().lower()
        user = store.find_user_by_username(session, organization_id, lowered)
        if user is not None or "@" not in lowered:
            return user
        sharing = store.users_with_email(session, organization_id, lowered)
        return sharing[0] if len(sharing) == 1 else None

    def list_users(
        self, session: Session, organization_id: str, *, cursor: int | None = None, limit: int = 100
    ) -> UserPage:
        """Return a page of an organization's users in the order of their numbers."""
        rows = store.list_users(session, organization_id, after_number=cursor or 0, limit=limit + 1)
        shown = tuple(rows[:limit])
        return UserPage(shown, shown[-1].number if len(rows) > limit else None)

    def update_user(
        self,
        session: Session,
        user: User,
        *,
        email: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        is_administrator: bool | None = None,
        is_active: bool | None = None,
    ) -> None:
        """Change what is given and leave the rest; somebody who is not active is refused with every credential."""
        if email is not None:
            _check_email(email)
            user.email = email.lower()
        _check_personal_names(first_name or "", last_name or "")
        if first_name is not None:
            user.first_name = first_name
        if last_name is not None:
            user.last_name = last_name
        if is_administrator is not None:
            user.is_administrator = is_administrator
        if is_active is not None:
            user.is_active = is_active
        record_change(session, "user", user.id)

    def set_password(self, session: Session, user: User, password: Secret) -> None:
        """Give a user a new sign-in password; the API password stays as it was.

        Raises :class:`~stagedoor.identity.passwords.PasswordRefused`, and :class:`UserOrderRefused` for somebody whose
        password is kept in a directory elsewhere.
        """
        if user.is_directory_user:
            raise UserOrderRefused("This user signs in through a directory and has no password here.", status=409)
        user.password_hash = self._passwords.hash(password)
        record_change(session, "user", user.id)

    def set_api_password(self, session: Session, organization: Organization, user: User, password: Secret) -> None:
        """Give a migrated user the secret of the legacy window; the sign-in password stays as it was.

        Raises :class:`ApiPasswordRefused` for everybody who came after the migration and for directory users.
        """
        if organization.migrated_at is None:
            raise ApiPasswordRefused("This organization was made after passwords for the API were retired.")
        if user.existed_since >= organization.migrated_at:
            raise ApiPasswordRefused("This user came after the organization's migration.")
        if user.is_directory_user:
            raise ApiPasswordRefused("This user signs in through a directory; only local users had API passwords.")
        user.api_password_hash = self._passwords.hash(password)
        record_change(session, "user", user.id)

    def clear_api_password(self, session: Session, user: User) -> None:
        """Take the API password away; the legacy window is closed to this user from the next request on."""
        user.api_password_hash = None
        record_change(session, "user", user.id)

    def verify_sign_in(self, session: Session, organization_id: str, name_or_email: str, password: Secret) -> User:
        """Return the user who signs in with a name or e-mail address and the sign-in password.

        Raises :class:`SignInRefused`, in the same words and the same time whichever part is wrong. Takes tens of
        milliseconds: not to be called within a transaction that writes.
        """
        user = self.find_user(session, organization_id, name_or_email)
        stored_hash = None if user is None or user.is_directory_user else user.password_hash
        if not self._passwords.is_right(password, stored_hash) or user is None or not user.is_active:
            raise SignInRefused
        return user

    def assign_role(
        self, session: Session, user: User, *, tenant_id: str, role: str, folder_key: str | None = None
    ) -> None:
        """Give a user a role in a tenant, everywhere or in one folder's subtree; a role held already stays."""
        if store.find_role(session, user.id, tenant_id, folder_key, role) is None:
            store.add(session, RoleAssignment(user_id=user.id, tenant_id=tenant_id, folder_key=folder_key, role=role))
            record_change(session, "user", user.id)

    def remove_role(
        self, session: Session, user: User, *, tenant_id: str, role: str, folder_key: str | None = None
    ) -> None:
        """Take a role from a user; one that is not held is no error."""
        held = store.find_role(session, user.id, tenant_id, folder_key, role)
        if held is not None:
            store.remove(session, held)
            record_change(session, "user", user.id)

    def roles_of(self, session: Session, user: User) -> Sequence[RoleAssignment]:
        """Return the roles of a user in the order in which they were given."""
        return tuple(store.roles_of(session, [user.id]))


def _check_email(email: str) -> None:
    if email and not EMAIL.fullmatch(email):
        raise UserOrderRefused("email must be an address such as ada@example.org, or be left out.")


def _check_personal_names(*names: str) -> None:
    if any(len(name) > PERSONAL_NAME_LENGTH_MAX or not name.isprintable() for name in names):
        raise UserOrderRefused("Names must have at most 128 characters that can be printed.")
