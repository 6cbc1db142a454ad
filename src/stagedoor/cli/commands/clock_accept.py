"""``stagedoor clock accept``: believe the machine's clock as it is."""

from pathlib import Path
from socket import gethostname

import click

from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.sealed_store import open_sealed_store
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session


@click.command()
@store_dir_option
@output_option
@pass_session
def accept(session: Session, data_dir: Path | None) -> None:
    """Have every server of this store believe its machine's clock as it is now.

    For a clock that was wrong and has been corrected. Look at it first: set back wrongly, it lets ended credentials
    live again. What was made while it was ahead ends too late: look through keys and tokens, and make new ones. Servers
    that run hear of it within a second.
    """
    now = session.world.clock.now()
    with open_sealed_store(session, data_dir, None, None) as opened, opened.database.write() as rows:
        server_part("stagedoor.kit.clock_mark").accept_clock(rows, now, gethostname())
    said = now.isoformat(timespec="seconds")
    if session.wants_json:
        echo_json({"accepted": said})
    else:
        click.echo(f"Accepted: it is {said}.")
