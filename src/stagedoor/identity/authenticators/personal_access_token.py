"""Personal access tokens: recognised by ``rt_``, checked in memory."""

from datetime import datetime

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.personal_access_tokens.token_ring import PREFIX, PersonalAccessTokenRing
from stagedoor.kit.logs import get_logger
from stagedoor.passage import Caller

_log = get_logger("stagedoor.identity")


class PersonalAccessTokenAuthenticator:
    """Let the owners of personal access tokens in. Missing, expired and revoked look alike, as the vendor has it."""

    def __init__(self, ring: PersonalAccessTokenRing) -> None:
        self._ring = ring

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the owner, ``None`` for what is no such token; raises :class:`NotAuthenticated`."""
        if not presented.startswith(PREFIX):
            return None
        caller = self._ring.find_caller(presented, now)
        if caller is None:
            _log.warning("personal_access_token_refused")
            raise NotAuthenticated(internal="personal access token refused")
        return caller
