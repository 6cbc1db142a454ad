"""The file that tells a script how to begin, written once the server answers."""

import json
from pathlib import Path

from stagedoor.admin.started import FirstStart
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings


def write_ready_file(path: Path, settings: Settings, first_start: FirstStart) -> None:
    """Write what a script needs to begin, as JSON; whole or not at all, mode 0600."""

    def shown(secret: Secret | None) -> str | None:
        return None if secret is None else secret.reveal()

    facts = {
        "base_url": settings.base_url,
        "organization": first_start.organization,
        "tenant": first_start.tenant,
        "folder": first_start.folder,
        "admin": {"username": first_start.admin_username, "password": shown(first_start.admin_password)},
        "sample_key": shown(first_start.sample_key),
    }
    write_private(path, json.dumps(facts, indent=2) + "\n")
