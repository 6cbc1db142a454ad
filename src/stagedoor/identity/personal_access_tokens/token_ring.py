"""Every living personal access token in memory: whether a presented one is right, and who its caller is."""

import threading
from dataclasses import dataclass
from datetime import datetime

from stagedoor.identity.issued_tokens.terms import Credential, person_caller, scope_selectors
from stagedoor.identity.last_uses import LastUses
from stagedoor.identity.personal_access_tokens import store
from stagedoor.identity.personal_access_tokens.models import PersonalAccessToken
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.passage import Caller, CredentialKind

PREFIX = "rt_"
TOKEN_LENGTH_MAX = 128


@dataclass(slots=True)
class _HeldToken:
    id: str
    user_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
    owner: UserEntry | None = None
    caller: Caller | None = None


class PersonalAccessTokenRing:
    """Check personal access tokens. ``follow`` the feed, let it ``start_from_now``, then ``load``.

    Revoked and expired tokens are not held: to whoever presents one it is as if there had never been one.
    """

    def __init__(self, database: Database, vault: Vault, users: UserDirectory, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._users = users
        self._clock = clock
        self._by_hash: dict[str, _HeldToken] = {}
        self._hash_by_id: dict[str, str] = {}
        # A renewal that came in the middle of loading would be overwritten by the older state that loading read.
        self._reading = threading.Lock()
        self._uses = LastUses()

    def __len__(self) -> int:
        return len(self._by_hash)

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("token",), self._renew)

    def load(self) -> None:
        """Read every token that still opens something."""
        with self._reading, self._database.read() as session:
            for row in store.live_tokens(session, self._clock.now()):
                self._hold(row)

    def find_caller(self, presented: str, now: datetime) -> Caller | None:
        """Return the caller of a presented token, or ``None`` when it opens nothing; notes the use of one that does."""
        if len(presented) > TOKEN_LENGTH_MAX:
            return None
        held = self._by_hash.get(self._vault.keyed_hash(presented))
        if held is None or held.expires_at <= now:
            return None
        owner = self._users.find_active_user(held.user_id)
        if owner is None or owner.is_directory_user:
            return None
        if held.caller is None or held.owner is not owner:
            held.caller = _caller(held, owner)
            held.owner = owner
        self._uses.note(held.id, now)
        return held.caller

    def flush_last_used(self) -> int:
        """Write the uses noted since the last time, in a transaction of its own, and return how many tokens they are.

        Raises :class:`~stagedoor.kit.errors.StoreUnavailable` with every note kept for the next time.
        """
        with self._uses.taken() as uses:
            if uses:
                with self._database.write() as session:
                    store.write_last_uses(session, uses)
            return len(uses)

    def _renew(self, changes: tuple[Change, ...]) -> None:
        # The topic also carries the ends of OAuth tokens; their ids find nothing here.
        changed = {change.ref for change in changes}
        now = self._clock.now()
        with self._reading, self._database.read() as session:
            for row in store.tokens_by_id(session, changed):
                if row.revoked_at is None and row.expires_at > now:
                    self._hold(row)
                elif (old_hash := self._hash_by_id.pop(row.id, None)) is not None:
                    self._by_hash.pop(old_hash, None)

    def _hold(self, row: PersonalAccessToken) -> None:
        self._by_hash[row.token_hash] = _HeldToken(row.id, row.user_id, tuple(row.scopes), row.expires_at)
        self._hash_by_id[row.id] = row.token_hash


def _caller(held: _HeldToken, owner: UserEntry) -> Caller:
    credential = Credential(
        kind=CredentialKind.PERSONAL_ACCESS_TOKEN,
        id=held.id,
        not_after=held.expires_at,
        # Empty, not None, for scopes of other services alone: such a token opens only what needs no scope.
        ceiling=scope_selectors(held.scopes),
    )
    return person_caller(owner, owner.roles, credential)
