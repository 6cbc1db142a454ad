"""``stagedoor secrets``: the master key and what it has sealed."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "status": "stagedoor.cli.commands.secrets_status:status",
        "rewrap": "stagedoor.cli.commands.secrets_rewrap:rewrap",
    },
)
def secrets() -> None:
    """See which master key sealed the secrets in a server's store, and change it.

    Works on a server's data, on its own machine, whether the server runs or not.
    """
