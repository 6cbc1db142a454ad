"""The local authority: a secret drawn at start for those who hold the server's own files."""

import hmac
from datetime import datetime

from stagedoor.kit.secret import Secret
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind, GrantTerms


class LocalAuthorityAuthenticator:
    """Let in whoever holds the secret that this process was started with, as an administrator.

    The secret lives as long as the process and is never stored. ``organization_id`` is the organization that it
    administers.
    """

    def __init__(self, secret: Secret, organization_id: str) -> None:
        # An empty or short secret would let strangers in: rather no server than that.
        if len(secret.reveal()) < 32:
            raise ValueError("the local authority needs a secret of at least 32 characters")
        self._secret = secret
        self._caller = Caller(
            kind=CallerKind.LOCAL_ADMINISTRATOR,
            id="local",
            name="local administrator",
            organization_id=organization_id,
            credential_kind=CredentialKind.LOCAL_AUTHORITY,
            credential_id="local",
            terms=GrantTerms(allowances=(Allowance(allow=("all",)),)),
            may_administer=True,
        )

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the administrator, or ``None`` for anything but the secret."""
        return self._caller if hmac.compare_digest(presented, self._secret.reveal()) else None
