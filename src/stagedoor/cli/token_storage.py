"""Where a sign-in's tokens lie: the operating system's keyring, or a file when that was asked for in so many words."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.profiles import Profile
from stagedoor.client import Tokens, TokenStore
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "stagedoor"


class RemovableTokenStore(TokenStore, Protocol):
    """A token store that can be emptied."""

    def remove(self) -> None:
        """Forget the tokens; nothing happens when there are none."""
        ...


class FileTokenStore:
    """Tokens in a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Tokens | None:
        try:
            return _read(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def save(self, tokens: Tokens) -> None:
        write_private(self._path, _write(tokens))

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


class KeyringTokenStore:
    """Tokens in the operating system's keyring."""

    def __init__(self, backend: "KeyringBackend", entry: str) -> None:
        self._backend = backend
        self._entry = entry

    def load(self) -> Tokens | None:
        from keyring.errors import KeyringError

        try:
            stored = self._backend.get_password(SERVICE, self._entry)
        except KeyringError as fault:
            raise _keyring_failed(fault) from fault
        return None if stored is None else _read(stored)

    def save(self, tokens: Tokens) -> None:
        from keyring.errors import KeyringError

        try:
            self._backend.set_password(SERVICE, self._entry, _write(tokens))
        except KeyringError as fault:
            raise _keyring_failed(fault) from fault

    def remove(self) -> None:
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            self._backend.delete_password(SERVICE, self._entry)
        except PasswordDeleteError:
            return
        except KeyringError as fault:
            raise _keyring_failed(fault) from fault


def system_keyring() -> "KeyringBackend | None":
    """Return the operating system's keyring; ``None`` where there is none that keeps a secret.

    A backend that writes plain text rates itself below 1, as the one that only fails does.
    """
    import keyring

    backend = keyring.get_keyring()
    return backend if backend.priority >= 1 else None


def choose_place(find_keyring: Callable[[], "KeyringBackend | None"], *, in_file: bool) -> tuple[str, str]:
    """Return the kind and the name of the place for a new sign-in's tokens.

    Raises :class:`CommandFailed` when there is no keyring and a file was not asked for: a secret is never written in
    plain text unless someone said so.
    """
    if in_file:
        return "file", "a file that only you may read, unencrypted"
    backend = find_keyring()
    if backend is None:
        raise CommandFailed(
            "This machine has no keyring to keep the sign-in in.",
            hint="`stagedoor login --store-in-file` keeps it in a file that only you may read, unencrypted.",
            code="no_keyring",
        )
    return "keyring", f"the keyring ({backend.name})"


def token_store(
    profile: Profile, directory: Path, find_keyring: Callable[[], "KeyringBackend | None"]
) -> RemovableTokenStore:
    """Return the store of a profile's tokens; raises :class:`CommandFailed` when its keyring is gone."""
    if profile.secret_place == "file":
        return FileTokenStore(directory / "tokens" / f"{profile.name}.json")
    backend = find_keyring()
    if backend is None:
        raise CommandFailed(
            "The keyring that holds this sign-in is not there.", hint="Unlock it, or sign in again.", code="no_keyring"
        )
    return KeyringTokenStore(backend, f"{profile.name} at {profile.base_url}")


def _write(tokens: Tokens) -> str:
    refresh = tokens.refresh_token
    return json.dumps(
        {
            "access_token": tokens.access_token.reveal(),
            "expires_at": tokens.expires_at.isoformat(),
            "refresh_token": refresh.reveal() if refresh else None,
            "scope": tokens.scope,
        }
    )


def _read(text: str) -> Tokens | None:
    """Return the tokens; what cannot be read counts as none, so that signing in again mends it."""
    try:
        stored = json.loads(text)
        refresh = stored["refresh_token"]
        return Tokens(
            access_token=Secret(stored["access_token"]),
            expires_at=datetime.fromisoformat(stored["expires_at"]),
            refresh_token=Secret(refresh) if refresh else None,
            scope=stored["scope"],
        )
    except (ValueError, KeyError, TypeError):
        return None


def _keyring_failed(fault: Exception) -> CommandFailed:
    return CommandFailed(f"The keyring failed: {fault}.", hint="Unlock it and try again.", code="keyring_failed")
