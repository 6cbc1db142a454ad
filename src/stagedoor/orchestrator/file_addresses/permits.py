"""The permit in an address of a file: who may do what with which file until when, signed.

``<base64url of a JSON list>.<64 hexadecimal digits>``; the digits are HMAC-SHA256 of the text before the dot under the
house's key for keyed hashes. All that counts is inside: nothing of the address around it is believed, only compared.
"""

import base64
import binascii
import hmac
from dataclasses import astuple, dataclass
from datetime import datetime

import orjson

from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.file_addresses.errors import FileAddressExpired, FileAddressRefused

READ = "GET"
WRITE = "PUT"
METHODS = {READ: frozenset({"GET", "HEAD"}), WRITE: frozenset({"PUT"})}
PERMIT_LENGTH_MAX = 12 * 1024

# The same key hashes other things; whatever is signed here begins with words that none of them begins with.
_PURPOSE = "stagedoor file permit 1\n"
_FIELDS = (str, str, str, str, str, int, str, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePermit:
    """Leave to read or write one file of a tenant.

    ``room`` names the room that the file belongs to, ``thing`` what the room knows it by (a bucket's id, an
    attachment's key), ``path`` its place in there, or the file's name where there are no places. ``content_type`` is
    what has to be written, if anything was said; ``expires`` are seconds since 1970. ``request_id`` is the request that
    was given the permit, for the audit.
    """

    tenant_id: str
    room: str
    thing: str
    path: str
    method: str
    expires: int
    content_type: str
    request_id: str

    def verify(self, method: str, now: datetime) -> None:
        """Return if the permit is good for the method at this moment.

        Raises :class:`FileAddressExpired`, and :class:`FileAddressRefused` for another method.
        """
        if now.timestamp() >= self.expires:
            raise FileAddressExpired
        if method not in METHODS[self.method]:
            raise FileAddressRefused(f"This address of a file is good for {self.method} and for nothing else.")

    def verify_content_type(self, content_type: str) -> None:
        """Return if a file of this type may be written, or raise :class:`FileAddressRefused`."""
        if self.content_type and content_type and bare_type(content_type) != bare_type(self.content_type):
            raise FileAddressRefused(
                f"This address of a file is good for the type {self.content_type} and for no other.",
                hint="Send the Content-Type that GetWriteUri was asked for.",
            )


def bare_type(content_type: str) -> str:
    """Return a content type without its parameters, as it is compared."""
    return content_type.partition(";")[0].strip().lower()


def sign_permit(permit: FilePermit, vault: Vault) -> str:
    """Return the permit as text for an address."""
    payload = base64.urlsafe_b64encode(orjson.dumps(astuple(permit))).rstrip(b"=").decode()
    return f"{payload}.{vault.keyed_hash(_PURPOSE + payload)}"


def read_permit(text: str, vault: Vault) -> FilePermit:
    """Return the permit of an address; raises :class:`FileAddressRefused` for what was not signed here."""
    payload, _, signature = text.partition(".")
    if len(text) > PERMIT_LENGTH_MAX or not text.isascii():
        raise FileAddressRefused
    if not hmac.compare_digest(vault.keyed_hash(_PURPOSE + payload), signature):
        raise FileAddressRefused
    try:
        fields = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, orjson.JSONDecodeError) as other_form:
        raise FileAddressRefused(internal="a signed permit has another form") from other_form
    # A later version may have given it, with fields that this one does not know.
    if not (isinstance(fields, list) and tuple(type(field) for field in fields) == _FIELDS):
        raise FileAddressRefused(internal="a signed permit has other fields")
    names = FilePermit.__dataclass_fields__
    return FilePermit(**dict(zip(names, fields, strict=True)))
