"""Putting a task's data into its row and taking it out again; in an encrypted catalogue it is sealed."""

from typing import Any

import orjson

from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.tasks.models import Task


def put_data(task: Task, data: dict[str, Any] | None, *, vault: Vault, chance: Chance) -> None:
    """Write data into a row, sealed where the task's data is encrypted."""
    task.data = None if task.is_encrypted else data
    task.sealed_data = None
    if task.is_encrypted and data is not None:
        written = Secret(orjson.dumps(data).decode())
        task.sealed_data = vault.seal(written, context=_context(task), chance=chance)


def reveal_data(task: Task, vault: Vault) -> dict[str, Any] | None:
    """Return a task's data."""
    if task.sealed_data is None:
        return task.data
    data: dict[str, Any] = orjson.loads(vault.unseal(task.sealed_data, context=_context(task)).reveal())
    return data


def _context(task: Task) -> str:
    return f"task:{task.key}"
