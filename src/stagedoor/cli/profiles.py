"""Profiles: where a sign-in leads, and where its secret lies; never the secret itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from stagedoor.cli.failure import CommandFailed
from stagedoor.kit.private_file import write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One sign-in. ``secret_place`` is ``keyring`` or ``file``; ``secret_place_name`` says it in words."""

    name: str
    base_url: str
    user: str
    client_id: str
    token_url: str
    secret_place: str
    secret_place_name: str
    revocation_url: str | None = None
    tenant: str | None = None
    folder: str | None = None


def config_dir(environment: Mapping[str, str]) -> Path:
    """Return where profiles lie: ``STAGEDOOR_CONFIG_DIR``, else the operating system's own place for settings."""
    if environment.get("STAGEDOOR_CONFIG_DIR"):
        return Path(environment["STAGEDOOR_CONFIG_DIR"])
    from platformdirs import user_config_path

    return user_config_path("stagedoor", appauthor=False)


class ProfileBook:
    """All profiles of one person, in one file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._path = directory / "profiles.json"

    def find_profile(self, name: str) -> Profile | None:
        """Return the profile of this name."""
        return self._read().get(name)

    def save(self, profile: Profile) -> None:
        """Add the profile, in place of one of the same name."""
        self._write(self._read() | {profile.name: profile})

    def remove(self, name: str) -> None:
        """Forget the profile."""
        self._write({other: profile for other, profile in self._read().items() if other != name})

    def _read(self) -> dict[str, Profile]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as broken:
            raise self._unreadable() from broken
        known = {field.name for field in fields(Profile)}
        try:
            return {
                name: Profile(**{field: value for field, value in facts.items() if field in known}, name=name)
                for name, facts in stored["profiles"].items()
            }
        except (TypeError, KeyError, AttributeError) as broken:
            raise self._unreadable() from broken

    def _write(self, profiles: Mapping[str, Profile]) -> None:
        body: dict[str, Any] = {"profiles": {}}
        for name, profile in sorted(profiles.items()):
            facts = asdict(profile)
            del facts["name"]
            body["profiles"][name] = facts
        write_private(self._path, json.dumps(body, indent=2) + "\n")

    def _unreadable(self) -> CommandFailed:
        return CommandFailed(
            f"{self._path} cannot be read.", hint="Move it away and sign in again.", code="profiles_unreadable"
        )
