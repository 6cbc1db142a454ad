"""``stagedoor app``: external applications."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "create": "stagedoor.cli.commands.app_create:create",
        "list": "stagedoor.cli.commands.app_list:list_applications",
        "remove": "stagedoor.cli.commands.app_remove:remove",
    },
)
def app() -> None:
    """Register, list and remove external applications.

    Each is an OAuth client with a client id. A program that signs in with OAuth uses one, and so does another
    Stagedoor that connects to this one.

    Needs an administrator's sign-in, or --data-dir on the server's own machine.
    """
