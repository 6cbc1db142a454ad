"""Why a caller was not let in.

::

    NotAuthenticated            401  nothing was proved; all such refusals look alike
    ├── AccessKeyExpired        401  the secret was right, the key's time is over
    ├── AccessKeyRevoked        401  the secret was right, the key was ended
    ├── AccessKeyReplaced       401  the secret was right once, a rotation replaced it
    └── NarrowedKeyExpired      401  what was narrowed from a key is over
    TwoCredentials              400  the request carries more than one

Words and number are the vendor's; ``WWW-Authenticate`` follows RFC 6750 section 3.
"""

from datetime import datetime
from typing import ClassVar

from stagedoor.kit.errors import StagedoorError
from stagedoor.passage import Caller

CHALLENGE = 'Bearer realm="stagedoor"'
CHALLENGE_BAD_TOKEN = f'{CHALLENGE}, error="invalid_token"'


class NotAuthenticated(StagedoorError):
    """The caller did not prove who it is. ``credential_given`` tells a bad credential from none at all.

    ``holder`` is whose credential it was, where its secret was proved but its time is over: for the audit alone.
    """

    code = "not_authenticated"
    status = 401
    public = "You are not authenticated!"
    hint = (
        "Send an access key or a token as `Authorization: Bearer …`, as X-API-Key or as the password of HTTP Basic. "
        "If you did, check that it was copied whole and that it is still valid."
    )
    error_code: ClassVar[int] = 0
    holder: Caller | None = None

    def __init__(self, *, credential_given: bool = True, hint: str | None = None, internal: str | None = None) -> None:
        challenge = CHALLENGE_BAD_TOKEN if credential_given else CHALLENGE
        super().__init__(hint=hint, internal=internal, headers={"WWW-Authenticate": challenge})


class AccessKeyExpired(NotAuthenticated):
    """The holder proved the key's secret; its time is over."""

    code = "access_key_expired"

    def __init__(self, key_id: str, since: datetime | None) -> None:
        hint = f"Access key {key_id} expired{_on(since)}. Ask its maker for a new one."
        super().__init__(hint=hint, internal=f"access key {key_id} expired")


class AccessKeyRevoked(NotAuthenticated):
    """The holder proved the key's secret; the key was ended."""

    code = "access_key_revoked"

    def __init__(self, key_id: str, since: datetime | None) -> None:
        hint = f"Access key {key_id} was revoked{_on(since)}. Ask its maker for a new one."
        super().__init__(hint=hint, internal=f"access key {key_id} is revoked")


class AccessKeyReplaced(NotAuthenticated):
    """The holder proved a secret that a rotation has replaced, and the overlap is over."""

    code = "access_key_replaced"

    def __init__(self, key_id: str, since: datetime | None) -> None:
        hint = f"Access key {key_id} was rotated and this secret stopped working{_on(since)}. Use the key's new secret."
        super().__init__(hint=hint, internal=f"access key {key_id} was rotated")


class NarrowedKeyExpired(NotAuthenticated):
    """The holder proved a narrowed key; its time is over, though its access key's may not be."""

    code = "narrowed_key_expired"

    def __init__(self, key_id: str, since: datetime | None) -> None:
        hint = f"What was narrowed from the access key {key_id} ended{_on(since)}. Narrow that key again."
        super().__init__(hint=hint, internal=f"a narrowed key of {key_id} expired")


class TwoCredentials(StagedoorError):
    """One request carries several credentials, so that it is not clear who asks (RFC 6750 section 2)."""

    code = "two_credentials"
    status = 400
    public = "The request carries more than one credential."
    hint = "Send one: either Authorization or X-API-Key, and each of them once."
    error_code: ClassVar[int] = 1000


def _on(moment: datetime | None) -> str:
    return f" on {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
