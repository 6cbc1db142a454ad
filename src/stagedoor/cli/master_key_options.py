"""Options that say where the master key comes from, for the commands that open a server's store."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from stagedoor.kit.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def master_key_options(command: Decorated) -> Decorated:
    """Add ``--master-key-file`` and ``--master-key-command``."""
    command = click.option(
        "--master-key-command",
        metavar="COMMAND",
        help="Run this for the master key, without a shell, for at most 30 seconds; it prints the key.",
    )(command)
    return click.option(
        "--master-key-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Read the master key there; nobody but its owner may read it. Default master.key where data lie.",
    )(command)


def settle_master_key(settings: "Settings", file: Path | None, command: str | None) -> "Settings":
    """Return settings in which an option has won over every variable that says where the key comes from."""
    if file is not None and command is not None:
        raise click.UsageError("Give --master-key-file or --master-key-command, not both.")
    if file is None and command is None:
        return settings
    path = None if file is None else file.absolute()
    return replace(settings, master_key=None, master_key_file=path, master_key_command=command)
