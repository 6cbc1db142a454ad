"""Users with their roles in memory, so that verifying a token reads no store."""

import threading

from sqlalchemy.orm import Session

from stagedoor.identity.issued_tokens import store
from stagedoor.identity.issued_tokens.schemas import PersonEntry, RoleEntry
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.db import Database


def read_person(session: Session, user_id: str) -> PersonEntry | None:
    """Return a user as the store has it now."""
    user = store.find_user(session, user_id)
    if user is None:
        return None
    return PersonEntry(
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
        roles=tuple(RoleEntry(role.tenant_id, role.folder_key, role.role) for role in store.roles_of(session, user.id)),
    )


class People:
    """Find users by id; renewed by topic ``user``, whose ref is the user's id.

    The same object is returned until the user changes, so ``is`` tells whether a copy is still right.
    """

    REMEMBERED_MAX = 20_000

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str, PersonEntry] = {}
        self._lock = threading.Lock()
        self._changes = 0

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("user",), self._forget)

    def find(self, user_id: str) -> PersonEntry | None:
        """Return the user, active or not; from memory after the first time."""
        person = self._remembered.get(user_id)
        if person is not None:
            return person
        changes_before = self._changes
        with self._database.read() as session:
            person = read_person(session, user_id)
        if person is None:
            return None
        with self._lock:
            # What was read may be older than a change that was told meanwhile; then it is used once and not kept.
            if self._changes == changes_before:
                while len(self._remembered) >= self.REMEMBERED_MAX:
                    del self._remembered[next(iter(self._remembered))]
                self._remembered[user_id] = person
        return person

    def find_active(self, user_id: str) -> PersonEntry | None:
        """Return the user if there is one who may still act."""
        person = self.find(user_id)
        return person if person is not None and person.is_active else None

    def _forget(self, changes: tuple[Change, ...]) -> None:
        with self._lock:
            self._changes += 1
            for change in changes:
                self._remembered.pop(change.ref, None)
