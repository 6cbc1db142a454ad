"""``stagedoor clock``: whether a server's clock can be trusted."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "status": "stagedoor.cli.commands.clock_status:status",
        "accept": "stagedoor.cli.commands.clock_accept:accept",
    },
)
def clock() -> None:
    """See whether a server can trust its machine's clock, and tell it that it can.

    Works on a server's data, on its own machine, whether the server runs or not.
    """
