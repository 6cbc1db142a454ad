"""What can be done with signing keys."""

import threading
from datetime import datetime, timedelta

from joserfc.jwk import RSAKey

from stagedoor.identity.signing_keys import store
from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.identity.signing_keys.schemas import SigningKey
from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import Change, ChangeFeed, record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret

ROTATED_EVERY = timedelta(days=90)
PUBLISHED_AHEAD = timedelta(days=2)
"""How long a key stands in the JWKS before it signs, so that whoever caches that document knows it in time."""
KEPT_AFTER = timedelta(hours=25)
"""How long a key verifies after it signed last: the longest token lives 24 hours; one is for clocks that differ."""
LOOK_AGAIN_AFTER = timedelta(seconds=1)


class SigningKeys:
    """The keys of this server, in memory.

    :meth:`prepare` may take 100 ms and opens a transaction of its own, so it is called before any other transaction is
    open; :meth:`current` and :meth:`find` only read memory. Key material comes from the operating system's chance.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._chance = chance
        self._keys: tuple[SigningKey, ...] = ()
        self._by_kid: dict[str, SigningKey] = {}
        self._looked_at: datetime | None = None
        self._lock = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("signing_key",), self._renew)

    def load(self) -> None:
        """Read every key from the store."""
        keys: list[SigningKey] = []
        with self._database.read() as session:
            rows = store.all_keys(session)
            for place, row in enumerate(rows):
                successor = rows[place + 1] if place + 1 < len(rows) else None
                # A private key stays as it is once it is open: unsealing and parsing costs more than all the rest.
                known = self._by_kid.get(row.kid)
                keys.append(
                    SigningKey(
                        kid=row.kid,
                        key=known.key if known else self._open(row),
                        signs_from=row.signs_from,
                        verifies_until=successor.signs_from + KEPT_AFTER if successor else None,
                    )
                )
        self._by_kid = {key.kid: key for key in keys}
        self._keys = tuple(keys)
        self._looked_at = self._clock.now()

    def keep_open(self, others: "SigningKeys") -> None:
        """Know the keys that another copy has opened; call it before :meth:`load`, which tells which of them hold."""
        self._by_kid = dict(others._by_kid)

    def prepare(self) -> None:
        """See to it that there is a key to sign with, and that the next one is published in time."""
        if self._is_settled():
            return
        with self._lock:
            self.load()
            if not self._is_settled():
                self._add_key(signs_from=None)

    def rotate_now(self) -> str:
        """Make a key that signs at once and return its ``kid``; what older keys signed stays valid until it ends."""
        with self._lock:
            self.load()
            return self._add_key(signs_from=self._clock.now())

    def current(self) -> SigningKey:
        """Return the key that signs now; raises ``RuntimeError`` when :meth:`prepare` was never called."""
        now = self._clock.now()
        for key in reversed(self._keys):
            if key.signs_from <= now:
                return key
        raise RuntimeError("signing keys were not prepared")

    def find(self, kid: str) -> SigningKey | None:
        """Return the key to verify with, or ``None`` for one that is unknown or kept no longer.

        Another process may have rotated a moment ago: an unknown name makes us look into the store, at most once a
        second, whatever strangers write into their tokens.
        """
        found = self._by_kid.get(kid)
        now = self._clock.now()
        if found is None and (self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_AFTER):
            self.load()
            found = self._by_kid.get(kid)
        if found is None or (found.verifies_until is not None and now >= found.verifies_until):
            return None
        return found

    def public_keys(self) -> list[dict[str, str]]:
        """Return the JWKS entries (RFC 7517) of every key that signs, signed lately or will sign soon."""
        now = self._clock.now()
        return [
            {
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": key.kid,
                **{name: str(value) for name, value in key.key.as_dict(private=False).items() if name in ("n", "e")},
            }
            for key in self._keys
            if key.verifies_until is None or now < key.verifies_until
        ]

    def _is_settled(self) -> bool:
        now = self._clock.now()
        newest = self._keys[-1] if self._keys else None
        return newest is not None and now < newest.signs_from + ROTATED_EVERY - PUBLISHED_AHEAD

    def _add_key(self, *, signs_from: datetime | None) -> str:
        # Made before the write lock is taken: finding primes takes 100 ms in which nobody else could write.
        key = RSAKey.generate_key(2048)
        kid = key.thumbprint()
        now = self._clock.now()
        with self._database.write() as session:
            rows = store.all_keys(session)
            newest = rows[-1] if rows else None
            if signs_from is None:
                if newest is None:
                    signs_from = now
                elif now >= newest.signs_from + ROTATED_EVERY - PUBLISHED_AHEAD:
                    signs_from = max(newest.signs_from + ROTATED_EVERY, now + PUBLISHED_AHEAD)
            if signs_from is not None:
                secret = Secret(key.as_pem(private=True).decode())
                sealed = self._vault.seal(secret, context=f"signing_key:{kid}", chance=self._chance)
                row = SigningKeyRow(kid=kid, created_at=now, signs_from=signs_from, sealed_private_key=sealed)
                store.add_key(session, row)
                store.delete_keys(session, self._outlived(now))
                record_change(session, "signing_key", kid)
            elif newest is not None:
                kid = newest.kid  # Another process was faster; its key serves us as well.
        self.load()
        return kid

    def _outlived(self, now: datetime) -> list[str]:
        return [key.kid for key in self._keys if key.verifies_until is not None and now >= key.verifies_until]

    def _open(self, row: SigningKeyRow) -> RSAKey:
        pem = self._vault.unseal(row.sealed_private_key, context=f"signing_key:{row.kid}")
        return RSAKey.import_key(pem.reveal())

    def _renew(self, _: tuple[Change, ...]) -> None:
        self.load()
