"""Narrowed keys: recognised by ``sdn_``, checked against the access key that they were made of."""

from datetime import datetime

from stagedoor.identity.api_users.key_ring import RefusedKey
from stagedoor.identity.api_users.narrowed_form import PREFIX
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeyRefusal, NarrowedKeys, RefusedNarrowedKey
from stagedoor.identity.authenticators.access_key import refusal_of
from stagedoor.identity.authenticators.errors import NarrowedKeyExpired, NotAuthenticated
from stagedoor.kit.logs import get_logger
from stagedoor.passage import Caller

_log = get_logger("stagedoor.identity")


class NarrowedKeyAuthenticator:
    """Let in the holders of what was narrowed from an access key, as long as that one would be let in."""

    def __init__(self, narrowed_keys: NarrowedKeys) -> None:
        self._narrowed_keys = narrowed_keys

    def authenticate(self, presented: str, now: datetime) -> Caller | None:
        """Return the caller, ``None`` for what is no narrowed key; raises :class:`NotAuthenticated`."""
        if not presented.startswith(PREFIX):
            return None
        checked = self._narrowed_keys.check(presented, now)
        if isinstance(checked, RefusedKey):
            raise refusal_of(checked)
        if isinstance(checked, RefusedNarrowedKey):
            _log.warning("narrowed_key_refused", refusal=checked.refusal.value, key_id=checked.key_id)
            if checked.refusal is NarrowedKeyRefusal.EXPIRED and checked.key_id is not None:
                expired = NarrowedKeyExpired(checked.key_id, checked.since)
                expired.holder = checked.holder
                raise expired
            raise NotAuthenticated(internal=f"narrowed key refused: {checked.refusal.value}")
        return checked
