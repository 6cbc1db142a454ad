"""Keyed hashes for what is looked up, encryption for what is read back; never a primitive of our own."""

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stagedoor.kit.chance import Chance
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret


class SealBroken(StagedoorError):
    """A sealed value does not open: another master key wrote it, or it was changed."""

    code = "seal_broken"
    status = 500
    public = "A stored secret cannot be opened with this server's master key."
    hint = "Start Stagedoor with the data directory's own master.key file."


class Vault:
    """Everything that one master key of 32 bytes can do.

    Keys for hashing and for sealing are derived apart (HKDF-SHA256, RFC 5869), so that neither use weakens the
    other. A sealed value names the key that sealed it: ``v1.<key id>.<base64url of nonce and ciphertext>``.
    """

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise ValueError("a master key has 32 bytes")
        self._hash_key = _derive(master_key, b"stagedoor keyed hash")
        self._sealing = AESGCM(_derive(master_key, b"stagedoor sealing"))
        self.key_id = hashlib.sha256(_derive(master_key, b"stagedoor key id")).hexdigest()[:8]

    def keyed_hash(self, value: str) -> str:
        """Return HMAC-SHA256 of a high-entropy value, as 64 hex digits; for lookup by value."""
        return hmac.digest(self._hash_key, value.encode(), "sha256").hex()

    def seal(self, secret: Secret, *, context: str, chance: Chance) -> str:
        """Encrypt with AES-256-GCM, bound to ``context`` so that a value moved to another row does not open."""
        nonce = chance.random_bytes(12)
        sealed = self._sealing.encrypt(nonce, secret.reveal().encode(), context.encode())
        return f"v1.{self.key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, *, context: str) -> Secret:
        """Decrypt what :meth:`seal` wrote; raises :class:`SealBroken` when key, context or value differ."""
        try:
            version, key_id, body = sealed.split(".")
            raw = base64.urlsafe_b64decode(body)
            if version != "v1" or key_id != self.key_id:
                raise SealBroken(
                    internal=f"sealed with key {key_id} in form {version}, this server holds {self.key_id}"
                )
            return Secret(self._sealing.decrypt(raw[:12], raw[12:], context.encode()).decode())
        except (ValueError, binascii.Error, InvalidTag) as broken:
            raise SealBroken(internal=f"sealed value of {context} does not open") from broken


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master_key)
