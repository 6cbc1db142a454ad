"""A group that imports a subcommand only when it is called or its help is shown."""

from collections.abc import Mapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """``lazy`` maps each subcommand's name to ``module:attribute``."""

    def __init__(self, *args: object, lazy: Mapping[str, str], **attributes: object) -> None:
        super().__init__(*args, **attributes)  # type: ignore[arg-type]  # handed on as they come
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._lazy.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
