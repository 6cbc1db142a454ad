"""Upstream tokens as the rest of the house sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True)
class Granted:
    """What a token endpoint gave. ``refresh_token`` is ``None`` where the one that was sent goes on being good.

    ``scope`` is what the answer said of scopes. ``id_token`` is what the account host of 2019 gives beside.
    """

    access_token: Secret
    refresh_token: Secret | None
    lifetime: timedelta | None
    scope: str | None = None
    id_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class UpstreamTokenState:
    """How a connection's token stands, for people; without the token.

    ``last_error`` is a word of :class:`~stagedoor.upstream.upstream_tokens.errors.Diagnosis`, ``None`` after a success.
    """

    has_token: bool
    expires_at: datetime | None
    renew_at: datetime | None
    last_renewed_at: datetime | None
    last_error: str | None
    failures: int
    not_before: datetime | None
