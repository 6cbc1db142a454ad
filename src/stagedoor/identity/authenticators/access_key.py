"""Access keys: recognised by ``sd_``, checked on the key ring."""

from datetime import datetime

from stagedoor.identity.api_users.key_form import PREFIX
from stagedoor.identity.api_users.key_ring import KeyRefusal, KeyRing, RefusedKey
from stagedoor.identity.authenticators.errors import (
    AccessKeyExpired,
    AccessKeyReplaced,
    AccessKeyRevoked,
    NotAuthenticated,
)
from stagedoor.kit.logs import get_logger
from stagedoor.passage import Caller

_log = get_logger("stagedoor.identity")

TOLD_TO_HOLDERS = {
    KeyRefusal.EXPIRED: AccessKeyExpired,
    KeyRefusal.REVOKED: AccessKeyRevoked,
    KeyRefusal.REPLACED: AccessKeyReplaced,
}


class AccessKeyAuthenticator:
    """Let the holders of access keys in.

    The log tells every refusal apart. The caller learns which one it is only after proving the secret: otherwise a
    stranger could ask which ids exist.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the key's caller, ``None`` for what is no access key; raises :class:`NotAuthenticated`."""
        if not presented.startswith(PREFIX):
            return None
        checked = self._ring.check(presented, now)
        if isinstance(checked, RefusedKey):
            raise refusal_of(checked)
        return checked


def refusal_of(refused: RefusedKey) -> NotAuthenticated:
    """Return what is told of a refused key, and write into the log what is not."""
    _log.warning("access_key_refused", refusal=refused.refusal.value, key_id=refused.key_id)
    told = TOLD_TO_HOLDERS.get(refused.refusal)
    if told is None or refused.key_id is None:
        return NotAuthenticated(internal=f"access key refused: {refused.refusal.value}")
    ended = told(refused.key_id, refused.since)
    ended.holder = refused.holder
    return ended
