"""A signing key as the rest of the house sees it."""

from dataclasses import dataclass
from datetime import datetime

from joserfc.jwk import RSAKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key in memory. ``verifies_until`` is ``None`` while no younger key has a date from which it signs."""

    kid: str
    key: RSAKey
    signs_from: datetime
    verifies_until: datetime | None
