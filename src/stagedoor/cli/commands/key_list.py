"""``stagedoor key list``: the access keys there are."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session

WORDS_SHOWN = 3


@click.command("list")
@tenant_option
@data_dir_option
@common_options
@pass_session
def list_keys(session: Session, data_dir: Path | None) -> None:
    """List access keys: what each may do, until when, and when it was last used; never the keys themselves."""
    wanted = session.choose("tenant")
    with session.administrator(data_dir) as client:
        # A profile's tenant is where calls go; a list of keys is narrowed only when someone asked for it now.
        found = client.list_keys(tenant=None if wanted.source == "profile" else wanted.value)
    if session.wants_json:
        echo_json(found)
        return
    echo_table(
        ["Id", "Name", "Tenant", "State", "May", "Folders", "Ends", "Last used"],
        (
            (
                it["id"],
                it["name"],
                it["tenant"],
                it["state"],
                _few(it["allow"]),
                it["folders"] if it["folders"] is not None else "all",
                it["expires_at"] or "never",
                it["last_used_at"] or "never",
            )
            for it in found
        ),
        empty="There is no key.",
    )


def _few(words: list[str]) -> str:
    """Name the first ones; JSON names them all."""
    more = len(words) - WORDS_SHOWN
    return ", ".join(words[:WORDS_SHOWN]) + (f" and {more} more" if more > 0 else "")
