"""Chance as an argument: identifiers and secrets come from here, so that tests can decide them."""

import random
import secrets
import uuid
from typing import Protocol

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Chance(Protocol):
    """A source of random bytes."""

    def random_bytes(self, count: int) -> bytes:
        """Return ``count`` bytes that nobody can guess."""
        ...


class SystemChance:
    """The operating system's cryptographic source."""

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededChance:
    """The same bytes each time for one seed. For tests alone: whoever knows the seed knows every secret."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # predictable on purpose, for tests

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


def random_base62(chance: Chance, length: int) -> str:
    """Return ``length`` letters and digits, each worth 5.95 bits, drawn without bias."""
    letters: list[str] = []
    while len(letters) < length:
        # 248 is the largest multiple of 62 below 256; higher bytes would favour the first letters.
        letters += [BASE62[byte % 62] for byte in chance.random_bytes(length * 2) if byte < 248]
    return "".join(letters[:length])


def random_guid(chance: Chance) -> str:
    """Return a version 4 UUID in lower case with dashes."""
    return str(uuid.UUID(bytes=chance.random_bytes(16), version=4))
