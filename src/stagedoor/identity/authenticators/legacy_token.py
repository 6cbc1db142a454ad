"""Tokens of the old login: recognised by ``sl_``, checked in memory. Goes when ``legacy_basic`` goes."""

from datetime import datetime

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.legacy_basic.errors import NEW_WAY
from stagedoor.identity.legacy_basic.tokens import PREFIX, LegacyTokenRefusal, LegacyTokens, RefusedLegacyToken
from stagedoor.kit.logs import get_logger
from stagedoor.passage import Caller

_log = get_logger("stagedoor.identity")


class LegacyTokenAuthenticator:
    """Let in whoever logged in the old way within the last half hour."""

    def __init__(self, tokens: LegacyTokens) -> None:
        self._tokens = tokens

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the user, ``None`` for what is no such token; raises :class:`NotAuthenticated`."""
        if not presented.startswith(PREFIX):
            return None
        checked = self._tokens.check(presented, now)
        if isinstance(checked, RefusedLegacyToken):
            _log.warning("legacy_token_refused", refusal=checked.refusal.value)
            hint = checked.sentence or None
            if checked.refusal is LegacyTokenRefusal.WINDOW:
                hint = f"{checked.sentence} {NEW_WAY}"
            raise NotAuthenticated(hint=hint, internal=f"legacy token refused: {checked.refusal.value}")
        return checked
