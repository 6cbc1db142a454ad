"""Options that take several words after one flag: ``--allow Jobs_Get tag:Assets --folder Shared``."""

from collections.abc import Iterable, Sequence
from typing import Any

import click


class SeveralWords(click.Option):
    """An option that may be repeated, and that takes every word up to the next option each time."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes | {"multiple": True})


class CommandWithSeveralWords(click.Command):
    """A command that gives each :class:`SeveralWords` option its words.

    A word after such an option is its value, so the command's own arguments stand in front of it, or after ``--``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        greedy = {flag for option in self.params if isinstance(option, SeveralWords) for flag in option.opts}
        try:
            return super().parse_args(ctx, spread(args, greedy))
        except click.MissingParameter as missing:
            if missing.param is not None and missing.param.param_type_name == "argument" and greedy.intersection(args):
                flags = " and ".join(sorted(greedy))
                raise click.UsageError(
                    f"{missing.format_message()} Write it in front: {flags} take every word that follows.", ctx
                ) from missing
            raise


def spread(args: Sequence[str], greedy: Iterable[str]) -> list[str]:
    """Repeat a greedy flag in front of each of its words, which is the form that click reads."""
    flags = frozenset(greedy)
    written: list[str] = []
    flag: str | None = None
    for place, word in enumerate(args):
        if word == "--":
            return written + list(args[place:])
        if word in flags:
            flag = word
            following = args[place + 1 : place + 2]
            if not following or following[0].startswith("-"):
                # Left alone, for click to say that the option needs a value.
                written.append(word)
        elif word.startswith("-"):
            flag = None
            written.append(word)
        elif flag is not None:
            written += [flag, word]
        else:
            written.append(word)
    return written
