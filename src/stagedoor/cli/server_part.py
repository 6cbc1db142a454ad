"""The way to the server's modules, which are an extra that may not be installed."""

from importlib import import_module
from types import ModuleType

from stagedoor.cli.failure import CommandFailed


def server_part(name: str) -> ModuleType:
    """Return a module of the server; raises :class:`CommandFailed` where the server is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("stagedoor"):
            raise
        raise CommandFailed(
            f"The server is not installed: {missing.name} is missing.",
            hint="Install it with `pip install 'stagedoor[server]'`.",
            code="server_not_installed",
        ) from missing
