"""``stagedoor app list``: the external applications there are."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session


@click.command("list")
@data_dir_option
@common_options
@pass_session
def list_applications(session: Session, data_dir: Path | None) -> None:
    """List external applications: client ids, scopes and redirects; never the secrets."""
    with session.administrator(data_dir) as client:
        found = client.applications.list()
    if session.wants_json:
        echo_json(found)
        return
    echo_table(
        ["Client id", "Name", "Signs in", "Scopes", "Redirects"],
        (
            (
                it["id"],
                it["name"],
                "itself, with a secret" if it["is_confidential"] else "people",
                [*it["application_scopes"], *it["user_scopes"]],
                it["redirect_uris"],
            )
            for it in found
        ),
        empty="There is no external application.",
    )
