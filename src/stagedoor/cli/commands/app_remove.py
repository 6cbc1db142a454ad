"""``stagedoor app remove``: end an external application."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command()
@click.argument("client_id")
@data_dir_option
@common_options
@pass_session
def remove(session: Session, client_id: str, data_dir: Path | None) -> None:
    """End the external application of this client id; its tokens end with it."""
    with session.administrator(data_dir) as client:
        client.applications.remove(client_id)
    if session.wants_json:
        echo_json({"client_id": client_id, "removed": True})
    else:
        click.echo(f"External application {client_id} is removed.")
