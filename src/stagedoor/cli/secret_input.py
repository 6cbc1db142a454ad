"""Secrets that a person types unseen or a script pipes in; never words of a command line, which others can see."""

import sys

import click

from stagedoor.cli.session import is_interactive
from stagedoor.kit.secret import Secret

LENGTH_MAX = 16_384


def read_secret(name: str, *, from_stdin: bool) -> Secret:
    """Return a secret: all of standard input but the line end, or what is typed at a hidden prompt.

    Raises :class:`click.UsageError` where there is nobody to ask, and for one that is empty or too long.
    """
    if from_stdin:
        typed = _piped().removesuffix("\n").removesuffix("\r")
    elif is_interactive():
        typed = str(click.prompt(name[:1].upper() + name[1:], hide_input=True, err=True))
    else:
        raise click.UsageError(f"Nobody can be asked for the {name} here: pipe it in, with --secret-stdin.")
    if not typed:
        raise click.UsageError(f"The {name} is empty.")
    if len(typed) > LENGTH_MAX:
        raise click.UsageError(f"The {name} is longer than {LENGTH_MAX:,} letters.")
    return Secret(typed)


def _piped() -> str:
    try:
        # A letter has four bytes at most, and two more may end the line.
        return sys.stdin.buffer.read(4 * LENGTH_MAX + 2).decode()
    except UnicodeDecodeError as wrong:
        raise click.UsageError("What was piped in is not text in UTF-8.") from wrong
