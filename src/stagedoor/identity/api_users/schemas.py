"""Access keys as the rest of the house sees them; the secret itself is in :class:`IssuedAccessKey` alone, once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stagedoor.kit.secret import Secret
from stagedoor.passage import KeyLimits

NO_LIMITS = KeyLimits()


class AccessKeyState(StrEnum):
    """Where a key stands in its life."""

    ACTIVE = "active"
    ROTATING = "rotating"
    """Two secrets open it: the present one, and the previous one for a while."""
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyOrder:
    """What a new key is to be.

    ``allow`` holds selectors and ``folder_keys`` folder keys (``None``: every folder), both resolved and checked by
    the one who orders. ``api_user_name`` empty means an API user named like the key. ``may_join_others`` lets the key
    belong to an API user that somebody else made, and so act under its name. ``networks`` are CIDRs. ``limits`` are how
    much it may be used.
    """

    organization_id: str
    tenant_id: str
    name: str
    allow: tuple[str, ...]
    created_by: str
    folder_keys: tuple[str, ...] | None = None
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    api_user_name: str = ""
    owner_group: str = "Administrators"
    may_join_others: bool = True
    limits: KeyLimits = NO_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyFacts:
    """Everything about a key that may be shown."""

    id: str
    name: str
    organization_id: str
    tenant_id: str
    api_user_id: str
    api_user_name: str
    owner_group: str
    allow: tuple[str, ...]
    folder_keys: tuple[str, ...] | None
    networks: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    previous_secret_valid_until: datetime | None
    previous_secret_last_used_at: datetime | None
    limits: KeyLimits

    def state_at(self, now: datetime) -> AccessKeyState:
        """Return where the key stands in its life."""
        if self.revoked_at is not None:
            return AccessKeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return AccessKeyState.EXPIRED
        if self.previous_secret_valid_until is not None and self.previous_secret_valid_until > now:
            return AccessKeyState.ROTATING
        return AccessKeyState.ACTIVE


@dataclass(frozen=True, slots=True)
class IssuedAccessKey:
    """A key with the secret that opens it, which is shown once and is not kept."""

    facts: AccessKeyFacts
    key: Secret
