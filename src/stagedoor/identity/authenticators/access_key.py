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
            _log.warning("access_key_refused", refusal=checked.refusal.value, key_id=checked.key_id)
            told = TOLD_TO_HOLDERS.get(checked.refusal)
            if told is not None and checked.key_id is not None:
                ended = told(checked.key_id, checked.since)
                ended.holder = checked.holder
                raise ended
            raise NotAuthenticated(internal=f"access key refused: {checked.refusal.value}")
        return checked
