"""``stagedoor key``: access keys."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "create": "stagedoor.cli.commands.key_create:create",
        "narrow": "stagedoor.cli.commands.key_narrow:narrow",
        "list": "stagedoor.cli.commands.key_list:list_keys",
        "limit": "stagedoor.cli.commands.key_limit:limit",
        "rotate": "stagedoor.cli.commands.key_rotate:rotate",
        "revoke": "stagedoor.cli.commands.key_revoke:revoke",
    },
)
def key() -> None:
    """Make, narrow, list, limit, rotate and revoke access keys.

    Needs a person's sign-in, or --data-dir on the server's own machine: no key can make a key. To narrow one takes the
    key itself.
    """
