"""``stagedoor audit prune``: remove rows whose time is over."""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.audit_store import open_audit
from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.master_key_options import master_key_options
from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.saying import Saying
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.audit.pruning import Pruned

DAYS = {"d": 1, "w": 7}
DAYS_MAX = 36_600


@click.command(
    epilog="""\b
Examples:
  stagedoor audit prune --older-than 90d
"""
)
@click.option("--older-than", required=True, metavar="SPAN", help="Days or weeks, such as 90d or 52w.")
@click.option("--with-broken", is_flag=True, help="Remove rows, too, that are not what was written.")
@store_dir_option
@master_key_options
@output_option
@pass_session
def prune(
    session: Session,
    older_than: str,
    data_dir: Path | None,
    master_key_file: Path | None,
    master_key_command: str | None,
    *,
    with_broken: bool,
) -> None:
    """Remove the oldest rows of the audit, so that the rest can still be verified.

    Works on a server's data, on its own machine, whether the server runs or not. What is removed is verified first: a
    row that is not what was written is kept, with all that follow, unless --with-broken says otherwise. The audit keeps
    a row that says how many were removed.
    """
    # Days and weeks alone: whoever writes 3m for three months must not lose all but the last three minutes.
    span = re.fullmatch(r"([0-9]{1,5})([dw])", older_than, re.ASCII)
    days = 0 if span is None else int(span[1]) * DAYS[span[2]]
    if not 0 < days <= DAYS_MAX:
        raise click.UsageError("--older-than is a number of days or weeks, such as 90d or 52w.")
    now = session.world.clock.now()
    with open_audit(session, data_dir, master_key_file, master_key_command) as (database, key):
        say = Saying(session)
        done: Pruned
        pruning = server_part("stagedoor.audit.pruning")
        for done in pruning.prune(database, key, now - timedelta(days=days), with_broken=with_broken):
            say.at_times(f"Removed: {done.rows} rows.")
        if done.rows:
            pruning.record_pruning(database, key, session.world.clock, done.rows, older_than)
    if session.wants_json:
        echo_json({"rows": done.rows, "broken_row": done.broken_row})
    else:
        click.echo(f"{done.rows} {'row was' if done.rows == 1 else 'rows were'} removed.")
    if done.broken_row is not None:
        raise CommandFailed(
            f"Row {done.broken_row} is not what was written; it is kept, and all that follow.",
            hint="`stagedoor audit verify` names every such row. With --with-broken they are removed.",
            code="audit_broken",
        )
