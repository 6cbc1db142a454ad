"""Tokens of the old login: opaque, good for 30 minutes, and sealed rather than stored.

A token carries what it stands for, encrypted and authenticated with the server's master key, so every worker can check
it the moment it was given out: scripts log in and call at once, and a token that had to be stored first would be
refused by the worker next door. It ends early with its user, with the API password that opened it and with the
organization's window, because each use asks for those again, and when the key that sealed it is forgotten.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import orjson

from stagedoor.identity.issued_tokens.terms import Credential, person_caller
from stagedoor.identity.legacy_basic.policy import (
    find_failed_condition_of_organization,
    find_failed_condition_of_user,
)
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.secret import Secret
from stagedoor.passage import Caller, CredentialKind

PREFIX = "sl_"
LIFETIME = timedelta(minutes=30)
TOKEN_LENGTH_MAX = 1024
CONTEXT = "legacy_token"


class LegacyTokenRefusal(StrEnum):
    """Why a token opens nothing."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USER_GONE = "user_gone"
    PASSWORD_CHANGED = "password_changed"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class RefusedLegacyToken:
    """A refusal; ``sentence`` is for the holder, who proved to have had a good token, and empty for a stranger."""

    refusal: LegacyTokenRefusal
    sentence: str = ""


@dataclass(slots=True)
class _OpenedToken:
    id: str
    user_id: str
    tenant_id: str
    expires_at: datetime
    api_password_mark: str
    owner: UserEntry | None = None
    caller: Caller | None = None


class LegacyTokens:
    """Give out and check the tokens of the old login, in memory."""

    REMEMBERED_MAX = 10_000

    def __init__(
        self, vault: Vault, chance: Chance, organizations: OrganizationDirectory, users: UserDirectory
    ) -> None:
        self._vault = vault
        self._chance = chance
        self._organizations = organizations
        self._users = users
        self._opened: dict[bytes, _OpenedToken] = {}
        self._lock = threading.Lock()

    def issue(self, *, user_id: str, tenant_id: str, api_password_mark: str, now: datetime) -> Secret:
        """Return a fresh token for a user in one tenant."""
        ends = int((now + LIFETIME).timestamp())
        said = [random_base62(self._chance, 16), user_id, tenant_id, ends, api_password_mark]
        sealed = self._vault.seal(Secret(orjson.dumps(said).decode()), context=CONTEXT, chance=self._chance)
        return Secret(PREFIX + sealed)

    def check(self, presented: str, now: datetime) -> Caller | RefusedLegacyToken:
        """Return the caller of a presented token, or why it opens nothing."""
        opened = self._open(presented)
        if opened is None:
            return RefusedLegacyToken(LegacyTokenRefusal.UNKNOWN)
        if opened.expires_at <= now:
            return RefusedLegacyToken(LegacyTokenRefusal.EXPIRED, "The token has expired. Log in again.")
        owner = self._users.find_active_user(opened.user_id)
        if owner is None:
            return RefusedLegacyToken(LegacyTokenRefusal.USER_GONE)
        if owner.api_password_mark != opened.api_password_mark:
            sentence = "The API password was changed or taken away since this token was given out. Log in again."
            return RefusedLegacyToken(LegacyTokenRefusal.PASSWORD_CHANGED, sentence)
        organization = self._organizations.find_organization(owner.organization_id)
        if organization is None:
            return RefusedLegacyToken(LegacyTokenRefusal.USER_GONE)
        window = organization.legacy_window
        failed = find_failed_condition_of_organization(organization.name, window, now)
        failed = failed or find_failed_condition_of_user(owner, window)
        if failed is not None:
            return RefusedLegacyToken(LegacyTokenRefusal.WINDOW, failed.sentence)
        if opened.caller is None or opened.owner is not owner:
            opened.caller = _caller(opened, owner)
            opened.owner = owner
        return opened.caller

    def _open(self, presented: str) -> _OpenedToken | None:
        if len(presented) > TOKEN_LENGTH_MAX:
            return None
        # The digest stands in for the token, so that memory holds no list of good ones.
        digest = hashlib.sha256(presented.encode()).digest()
        known = self._opened.get(digest)
        sealed = presented.removeprefix(PREFIX)
        # A token ends with the key that sealed it, remembered or not: whoever stole that key could have made it.
        if known is not None and self._vault.can_open(sealed):
            return known
        try:
            said = self._vault.unseal_presented(sealed, context=CONTEXT).reveal()
        except SealBroken:
            return None
        token_id, user_id, tenant_id, ends, mark = orjson.loads(said)
        opened = _OpenedToken(token_id, user_id, tenant_id, datetime.fromtimestamp(ends, UTC), mark)
        with self._lock:
            while len(self._opened) >= self.REMEMBERED_MAX:
                del self._opened[next(iter(self._opened))]
            self._opened[digest] = opened
        return opened


def _caller(opened: _OpenedToken, owner: UserEntry) -> Caller:
    credential = Credential(
        kind=CredentialKind.LEGACY_TOKEN,
        id=opened.id,
        not_after=opened.expires_at,
    )
    caller = person_caller(owner, owner.roles, credential)
    # The login named one tenant, and its token opens no other, not even for an administrator.
    open_tenants = {opened.tenant_id} if caller.tenant_ids is None else caller.tenant_ids & {opened.tenant_id}
    return replace(caller, tenant_ids=frozenset(open_tenants))
