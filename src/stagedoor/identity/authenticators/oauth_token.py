"""OAuth access tokens, today's and those of 2019: recognised as JWTs, verified by ``issued_tokens``."""

from datetime import datetime

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.kit.logs import get_logger
from stagedoor.passage import Caller

_log = get_logger("stagedoor.identity")

JWT_BEGINNING = "eyJ"
"""The Base64url of ``{"``, with which the header of every JWT begins."""


class OAuthTokenAuthenticator:
    """Let in whoever holds an access token of ours for Orchestrator."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the token's caller, ``None`` for what is no JWT; raises :class:`NotAuthenticated`."""
        if not presented.startswith(JWT_BEGINNING):
            return None
        try:
            return self._verifier.verify(presented).caller
        except TokenRefused as refused:
            _log.warning("oauth_token_refused", fault=refused.fault.value)
            raise NotAuthenticated(hint=refused.public, internal=str(refused)) from refused
