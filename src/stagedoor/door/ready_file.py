"""The file that tells a script how to begin, written once the server answers."""

import json
from contextlib import suppress
from pathlib import Path

from stagedoor.admin.started import FirstStart
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings


class ReadyFile:
    """The file of one server, if it has one: what a script needs to begin, as JSON, for its owner alone."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written: int | None = None

    def write(self, settings: Settings, first_start: FirstStart) -> None:
        """Write it, whole or not at all."""
        if self._path is not None:
            write_private(self._path, json.dumps(_facts(settings, first_start), indent=2) + "\n")
            self._written = self._path.stat().st_ino

    def remove(self) -> None:
        """Remove it, unless the next server has written its own by now."""
        if self._path is None or self._written is None:
            return
        with suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._written:
                self._path.unlink()


def _facts(settings: Settings, first_start: FirstStart) -> dict[str, object]:
    def shown(secret: Secret | None) -> str | None:
        return None if secret is None else secret.reveal()

    return {
        "base_url": settings.base_url,
        "organization": first_start.organization,
        "tenant": first_start.tenant,
        "folder": first_start.folder,
        "admin": {"username": first_start.admin_username, "password": shown(first_start.admin_password)},
        "sample_key": shown(first_start.sample_key),
    }
