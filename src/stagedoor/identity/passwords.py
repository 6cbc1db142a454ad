"""Passwords: hashed with Argon2id (RFC 9106), few at once, and checked in the same time for users who do not exist."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from stagedoor.kit.chance import Chance
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret

PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 256
SALT_BYTES = 16
HASH_BYTES = 32
WAITING_MAX = 16
"""Each that waits holds a thread and, on the sign-in page, a connection to the store."""


class PasswordRefused(StagedoorError):
    """A new password is too short, too long or holds control characters."""

    code = "password_refused"
    status = 400
    public = f"A password must have {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters that can be typed."
    hint = "Choose another password. Length counts; there are no rules about digits or signs."


class PasswordsBusy(StagedoorError):
    """So many passwords wait to be checked that one more would only make it worse; nothing was checked."""

    code = "passwords_busy"
    status = 503
    public = "Too many sign-ins are being checked right now."
    hint = "Try again in a few seconds. Scripts that log in again for each call are the usual cause: keep the token."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one hash costs. The default takes 19 MiB and three passes, above OWASP's floor for Argon2id.

    Memory is the bound that matters here: a server in 150 MiB hashes two at once and still serves.
    """

    memory_kib: int = 19 * 1024
    passes: int = 3
    lanes: int = 1


class Passwords:
    """Hash and check passwords, at most ``at_once`` at a time.

    Both block for tens of milliseconds and belong into a worker thread. Raises :class:`PasswordsBusy` when
    ``WAITING_MAX`` wait already: a flood of log-ins must not eat every thread.
    """

    def __init__(self, chance: Chance, *, at_once: int = 2, cost: PasswordCost | None = None) -> None:
        cost = cost or PasswordCost()
        self._chance = chance
        self._slots = threading.BoundedSemaphore(at_once)
        self._waiting = 0
        self._waiting_lock = threading.Lock()
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
        )
        # Of the right form and made of chance alone: checking against it costs what any check costs, and no password
        # in reach fits it.
        salt, digest = (b64encode(chance.random_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
        self._nobodys_hash = f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"

    def hash(self, password: Secret) -> str:
        """Return the hash to be stored for a new password.

        Raises :class:`PasswordRefused` when it is too short, too long or cannot be typed.
        """
        text = password.reveal()
        if not PASSWORD_LENGTH_MIN <= len(text) <= PASSWORD_LENGTH_MAX or not text.isprintable():
            raise PasswordRefused
        with self._slot():
            return self._hasher.hash(text, salt=self._chance.random_bytes(SALT_BYTES))

    def is_right(self, password: Secret, stored_hash: str | None) -> bool:
        """Tell whether a password fits a stored hash.

        With ``None``, for a user who does not exist or has no password, it takes as long and is never right.
        """
        text = password.reveal()
        if len(text) > PASSWORD_LENGTH_MAX:
            # Longer than any password that was ever stored; the work is done all the same.
            text, stored_hash = text[:PASSWORD_LENGTH_MAX], None
        with self._slot():
            try:
                self._hasher.verify(stored_hash or self._nobodys_hash, text)
            except VerifyMismatchError:
                return False
        return stored_hash is not None

    @contextmanager
    def _slot(self) -> Iterator[None]:
        with self._waiting_lock:
            if self._waiting >= WAITING_MAX:
                raise PasswordsBusy
            self._waiting += 1
        try:
            self._slots.acquire()
        finally:
            with self._waiting_lock:
                self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()
