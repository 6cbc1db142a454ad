"""``stagedoor key rotate``: give a key a new secret."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor key rotate KEY_ID --overlap 7d
  stagedoor key rotate KEY_ID --at-once
"""
)
@click.argument("key_id")
@click.option(
    "--overlap", metavar="SPAN", default="24h", show_default=True, help="How long the old secret still works."
)
@click.option("--at-once", is_flag=True, help="End the old secret now, as after a leak.")
@data_dir_option
@common_options
@pass_session
def rotate(session: Session, key_id: str, overlap: str, data_dir: Path | None, *, at_once: bool) -> None:
    """Give the key of this id a new secret and print it, this once."""
    with session.administrator(data_dir) as client:
        fresh = client.rotate_key(key_id, overlap=None if at_once else overlap)
    if session.wants_json:
        echo_json(fresh.facts | {"key": fresh.key.reveal(), "warnings": list(fresh.warnings)})
        return
    old = fresh.facts.get("previous_secret_valid_until")
    click.echo(
        f"Key {fresh.id} has a new secret. The old one {f'works until {old}' if old else 'has ended'}.", err=True
    )
    click.echo("It is shown this once:", err=True)
    click.echo(fresh.key.reveal())
