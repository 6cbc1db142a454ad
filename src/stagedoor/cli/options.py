"""Options that several commands share; each is remembered in the session, wherever in the line it stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from stagedoor.cli.session import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _remember(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        # Most often "$KEY" in a script where KEY is not set; taking it for no option would call as somebody else.
        raise click.BadParameter("is empty.", ctx, parameter)
    ctx.ensure_object(Session).set_option(str(parameter.name), value)
    return value


def _remembered(*flags: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    return click.option(*flags, callback=_remember, expose_value=False, **attributes)


def output_option(command: Decorated) -> Decorated:
    """Add ``--output``, which every command takes, in front of the command or behind it."""
    formats = click.Choice(["text", "json"])
    return _remembered("-o", "--output", type=formats, help="Text for people, JSON for scripts.")(command)


def common_options(command: Decorated) -> Decorated:
    """Add ``--output``, and which server is asked with what, for a command that asks one."""
    key_help = "Access key; better in STAGEDOOR_KEY, as others can see a command line."
    command = _remembered("--key", metavar="KEY", help=key_help)(command)
    command = _remembered("--base-url", metavar="URL", help="Where Stagedoor answers.")(command)
    command = output_option(command)
    return _remembered("--profile", metavar="NAME", help="Which sign-in to use.")(command)


def tenant_option(command: Decorated) -> Decorated:
    """Add ``--tenant``."""
    return _remembered("--tenant", metavar="ORG/TENANT", help="Which tenant.")(command)


def folder_option(command: Decorated) -> Decorated:
    """Add ``--folder``, for one folder."""
    return _remembered("--folder", metavar="FOLDER", help="Which folder: its path, key or number.")(command)


def data_dir_option(command: Decorated) -> Decorated:
    """Add ``--data-dir``, by which a server's own files are the authority."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Work straight on a server's data directory, on its own machine, without signing in.",
    )(command)


def store_dir_option(command: Decorated) -> Decorated:
    """Add ``--data-dir`` to a command that does its work on a server's own files and nowhere else."""
    return click.option(
        "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where data lie. Default .stagedoor"
    )(command)


pass_session = click.make_pass_decorator(Session)
