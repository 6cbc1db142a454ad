"""Tokens and their owners as the rest of the house sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stagedoor.identity.oauth_clients.schemas import OAuthClient
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.passage import Caller


class FamilyKind(StrEnum):
    """How the refresh tokens of a family behave."""

    ROTATING = "rotating"
    """Each is good for one use and lives 60 days."""
    REUSABLE = "reusable"
    """The one of 2019 is good until it is revoked."""
    USER_KEY = "user_key"
    """The same, made on the screen for user keys rather than by a sign-in."""


class RevocationReason(StrEnum):
    """Why a family ended."""

    DELIBERATE = "deliberate"
    CODE_REPLAYED = "code_replayed"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"
    PASSWORD_SET = "password_set"
    USER_DEACTIVATED = "user_deactivated"


MISUSE = frozenset({RevocationReason.CODE_REPLAYED, RevocationReason.REFRESH_TOKEN_REUSED})
"""Reasons that somebody should look into."""


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """An access token that was found good, and the Caller it stands for.

    ``person`` is ``None`` for an application that acts for itself. ``claims`` are the token's own.
    """

    token_id: str
    family_id: str | None
    client: OAuthClient
    person: UserEntry | None
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    caller: Caller
    claims: Mapping[str, object]

    @property
    def client_id(self) -> str:
        """The client that it was given to."""
        return self.client.id

    @property
    def user_id(self) -> str | None:
        """The person it acts for."""
        return None if self.person is None else self.person.id
