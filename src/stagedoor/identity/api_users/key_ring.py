"""Every access key in memory: whether a presented key is right, and who its caller is, without the store.

A check is one dictionary look-up and one keyed hash, whether there are ten keys or a hundred thousand. The caller of
a key is built when the key changes, not when it is used.
"""

import hmac
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from sys import intern

from stagedoor.identity.api_users import store
from stagedoor.identity.api_users.key_form import find_key_id, has_right_checksum
from stagedoor.identity.api_users.schemas import NO_LIMITS
from stagedoor.identity.last_uses import LastUses
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind, GrantTerms, KeyLimits

API_USER_NUMBERS_FROM = 1_000_000_000
"""Numbers of API users begin here, out of the way of people's, and still fit 32 bits for clients that insist."""

ALLOWANCES_KEPT_MIN = 1000


class KeyRefusal(StrEnum):
    """Why a presented key opens nothing. The first four look alike to whoever presented it.

    The last three are said only to a holder who proved the secret.
    """

    MALFORMED = "malformed"
    FAILED_CHECKSUM = "failed_checksum"
    UNKNOWN_ID = "unknown_id"
    WRONG_SECRET = "wrong_secret"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    """The secret was rotated away and its overlap is over."""


@dataclass(frozen=True, slots=True)
class RefusedKey:
    """A refusal; ``key_id`` only where a key of this id exists, so that no stray text is ever logged as an id."""

    refusal: KeyRefusal
    key_id: str | None = None
    since: datetime | None = None
    holder: Caller | None = None
    """Whose key it is, where the secret was proved."""


@dataclass(frozen=True, slots=True)
class HeldKey:
    """One key as memory holds it; whatever changes about the key makes another object."""

    caller: Caller
    secret_hash: str
    expires_at: datetime | None
    revoked_at: datetime | None
    previous_secret_hash: str | None
    previous_valid_until: datetime | None

    def find_refusal(self, secret_hash: str, now: datetime) -> RefusedKey | None:
        """Return why the key opens nothing now to somebody who proved the secret of this hash, one of its two."""
        key_id = self.caller.credential_id
        if secret_hash != self.secret_hash and (self.previous_valid_until is None or self.previous_valid_until <= now):
            return RefusedKey(KeyRefusal.REPLACED, key_id, self.previous_valid_until, self.caller)
        if self.revoked_at is not None:
            return RefusedKey(KeyRefusal.REVOKED, key_id, self.revoked_at, self.caller)
        if self.expires_at is not None and self.expires_at <= now:
            return RefusedKey(KeyRefusal.EXPIRED, key_id, self.expires_at, self.caller)
        return None


class KeyRing:
    """Check access keys. ``follow`` the feed, let it ``start_from_now``, then ``load``."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._keys: dict[str, HeldKey] = {}
        self._allowances: dict[Allowance, tuple[Allowance, ...]] = {}
        # A renewal that came in the middle of loading would be overwritten by the older state that loading read.
        self._reading = threading.Lock()
        self._uses = LastUses()
        self._previous_uses = LastUses()

    def __len__(self) -> int:
        return len(self._keys)

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("access_key",), self._renew)

    def load(self) -> None:
        """Read every key."""
        with self._reading, self._database.read() as session:
            self._allowances = {}
            self._keys = {row.id: _hold(row, self._share_allowances(row)) for row in store.all_check_rows(session)}

    def check(self, presented: str, now: datetime) -> Caller | RefusedKey:
        """Return the caller of a presented key, or why it opens nothing; notes the use of one that does.

        Takes the whole written key. The id is public, so finding it takes no care about time; the comparison of the
        hashes takes constant time.
        """
        key_id = find_key_id(presented)
        if key_id is None:
            return RefusedKey(KeyRefusal.MALFORMED)
        held = self._keys.get(key_id)
        if held is None:
            right = has_right_checksum(presented)
            return RefusedKey(KeyRefusal.UNKNOWN_ID if right else KeyRefusal.FAILED_CHECKSUM)
        presented_hash = self._vault.keyed_hash(presented)
        if not hmac.compare_digest(presented_hash, held.secret_hash) and not (
            held.previous_secret_hash and hmac.compare_digest(presented_hash, held.previous_secret_hash)
        ):
            right = has_right_checksum(presented)
            return RefusedKey(KeyRefusal.WRONG_SECRET if right else KeyRefusal.FAILED_CHECKSUM, key_id)
        refused = held.find_refusal(presented_hash, now)
        if refused is not None:
            return refused
        self.note_use(held, presented_hash, now)
        return held.caller

    def find_held(self, key_id: str) -> HeldKey | None:
        """Return the key of this id as memory holds it, ended ones too."""
        return self._keys.get(key_id)

    def note_use(self, held: HeldKey, secret_hash: str, now: datetime) -> None:
        """Note that a key was used, with which of its secrets."""
        uses = self._uses if secret_hash == held.secret_hash else self._previous_uses
        uses.note(held.caller.credential_id, now)

    def still_opens(self, caller: Caller, now: datetime) -> bool:
        """Tell whether the very key that gave this caller before would do so now, and note its use if it would.

        For whoever holds the same key as then, byte for byte. The caller is built anew with whatever changes about
        its key, so that the same caller means the same hash. Says no where a rotation has left two secrets, for the
        caller does not tell which of them was presented: then, too, the key is to be checked.
        """
        held = self._keys.get(caller.credential_id)
        if held is None or held.caller is not caller or held.previous_secret_hash is not None:
            return False
        if held.revoked_at is not None or (held.expires_at is not None and held.expires_at <= now):
            return False
        self._uses.note(caller.credential_id, now)
        return True

    def flush_last_used(self) -> int:
        """Write the uses noted since the last time, in a transaction of its own, and return how many keys they are.

        Raises :class:`~stagedoor.kit.errors.StoreUnavailable` with every note kept for the next time.
        """
        with self._uses.taken() as uses, self._previous_uses.taken() as previous_uses:
            used = dict(uses)
            for key_id, at in previous_uses.items():
                used[key_id] = max(at, used.get(key_id, at))
            if used:
                with self._database.write() as session:
                    store.write_last_uses(session, used, previous_uses)
            return len(used)

    def _renew(self, changes: tuple[Change, ...]) -> None:
        changed = {change.ref for change in changes}
        with self._reading:
            if len(self._allowances) > 2 * len(self._keys) + ALLOWANCES_KEPT_MIN:
                # What only keys of the past allowed has piled up; those in use are shared anew as they are read.
                self._allowances = {}
            with self._database.read() as session:
                fresh = {row.id: _hold(row, self._share_allowances(row)) for row in store.check_rows(session, changed)}
            self._keys.update(fresh)
            for gone in changed - fresh.keys():
                self._keys.pop(gone, None)

    def _share_allowances(self, row: store.CheckRow) -> tuple[Allowance, ...]:
        """Return what the key allows, one object for all keys that allow the same.

        Judging compares allowances at every request, and the same object is equal without a look inside.
        """
        allowance = Allowance(
            allow=tuple(map(intern, row.allow)),
            folders=None if row.folder_keys is None else tuple(map(intern, row.folder_keys)),
            tenant_id=intern(row.tenant_id),
        )
        return self._allowances.setdefault(allowance, (allowance,))


def _hold(row: store.CheckRow, allowances: tuple[Allowance, ...]) -> HeldKey:
    terms = GrantTerms(
        allowances=allowances,
        networks=tuple(map(intern, row.networks)),
        not_after=row.expires_at,
    )
    caller = Caller(
        kind=CallerKind.API_USER,
        id=row.api_user_id,
        name=row.api_user_name,
        organization_id=intern(row.organization_id),
        credential_kind=CredentialKind.ACCESS_KEY,
        credential_id=row.id,
        terms=terms,
        tenant_ids=_only(intern(row.tenant_id)),
        number=API_USER_NUMBERS_FROM + row.api_user_serial,
        limits=_limits(
            row.rate_requests, row.rate_seconds or 1, row.burst, row.daily_quota, row.concurrency, row.weight
        ),
    )
    return HeldKey(
        caller=caller,
        secret_hash=row.secret_hash,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        previous_secret_hash=row.previous_secret_hash,
        previous_valid_until=row.previous_valid_until,
    )


@lru_cache(maxsize=1024)
def _limits(
    rate_requests: int | None,
    rate_seconds: int,
    burst: int | None,
    daily_quota: int | None,
    concurrency: int | None,
    weight: int,
) -> KeyLimits | None:
    """Return one object for all keys that are limited alike, and ``None`` for those that are not limited."""
    limits = KeyLimits(rate_requests, rate_seconds, burst, daily_quota, concurrency, weight)
    return None if limits == NO_LIMITS else limits


@lru_cache(maxsize=1024)
def _only(tenant_id: str) -> frozenset[str]:
    return frozenset((tenant_id,))
