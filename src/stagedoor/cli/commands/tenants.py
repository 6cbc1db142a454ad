"""``stagedoor tenants``: the tenants that you may enter."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session


@click.command()
@data_dir_option
@common_options
@pass_session
def tenants(session: Session, data_dir: Path | None) -> None:
    """List the tenants that you may enter.

    With the base URL of each, which is all that a script needs beside its key."""
    with session.administrator(data_dir) as client:
        found = client.tenants()
    if session.wants_json:
        echo_json(found)
        return
    echo_table(
        ["Tenant", "Name", "Orchestrator", "Base URL"],
        (
            (f"{it['organization']['name']}/{it['name']}", it["display_name"], it["destination"], it["base_url"])
            for it in found
        ),
        empty="There is no tenant that you may enter.",
    )
