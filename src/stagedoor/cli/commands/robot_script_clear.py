"""``stagedoor robot script clear``: take rules away."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor robot script clear 7 --tenant acme/dev
  stagedoor robot script clear --all
"""
)
@click.argument("ids", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every rule of the tenant.")
@tenant_option
@data_dir_option
@common_options
@pass_session
def clear(session: Session, ids: tuple[str, ...], data_dir: Path | None, *, is_all: bool) -> None:
    """Take away the rules of these IDS, which `stagedoor robot script list` shows, or all of them."""
    from stagedoor.cli.chosen_tenant import get_chosen_tenant, tenant_path

    if is_all == bool(ids):
        raise click.UsageError("Name the rules by their ids, or say --all.")
    with session.administrator(data_dir) as client:
        tenant = tenant_path(get_chosen_tenant(session, client))
        if is_all:
            client.robot_scripts.clear(tenant=tenant)
        for script_id in ids:
            client.robot_scripts.remove(script_id, tenant=tenant)
    if session.wants_json:
        echo_json({"cleared": "all" if is_all else list(ids)})
    else:
        click.echo("Every rule is gone." if is_all else f"Gone: {', '.join(ids)}.")
