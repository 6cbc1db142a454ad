"""``stagedoor key revoke``: end a key at once."""

from pathlib import Path

import click

from stagedoor.cli.chosen_key import get_chosen_key
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command()
@click.argument("name")
@data_dir_option
@common_options
@pass_session
def revoke(session: Session, name: str, data_dir: Path | None) -> None:
    """End the key called NAME, or of this id, at once and for good."""
    with session.administrator(data_dir) as client:
        facts = client.revoke_key(get_chosen_key(client, name)["id"])
    if session.wants_json:
        echo_json(facts)
    else:
        click.echo(f"Key {facts['id']} ({facts['name']}) is revoked.")
