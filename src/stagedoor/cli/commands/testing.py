"""``stagedoor testing``: a server for tests, and what it is told."""

import click

from stagedoor.cli.lazy import LazyGroup

ORDERS = "stagedoor.cli.commands.testing_orders"


@click.group(
    cls=LazyGroup,
    lazy={
        "up": "stagedoor.cli.commands.testing_up:up",
        "status": f"{ORDERS}:status",
        "clock": f"{ORDERS}:clock",
        "fault": f"{ORDERS}:fault",
        "limit-rate": f"{ORDERS}:limit_rate",
        "expire": f"{ORDERS}:expire",
        "lose-token-answer": f"{ORDERS}:lose_token_answer",
        "rotate-signing-keys": f"{ORDERS}:rotate_signing_keys",
        "clear-faults": f"{ORDERS}:clear_faults",
        "reset": f"{ORDERS}:reset",
        "snapshot": f"{ORDERS}:snapshot",
        "restore": f"{ORDERS}:restore",
    },
)
def testing() -> None:
    """Start a server for tests and decide its time, its faults and its data.

    What the pytest fixture is to tests in Python these commands are to all others. Its time stands still until it is
    moved. Orders go to the server of --base-url with the access key that `testing up` prints, in STAGEDOOR_KEY; no
    other server takes them.
    """
