"""What the first start made, as far as it can still be told."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.kit.secret import Secret

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStart:
    """What a newcomer is told. A secret that has been changed, ended or lost since then is ``None``."""

    organization: str
    tenant: str
    folder: str | None = None
    admin_username: str = ADMINISTRATOR
    admin_password: Secret | None = None
    sample_key: Secret | None = None
    sample_key_words: tuple[str, ...] = ()
    legacy_username: str | None = None
    legacy_password: Secret | None = None
    legacy_window_until: datetime | None = None
