"""What goes in and out of the old login."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True)
class LoginBody:
    """What the body of a login says; ``tenancy_name`` is empty where it names none."""

    tenancy_name: str
    username_or_email: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempt:
    """A login with where it comes from, and the organization and tenant that its address names, if it names any."""

    body: LoginBody
    organization: str | None
    tenant: str | None
    client_address: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyUse:
    """How often one user did one thing from one network with one client."""

    user_id: str
    username: str
    network: str
    client: str
    operation: str
    count: int
    first_used_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a user may log in the old way now; ``reason`` and ``sentence`` are empty where that is so."""

    user_id: str
    username: str
    reason: str
    sentence: str

    @property
    def is_eligible(self) -> bool:
        """Tell whether nothing stands against it."""
        return not self.reason
