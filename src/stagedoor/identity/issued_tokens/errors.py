"""Why a token is refused."""

from enum import StrEnum

from stagedoor.kit.errors import StagedoorError


class Fault(StrEnum):
    """What is wrong with a token, for the log and for a caller who may know."""

    MALFORMED = "malformed"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_KIND = "wrong_kind"
    OWNER_GONE = "owner_gone"


_SENTENCES = {
    Fault.EXPIRED: "The token has expired. Refresh it, or sign in again.",
    Fault.REVOKED: "The token was revoked. Sign in again.",
    Fault.WRONG_AUDIENCE: "The token is meant for another service.",
    Fault.WRONG_KIND: "This is not an access token. Send the access_token of the token answer.",
}


class TokenRefused(StagedoorError):
    """A token opens nothing; ``fault`` says why.

    The caller is told so only where the token was really ours, which a stranger cannot bring about.
    """

    code = "token_refused"
    status = 401
    public = "The token is not valid here."

    def __init__(self, fault: Fault, *, internal: str | None = None) -> None:
        self.fault = fault
        sentence = _SENTENCES.get(fault, self.public)
        challenge = f'Bearer realm="stagedoor", error="invalid_token", error_description="{sentence}"'
        super().__init__(
            sentence,
            internal=f"{fault}: {internal}" if internal else str(fault),
            headers={"WWW-Authenticate": challenge},
        )
