"""``stagedoor audit tail``: the latest requests, and those to come."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.client import AuditRow

FOLLOW_SECONDS = 1.0
ROWS_MAX = 500
AUDIT_PATH = "/api/stagedoor/v1/audit"
COLUMNS = ["Time", "Caller", "Request", "Operation", "Folder", "Verdict", "Status", "Reason"]


@click.command(
    epilog="""\b
Examples:
  stagedoor audit tail --follow
  stagedoor audit tail --verdict denied -n 50 --output json
"""
)
@click.option("-n", "--limit", type=click.IntRange(1, ROWS_MAX), default=20, show_default=True, help="How many rows.")
@click.option("-f", "--follow", is_flag=True, help="Go on showing rows as they come, until Ctrl-C.")
@click.option("--verdict", type=click.Choice(["allowed", "denied"]), help="Only these.")
@click.option("--caller", metavar="ID", help="Only this caller's.")
@data_dir_option
@common_options
@pass_session
def tail(
    session: Session, limit: int, verdict: str | None, caller: str | None, data_dir: Path | None, *, follow: bool
) -> None:
    """Show the latest requests, newest last, with the reason of each refusal."""
    with session.administrator(data_dir) as client:
        page = client.audit(limit=limit, verdict=verdict, caller=caller)
        _print(session, page.rows, empty="Nothing happened yet.")
        last = page.next
        while follow:
            session.world.sleep(FOLLOW_SECONDS)
            page = client.audit(limit=ROWS_MAX, after=last, verdict=verdict, caller=caller)
            last = page.next if page.next is not None else last
            # Each look leaves a row of its own; showing those would feed the tail with itself.
            fresh = [row for row in page.rows if not _is_look(row)]
            if fresh:
                _print(session, fresh, empty="")


def _print(session: Session, rows: "list[AuditRow]", *, empty: str) -> None:
    if session.wants_json:
        for row in rows:
            echo_json(row)
        return
    echo_table(COLUMNS, (_cells(row) for row in rows), empty=empty)


def _is_look(row: "AuditRow") -> bool:
    return row["method"] == "GET" and row["path"] == AUDIT_PATH


def _cells(row: "AuditRow") -> tuple[object, ...]:
    return (
        row["time"],
        row["caller"]["name"] or row["caller"]["id"],
        f"{row['method']} {row['path']}" if row["method"] else row["event"],
        row["operation"],
        row["folder"],
        row["verdict"],
        row["status"],
        row["sentence"] or row["reason"],
    )
