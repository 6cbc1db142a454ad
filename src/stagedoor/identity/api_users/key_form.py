"""The written form of an access key: ``sd_<id>_<secret><checksum>``.

The id (10 letters and digits) is public and finds the key; the secret (43, 256 bits) proves it; the checksum (6) is
the CRC-32 of everything in front of it, so that a mistyped or cut key is told apart offline. A checksum is no proof of
anything: only the keyed hash of the whole is.
"""

import re
import zlib
from dataclasses import dataclass

from stagedoor.kit.chance import BASE62, Chance, random_base62
from stagedoor.kit.secret import Secret

PREFIX = "sd_"
ID_LENGTH = 10
SECRET_LENGTH = 43
CHECKSUM_LENGTH = 6
KEY_LENGTH = len(PREFIX) + ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH

ID_END = len(PREFIX) + ID_LENGTH
FORM = re.compile(rf"sd_[0-9A-Za-z]{{{ID_LENGTH}}}_[0-9A-Za-z]{{{SECRET_LENGTH + CHECKSUM_LENGTH}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DrawnKey:
    """A fresh key: its id and its whole written form."""

    id: str
    key: Secret


def draw_key(chance: Chance, key_id: str | None = None) -> DrawnKey:
    """Draw a new key; with ``key_id`` a new secret for that key."""
    drawn_id = key_id or random_base62(chance, ID_LENGTH)
    body = f"{PREFIX}{drawn_id}_{random_base62(chance, SECRET_LENGTH)}"
    return DrawnKey(drawn_id, Secret(body + checksum_of(body)))


def find_key_id(presented: str) -> str | None:
    """Return the id inside a key of the right form, or ``None``; says nothing about whether the key is right."""
    return presented[len(PREFIX) : ID_END] if FORM.fullmatch(presented) else None


def has_right_checksum(presented: str) -> bool:
    """Tell whether a key was copied whole and without a slip."""
    return checksum_of(presented[:-CHECKSUM_LENGTH]) == presented[-CHECKSUM_LENGTH:]


def checksum_of(body: str) -> str:
    """Return the CRC-32 of the text as six letters and digits."""
    rest = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return digits
