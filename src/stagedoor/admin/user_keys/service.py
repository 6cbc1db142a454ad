"""Give a person a user key in place of the one before."""

from sqlalchemy.orm import Session

from stagedoor.admin.errors import GrantExceedsMaker, PersonNeeded
from stagedoor.admin.places import Places
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.user_keys.schemas import IssuedUserKey, UserKeyFacts, UserKeyItem
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.user_keys.service import UserKeys
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry


class OwnUserKey:
    """The visitor's own user key."""

    def __init__(self, user_keys: UserKeys, users: UserDirectory, places: Places, trail: AdministrationTrail) -> None:
        self._user_keys = user_keys
        self._users = users
        self._places = places
        self._trail = trail

    def describe(self, session: Session, visitor: Visitor) -> UserKeyFacts:
        """Return which keys are good, and the names that a script needs beside one."""
        person = self._person(visitor)
        return UserKeyFacts(
            client_id=self._user_keys.client_id,
            account_logical_name=self._places.find_organization_name(person.organization_id) or person.organization_id,
            tenant_logical_names=[entry.place.tenant_name for entry in self._places.list_tenants(visitor.caller)],
            keys=[
                UserKeyItem(id=key.id, created_at=key.created_at, last_used_at=key.last_used_at)
                for key in self._user_keys.list_keys(session, person.id)
            ],
        )

    def replace(self, session: Session, visitor: Visitor) -> IssuedUserKey:
        """Make a new key and cancel every one before it.

        A user key carries the whole person, so a token that is limited to some scopes cannot make one.
        """
        person = self._person(visitor)
        if visitor.caller.terms.ceiling is not None:
            raise GrantExceedsMaker
        cancelled = self._user_keys.revoke_all(session, person.id)
        user_key = self._user_keys.create(session, person)
        sentence = f"User {person.username} was given a user key; keys cancelled: {cancelled}."
        self._trail.note(session, visitor, EventName.ADMIN_USER_KEY_CREATED, sentence)
        return IssuedUserKey(**self.describe(session, visitor).model_dump(), user_key=user_key.reveal())

    def _person(self, visitor: Visitor) -> UserEntry:
        user_id = visitor.caller.user_id
        person = None if user_id is None else self._users.find_active_user(user_id)
        if person is None:
            raise PersonNeeded
        return person
