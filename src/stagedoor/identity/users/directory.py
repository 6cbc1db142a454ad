"""Every user with all roles in memory, for credentials that are checked without the store."""

import hashlib
import threading
from collections.abc import Iterable, Mapping

from stagedoor.catalog.roles import find_role
from stagedoor.identity.users import store
from stagedoor.identity.users.models import RoleAssignment, User
from stagedoor.identity.users.schemas import RoleEntry, UserEntry
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.db import Database


class UserDirectory:
    """Find users without the store. ``follow`` the feed, let it ``start_from_now``, then ``load``.

    An entry is replaced when its user changes and stays the same object until then, so that what is derived from it
    can be kept beside it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users: dict[str, UserEntry] = {}
        # A renewal that came in the middle of loading would be overwritten by the older state that loading read.
        self._reading = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("user",), self._renew)

    def load(self) -> None:
        """Read everybody."""
        with self._reading, self._database.read() as session:
            own = store.permissions_of_tenant_roles(session)
            self._users = _entries(store.all_users(session), store.all_roles(session), own)

    def find_user(self, user_id: str) -> UserEntry | None:
        """Return the user of this id, active or not."""
        return self._users.get(user_id)

    def find_active_user(self, user_id: str) -> UserEntry | None:
        """Return the user of this id who may act at all."""
        entry = self._users.get(user_id)
        return entry if entry is not None and entry.is_active else None

    def active_users_of(self, organization_id: str) -> tuple[UserEntry, ...]:
        """Return everybody of an organization who may act at all, by name."""
        everybody = tuple(self._users.values())
        mine = (entry for entry in everybody if entry.organization_id == organization_id and entry.is_active)
        return tuple(sorted(mine, key=lambda entry: entry.username))

    def _renew(self, changes: tuple[Change, ...]) -> None:
        changed = {change.ref for change in changes}
        with self._reading:
            with self._database.read() as session:
                held = tuple(store.roles_of(session, changed))
                own = store.permissions_of_tenant_roles(session, {role.tenant_id for role in held})
                fresh = _entries(store.users_by_id(session, changed), held, own)
            self._users.update(fresh)
            for gone in changed - fresh.keys():
                self._users.pop(gone, None)


def _entries(
    users: Iterable[User], roles: Iterable[RoleAssignment], own: Mapping[tuple[str, str], tuple[str, ...]]
) -> dict[str, UserEntry]:
    roles_by_user: dict[str, list[RoleEntry]] = {}
    for role in roles:
        # A role of the catalogue means the same in each tenant, whatever a tenant may once have called its own.
        permissions = None if find_role(role.role) else own.get((role.tenant_id, role.role))
        entry = RoleEntry(role.tenant_id, role.folder_key, role.role, permissions)
        roles_by_user.setdefault(role.user_id, []).append(entry)
    return {user.id: _entry(user, tuple(roles_by_user.get(user.id, ()))) for user in users}


def _entry(user: User, roles: tuple[RoleEntry, ...]) -> UserEntry:
    return UserEntry(
        id=user.id,
        number=user.number,
        organization_id=user.organization_id,
        username=user.username,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        is_administrator=user.is_administrator,
        is_active=user.is_active,
        is_directory_user=user.is_directory_user,
        existed_since=user.existed_since,
        api_password_mark=api_password_mark(user.api_password_hash),
        roles=roles,
    )


def api_password_mark(api_password_hash: str | None) -> str:
    """Return a short mark of a stored API password's hash, empty for none; it says nothing about the password."""
    return hashlib.sha256(api_password_hash.encode()).hexdigest()[:16] if api_password_hash else ""
