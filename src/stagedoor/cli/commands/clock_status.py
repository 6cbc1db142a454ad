"""``stagedoor clock status``: the machine's time, and the latest that the store has seen."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.output import echo_json, printable
from stagedoor.cli.sealed_store import open_sealed_store
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session


@click.command()
@store_dir_option
@output_option
@pass_session
def status(session: Session, data_dir: Path | None) -> None:
    """Say what time it is here and the latest that the store has seen, and whether a server would trust the clock.

    A server that runs may distrust a clock for one reason more: that it leapt far ahead in the last minutes. Its log
    says so.
    """
    now = session.world.clock.now()
    with open_sealed_store(session, data_dir, None, None) as opened, opened.database.read() as rows:
        mark = server_part("stagedoor.kit.clock_mark").find_mark(rows)
        seen_at, seen_by = (None, None) if mark is None else (mark.seen_at, mark.seen_by)
    behind = timedelta(0) if seen_at is None else max(timedelta(0), seen_at - now)
    is_trusted = behind <= server_part("stagedoor.kit.steady_clock").BEHIND_MAX
    facts: dict[str, Any] = {
        "now": now.isoformat(timespec="seconds"),
        "seen_at": None if seen_at is None else seen_at.isoformat(timespec="seconds"),
        "seen_by": seen_by,
        "behind_seconds": round(behind.total_seconds()),
        "is_trusted": is_trusted,
    }
    if session.wants_json:
        echo_json(facts)
        return
    click.echo(f"This machine:  {facts['now']}")
    click.echo(f"Latest seen:   {facts['seen_at'] or 'nothing yet'}{f' on {printable(seen_by)}' if seen_by else ''}")
    if is_trusted:
        click.echo("The clock is trusted.")
        return
    click.echo(f"The clock is {facts['behind_seconds']} seconds behind and not trusted: what has an end is refused.")
    click.echo("If this machine's time is wrong, correct it.")
    click.echo("If it is right now, it was wrong before: `stagedoor clock accept`.")
