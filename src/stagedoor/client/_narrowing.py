"""Narrow what was narrowed already, without asking the server: one layer more, and the tag that follows from it.

The written form is the server's (``identity/api_users/narrowed_form.py``); docs/guides/narrow-a-key.md describes it.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

from stagedoor.kit.chance import Chance, SystemChance, random_base62
from stagedoor.kit.secret import Secret

FORM = re.compile(r"(sdn_[0-9A-Za-z]{10}(?:\.[0-9A-Za-z_-]{2,}){1,7})\.([0-9A-Za-z_-]{43})", re.ASCII)
NARROWING_ID_LENGTH = 10
SYSTEM_CHANCE = SystemChance()


def narrow_offline(
    key: str | Secret,
    *,
    allow: Sequence[str] | None = None,
    folder_keys: Sequence[str] | None = None,
    networks: Sequence[str] = (),
    until: datetime | None = None,
    chance: Chance = SYSTEM_CHANCE,
) -> Secret:
    """Return less of a narrowed key, without a request. What is left out stays as the key has it.

    Nothing is checked but the key's form: what the key does not allow is not allowed by what is made of it either, and
    a word that means nothing allows nothing. ``folder_keys`` are folders' keys, not paths; ``until`` needs a time zone.
    What was narrowed with more than 250 words, in all steps together, opens nothing.
    Raises ``ValueError`` for what is no narrowed key, an access key among them: that one is narrowed by the server
    first (:meth:`Stagedoor.narrow_key`).
    """
    match = FORM.fullmatch(key.reveal() if isinstance(key, Secret) else key)
    if match is None:
        raise ValueError("only a narrowed key is narrowed further without the server, at most seven times")
    if until is not None and until.tzinfo is None:
        raise ValueError("the end needs a time zone")
    said = {
        "id": random_base62(chance, NARROWING_ID_LENGTH),
        "allow": None if allow is None else list(allow),
        "folders": None if folder_keys is None else list(folder_keys),
        "networks": list(networks) or None,
        "until": None if until is None else int(until.timestamp()),
    }
    kept = {name: value for name, value in said.items() if value is not None}
    layer = _base64(json.dumps(kept, separators=(",", ":")).encode())
    tag = hmac.digest(urlsafe_b64decode(match[2] + "="), layer.encode(), "sha256")
    return Secret(f"{match[1]}.{layer}.{_base64(tag)}")


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
