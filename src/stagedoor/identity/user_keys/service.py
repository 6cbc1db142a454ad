"""What can be done with user keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.identity.issued_tokens import store
from stagedoor.identity.issued_tokens.schemas import FamilyKind, RevocationReason
from stagedoor.identity.issued_tokens.service import TokenFamilies
from stagedoor.identity.oauth_clients.schemas import OAuthClient
from stagedoor.identity.user_keys.errors import UserKeyRefused
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.clock import Clock
from stagedoor.kit.secret import Secret

USER_KEY_SCOPES = ("openid", "profile", "email", "offline_access")


@dataclass(frozen=True, slots=True)
class UserKeyEntry:
    """One user key, without the key."""

    id: str
    created_at: datetime
    last_used_at: datetime | None


class UserKeys:
    """Give a person a user key, show whether there is one, and revoke it.

    A key is exchanged at ``/oauth/token`` with the grant ``refresh_token`` and ``client.id`` as client id; it is good
    until it is revoked.
    """

    def __init__(self, families: TokenFamilies, client: OAuthClient, clock: Clock) -> None:
        self.client_id = client.id
        self._families = families
        self._client = client
        self._clock = clock

    def create(self, session: Session, user: UserEntry) -> Secret:
        """Return a new key, shown this once; raises :class:`UserKeyRefused` for a directory user."""
        if user.is_directory_user:
            raise UserKeyRefused
        family_id = self._families.start(
            session, FamilyKind.USER_KEY, self._client, user, USER_KEY_SCOPES, self._clock.now()
        )
        return self._families.add_refresh_token(session, family_id, lives_on=True)

    def list_keys(self, session: Session, user_id: str) -> tuple[UserKeyEntry, ...]:
        """Return the person's keys that are good, the youngest first."""
        rows = store.families_of(session, user_id, FamilyKind.USER_KEY)
        return tuple(UserKeyEntry(row.id, row.created_at, row.last_used_at) for row in rows)

    def revoke_all(self, session: Session, user_id: str) -> int:
        """End every key of a person and the access tokens that came of them; returns how many keys there were."""
        rows = store.families_of(session, user_id, FamilyKind.USER_KEY)
        for row in rows:
            self._families.revoke(session, row.id, RevocationReason.DELIBERATE)
        return len(rows)
