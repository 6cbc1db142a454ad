"""What the owners of personal access tokens can do with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from stagedoor.identity.personal_access_tokens import store
from stagedoor.identity.personal_access_tokens.errors import PersonalAccessTokenNotFound, PersonalAccessTokenRefused
from stagedoor.identity.personal_access_tokens.models import PersonalAccessToken
from stagedoor.identity.personal_access_tokens.schemas import (
    IssuedPersonalAccessToken,
    PersonalAccessTokenFacts,
    PersonalAccessTokenOrder,
)
from stagedoor.identity.users.models import User
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

LIFETIME_MAX = timedelta(days=365)
NAME_LENGTH_MAX = 128
SCOPES_MAX = 200


@dataclass(frozen=True, slots=True)
class PersonalAccessTokenPage:
    """Some tokens, and the cursor of the next page if there is one."""

    tokens: tuple[PersonalAccessTokenFacts, ...]
    next_cursor: str | None


class PersonalAccessTokens:
    """Make, show and end personal access tokens.

    ``lifetime_max`` is the house maximum: every token ends. Tokens are checked by
    :class:`~stagedoor.identity.personal_access_tokens.token_ring.PersonalAccessTokenRing`.
    """

    def __init__(self, vault: Vault, clock: Clock, chance: Chance, *, lifetime_max: timedelta = LIFETIME_MAX) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance
        self._lifetime_max = lifetime_max

    def create_token(self, session: Session, owner: User, order: PersonalAccessTokenOrder) -> IssuedPersonalAccessToken:
        """Make a token and return it with its value, which is shown now and never again.

        Whether the scopes exist is checked by the one who orders. Raises :class:`PersonalAccessTokenRefused` for an
        order without sense and for directory users, who cannot have any.
        """
        now = self._clock.now()
        if owner.is_directory_user:
            raise PersonalAccessTokenRefused("Users of a directory cannot have personal access tokens.", status=409)
        if not 0 < len(order.name.strip()) <= NAME_LENGTH_MAX or not order.name.isprintable():
            raise PersonalAccessTokenRefused(f"name must have 1 to {NAME_LENGTH_MAX} characters that can be printed.")
        if not 0 < len(order.scopes) <= SCOPES_MAX:
            raise PersonalAccessTokenRefused("scopes must name at least one scope such as OR.Jobs.Read.")
        if not now < order.expires_at <= now + self._lifetime_max:
            raise PersonalAccessTokenRefused(
                f"expires_at must lie in the future and within {self._lifetime_max.days} days."
            )
        # The vendor's own form, so that clients which look at it recognise it.
        token = Secret(f"rt_{self._chance.random_bytes(32).hex()}-1")
        row = PersonalAccessToken(
            id=random_guid(self._chance),
            organization_id=owner.organization_id,
            user_id=owner.id,
            name=order.name,
            token_hash=self._vault.keyed_hash(token.reveal()),
            scopes=sorted(set(order.scopes)),
            created_at=now,
            expires_at=order.expires_at,
            revoked_at=None,
            last_used_at=None,
        )
        store.add(session, row)
        record_change(session, "token", row.id)
        return IssuedPersonalAccessToken(_facts(row), token)

    def list_tokens(
        self,
        session: Session,
        organization_id: str,
        *,
        user_id: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> PersonalAccessTokenPage:
        """Return a page of tokens, ended ones too: those of one user, or of everybody in the organization."""
        rows: Sequence[PersonalAccessToken] = store.list_tokens(
            session, organization_id=organization_id, user_id=user_id, after=cursor or "", limit=limit + 1
        )
        shown = rows[:limit]
        return PersonalAccessTokenPage(tuple(map(_facts, shown)), shown[-1].id if len(rows) > limit else None)

    def revoke_token(
        self, session: Session, organization_id: str, token_id: str, *, user_id: str | None = None
    ) -> PersonalAccessTokenFacts:
        """End a token at once; ``user_id`` is its owner, ``None`` when an administrator ends anybody's.

        Ending an ended token changes nothing. Raises :class:`PersonalAccessTokenNotFound`.
        """
        row = (
            store.find_token_of_organization(session, organization_id, token_id)
            if user_id is None
            else store.find_token(session, user_id, token_id)
        )
        if row is None or row.organization_id != organization_id:
            raise PersonalAccessTokenNotFound
        if row.revoked_at is None:
            row.revoked_at = self._clock.now()
            record_change(session, "token", row.id)
        return _facts(row)

    def revoke_all_of(self, session: Session, user_id: str) -> None:
        """End every token of a user at once."""
        now = self._clock.now()
        for row in store.tokens_in_force_of(session, user_id):
            row.revoked_at = now
            record_change(session, "token", row.id)


def _facts(row: PersonalAccessToken) -> PersonalAccessTokenFacts:
    return PersonalAccessTokenFacts(
        id=row.id,
        name=row.name,
        organization_id=row.organization_id,
        user_id=row.user_id,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
