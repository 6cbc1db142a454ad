"""Personal access tokens as the rest of the house sees them."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalAccessTokenOrder:
    """What a new token is to be. ``scopes`` are the vendor's (``OR.Jobs.Read``)."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalAccessTokenFacts:
    """Everything about a token that may be shown."""

    id: str
    name: str
    organization_id: str
    user_id: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedPersonalAccessToken:
    """A token with its value, which is shown once and is not kept."""

    facts: PersonalAccessTokenFacts
    token: Secret
