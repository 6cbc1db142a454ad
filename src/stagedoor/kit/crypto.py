"""Keyed hashes for what is looked up, encryption for what is read back; never a primitive of our own."""

import base64
import binascii
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stagedoor.kit.chance import Chance
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret

MASTER_KEY_BYTES = 32
FORM = "v1"


class SealBroken(StagedoorError):
    """A sealed value does not open: it was changed, or moved to another row."""

    code = "seal_broken"
    status = 500
    public = "A stored secret cannot be opened: it was changed, or moved to another row."
    hint = "Restore the store from a backup, or enter that secret again."


class SealingKeyUnknown(SealBroken):
    """A value names a key that is not on the ring."""

    code = "sealing_key_unknown"
    hint = (
        "`stagedoor secrets status` says which keys the store knows. Start Stagedoor with the key of that name, or "
        "restore the store and the master key that belong together."
    )

    def __init__(self, key_id: str) -> None:
        super().__init__(f"A stored secret was sealed with the key {key_id}, which this server does not hold.")
        self.key_id = key_id


@final
class MasterKey:
    """32 bytes that seal and open; ``id`` names them and tells nothing about them.

    Keys for hashing and for sealing are derived apart (HKDF-SHA256, RFC 5869), so that neither use weakens the
    other. A sealed value names the key that sealed it: ``v1.<key id>.<base64url of nonce and ciphertext>``.
    """

    __slots__ = ("_raw", "_sealing", "id")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != MASTER_KEY_BYTES:
            raise ValueError(f"a master key has {MASTER_KEY_BYTES} bytes")
        self._raw = raw
        self._sealing = AESGCM(_derive(raw, b"stagedoor sealing"))
        self.id = hashlib.sha256(_derive(raw, b"stagedoor key id")).hexdigest()[:8]

    @classmethod
    def of_hex(cls, text: str) -> "MasterKey":
        """Read 64 hexadecimal digits, white space around them left out; raises ``ValueError`` for anything else."""
        return cls(bytes.fromhex(text.strip()))

    @classmethod
    def draw(cls, chance: Chance) -> "MasterKey":
        """Return a new key."""
        return cls(chance.random_bytes(MASTER_KEY_BYTES))

    def to_secret(self) -> Secret:
        """Return the key as :meth:`of_hex` reads it; it opens everything."""
        return Secret(self._raw.hex())

    def derived_hash_key(self) -> bytes:
        """Return the key for hashing that stores had before they kept one of their own."""
        return _derive(self._raw, b"stagedoor keyed hash")

    def seal(self, secret: Secret, *, context: str, chance: Chance) -> str:
        """Encrypt with AES-256-GCM, bound to ``context`` so that a value moved to another row does not open."""
        nonce = chance.random_bytes(12)
        sealed = self._sealing.encrypt(nonce, secret.reveal().encode(), context.encode())
        return f"{FORM}.{self.id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, context: str) -> Secret:
        """Decrypt what this key sealed; raises :class:`SealBroken` when key, context or value differ."""
        try:
            raw = base64.urlsafe_b64decode(sealed.rpartition(".")[2])
            return Secret(self._sealing.decrypt(raw[:12], raw[12:], context.encode()).decode())
        except (ValueError, binascii.Error, InvalidTag) as broken:
            raise SealBroken(internal=f"sealed value of {context} does not open") from broken

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The key that seals, and every key that opens, by id; the one that seals is among them."""

    current: MasterKey
    known: Mapping[str, MasterKey]

    @classmethod
    def of(cls, current: MasterKey, others: Iterable[MasterKey] = ()) -> "KeyRing":
        """Return a ring of the key that seals and others that open."""
        return cls(current, {key.id: key for key in (*others, current)})


class Vault:
    """Everything that is done with the master keys of one server. Thread safe.

    It seals with one key and opens with each of the ring. Keyed hashes have a key of their own, which stays when the
    master key changes, because what they were made of is kept nowhere.
    """

    def __init__(self, master_key: bytes | MasterKey, *, hash_key: bytes | None = None) -> None:
        key = master_key if isinstance(master_key, MasterKey) else MasterKey(master_key)
        self._ring = KeyRing.of(key)
        # With the key already in it: to copy that takes half as long as to begin with the key each time.
        self._keyed = hmac.new(hash_key or key.derived_hash_key(), digestmod="sha256")
        self._look_again: Callable[[], None] = lambda: None
        self._looking = threading.Lock()

    @property
    def key_id(self) -> str:
        """The name of the key that seals now."""
        return self._ring.current.id

    @property
    def ring(self) -> KeyRing:
        """The keys that are held now."""
        return self._ring

    def hold(self, ring: KeyRing) -> None:
        """Seal and open with these keys from now on, and with no others."""
        self._ring = ring

    def on_unknown_key(self, look_again: Callable[[], None]) -> None:
        """Have ``look_again`` called when a stored value names an unknown key: it may :meth:`hold` more by then."""
        self._look_again = look_again

    def keyed_hash(self, value: str) -> str:
        """Return HMAC-SHA256 of a high-entropy value, as 64 hex digits; for lookup by value."""
        hashing = self._keyed.copy()
        hashing.update(value.encode())
        return hashing.hexdigest()

    def derive_hash_key(self, purpose: str) -> bytes:
        """Return a key for hashing of its own for one purpose; it stays when the master key changes."""
        hashing = self._keyed.copy()
        # No value that is looked up holds a NUL, so that no hash of one is ever such a key.
        hashing.update(f"\0derived\0{purpose}".encode())
        return hashing.digest()

    def seal(self, secret: Secret, *, context: str, chance: Chance) -> str:
        """Encrypt with the current key; see :meth:`MasterKey.seal`."""
        return self._ring.current.seal(secret, context=context, chance=chance)

    def unseal(self, sealed: str, *, context: str) -> Secret:
        """Decrypt a value that was stored; may read the store if another process has changed the key.

        Raises :class:`SealingKeyUnknown` for a key that is nowhere to be found, and :class:`SealBroken` when context
        or value differ.
        """
        key_id = sealing_key_id(sealed)
        key = self._ring.known.get(key_id)
        if key is None:
            with self._looking:
                if key_id not in self._ring.known:
                    self._look_again()
            key = self._ring.known.get(key_id)
        if key is None:
            raise SealingKeyUnknown(key_id)
        return key.open(sealed, context=context)

    def can_open(self, sealed: str) -> bool:
        """Tell whether the key that sealed a value is still held."""
        return sealing_key_id(sealed) in self._ring.known

    def unseal_presented(self, sealed: str, *, context: str) -> Secret:
        """Decrypt a value that a caller holds; reads no store, whatever key a stranger names.

        Raises as :meth:`unseal` does.
        """
        key_id = sealing_key_id(sealed)
        key = self._ring.known.get(key_id)
        if key is None:
            raise SealingKeyUnknown(key_id)
        return key.open(sealed, context=context)


def sealing_key_id(sealed: str) -> str:
    """Return the name of the key that sealed a value; raises :class:`SealBroken` for what was never sealed."""
    parts = sealed.split(".")
    if len(parts) != 3 or parts[0] != FORM:
        raise SealBroken(internal="a value is not in the form of sealed ones")
    return parts[1]


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master_key)
