"""``stagedoor connection``: the connections there are."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "stagedoor.cli.commands.connection_list:list_connections",
        "test": "stagedoor.cli.commands.connection_test:test",
        "renew-secret": "stagedoor.cli.commands.connection_renew_secret:renew_secret",
        "map": "stagedoor.cli.commands.connection_map:map_tenant",
        "unmap": "stagedoor.cli.commands.connection_map:unmap_tenant",
        "remove": "stagedoor.cli.commands.connection_remove:remove",
    },
)
def connection() -> None:
    """List, test, renew, map and remove connections.

    Each leads to an Orchestrator elsewhere; `stagedoor connect` makes one.

    Needs an administrator's sign-in, or --data-dir on the server's own machine.
    """
