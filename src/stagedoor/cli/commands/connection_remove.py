"""``stagedoor connection remove``: forget a connection and its secret."""

from pathlib import Path

import click

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command()
@click.argument("name")
@click.option("--unmap", is_flag=True, help="Send its tenants back to the embedded Orchestrator first.")
@data_dir_option
@common_options
@pass_session
def remove(session: Session, name: str, data_dir: Path | None, *, unmap: bool) -> None:
    """Remove the connection NAME with its secret and tokens.

    While a tenant is sent there it stays, unless you say --unmap: that tenant's requests then go to the embedded
    Orchestrator. Nothing is changed on the other side; end the application or token there as well.
    """
    from stagedoor.client import Conflict

    with session.administrator(data_dir) as client:
        try:
            client.connections.remove(name, unmap=unmap)
        except Conflict as held:
            hint = f"Map it elsewhere, or `stagedoor connection remove {name} --unmap`: see --help for what that does."
            raise CommandFailed(held.message, hint=hint, code=held.code or "failed") from held
    if session.wants_json:
        echo_json({"name": name, "removed": True})
    else:
        click.echo(f"The connection {name} is removed.")
