"""``stagedoor key rotate``: give a key a new secret."""

from pathlib import Path

import click

from stagedoor.cli.chosen_key import get_chosen_key
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor key rotate nightly --overlap 7d
  stagedoor key rotate KEY_ID --at-once
"""
)
@click.argument("name")
@click.option(
    "--overlap", metavar="SPAN", default="24h", show_default=True, help="How long the old secret still works."
)
@click.option("--at-once", is_flag=True, help="End the old secret now, as after a leak.")
@data_dir_option
@common_options
@pass_session
def rotate(session: Session, name: str, overlap: str, data_dir: Path | None, *, at_once: bool) -> None:
    """Give the key called NAME, or of this id, a new secret and print it, this once."""
    with session.administrator(data_dir) as client:
        fresh = client.rotate_key(get_chosen_key(client, name)["id"], overlap=None if at_once else overlap)
    if session.wants_json:
        echo_json(fresh.facts | {"key": fresh.key.reveal(), "warnings": list(fresh.warnings)})
        return
    old = fresh.facts.get("previous_secret_valid_until")
    click.echo(
        f"Key {fresh.id} has a new secret. The old one {f'works until {old}' if old else 'has ended'}.", err=True
    )
    click.echo("It is shown this once:", err=True)
    click.echo(fresh.key.reveal())
