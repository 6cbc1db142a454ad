"""How the old login says no: status 400 and the vendor's number 1000, whatever the reason.

::

    LegacyError                400/1000
    ├── InvalidCredentials     nothing was proved; unknown users, wrong passwords and unknown tenants look alike
    ├── LegacyLoginRefused     the window is closed, to everybody or to this user; says why and what to do instead
    └── LoginBodyRefused       the body is not the form that is wanted; shows the right one (405 for other methods)
"""

from typing import ClassVar

from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.errors import StagedoorError

NEW_WAY = (
    "Use an access key instead: an administrator makes one in the console or with `stagedoor key create`. "
    "Send it as `Authorization: Bearer sd_…` with each call and leave the login out."
)
RIGHT_FORM = (
    'POST with Content-Type: application/json and the body {"tenancyName": "…", "usernameOrEmailAddress": "…", '
    '"password": "…"}.'
)


class LegacyError(StagedoorError):
    """A refusal of the old login."""

    code = "legacy_basic"
    status = 400
    error_code: ClassVar[int] = 1000


class InvalidCredentials(LegacyError):
    """User, password or tenant is wrong; which of them is never said."""

    code = "invalid_credentials"
    public = "Invalid credentials, failed to login."
    hint = "Check tenancyName, usernameOrEmailAddress and password. The API password may differ from the sign-in one."


class LegacyLoginRefused(LegacyError):
    """A condition of the legacy window does not hold; ``reason`` names it in a word.

    ``person`` is who was refused, for the audit, where the password proved it.
    """

    code = "legacy_login_refused"
    hint = NEW_WAY

    def __init__(self, reason: str, sentence: str, *, hint: str | None = None, person: UserEntry | None = None) -> None:
        self.reason = reason
        self.person = person
        super().__init__(sentence, hint=hint, details={"reason": reason})


class LoginBodyRefused(LegacyError):
    """The request is not the one that logs in. Nothing of it is repeated: it may hold a password."""

    code = "login_body_refused"
    hint = f"Send {RIGHT_FORM}"
