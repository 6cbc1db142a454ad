"""``stagedoor audit verify``: whether the rows of the audit are what was written."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from stagedoor.audit.chain import Chain
    from stagedoor.audit.verification import Break, Report

HEADS_BYTES_MAX = 16 * 1024 * 1024
SENTENCES = {
    "row": "Row {row} does not follow the one before it in chain {chain}: one of them was changed, added or taken out.",
    "unchained_row": "Row {row} hangs on no chain: it was added, or its chain was taken from it.",
    "rows_missing": "Rows at the end of chain {chain} are missing.",
    "chain_missing": "Chain {chain} is missing.",
    "chain_changed": "Where chain {chain} begins or ends was changed.",
    "older_than_before": "Chain {chain} does not hold what it held before: the store was put back to an earlier state.",
}


@click.command(
    epilog="""\b
Examples:
  stagedoor audit verify
  stagedoor audit verify --output json > /elsewhere/heads.json
  stagedoor audit verify --against /elsewhere/heads.json
"""
)
@store_dir_option
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier answer in JSON, kept where nobody who can write the store can write.",
)
@master_key_options
@output_option
@pass_session
def verify(
    session: Session,
    data_dir: Path | None,
    against: Path | None,
    master_key_file: Path | None,
    master_key_command: str | None,
) -> None:
    """Follow the chains of the audit's rows and name each row that is not what was written.

    Works on a server's data, on its own machine, whether the server runs or not. Shows rows that were changed, added,
    taken out or cut off by somebody who can write the store but has not the master key. Whoever has both can make
    everything anew; and that the whole store was put back to an earlier state shows only --against an earlier answer.

    Exits with 1 when anything is wrong.
    """
    earlier = {} if against is None else _read_heads(against)
    with open_audit(session, data_dir, master_key_file, master_key_command) as (database, key):
        say = Saying(session)
        report: Report
        for report in server_part("stagedoor.audit.verification").verify(database, key, earlier):
            say.at_times(f"Verified: {report.rows} of {report.total} rows.")
    if session.wants_json:
        echo_json(_facts(report))
    else:
        _tell(report)
    if report.breaks_found:
        raise CommandFailed(
            f"The audit is not what was written: {_counted(report.breaks_found, 'place is', 'places are')} wrong.",
            hint="Keep a copy of the store as it is, and compare it with a backup: docs/guides/verify-the-audit.md.",
            code="audit_broken",
        )


def _facts(report: "Report") -> dict[str, Any]:
    return {
        "rows": report.rows,
        "unchained": report.unchained,
        "breaks_found": report.breaks_found,
        "breaks": [{"kind": each.kind.value, "chain": each.chain, "row": each.row} for each in report.breaks],
        "heads": [{"chain": head.id, "rows": head.rows, "link": head.link} for head in report.heads.values()],
    }


def _tell(report: "Report") -> None:
    for each in report.breaks:
        click.echo(_sentence(each))
    if report.breaks_found > len(report.breaks):
        click.echo(f"… and {report.breaks_found - len(report.breaks)} more.")
    if report.unchained:
        click.echo(f"{_counted(report.unchained, 'row is', 'rows are')} from before rows were chained.")
    if not report.breaks_found:
        chains = _counted(len(report.heads), "chain", "chains")
        click.echo(f"{_counted(report.rows, 'row', 'rows')} in {chains} hang together.")


def _sentence(each: "Break") -> str:
    return SENTENCES[each.kind.value].format(chain=each.chain, row=each.row)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _read_heads(path: Path) -> "dict[int, Chain]":
    """Read an earlier answer; raises ``click.UsageError`` for what is none."""
    make: type[Chain] = server_part("stagedoor.audit.chain").Chain
    try:
        with path.open() as file:
            heads = json.loads(file.read(HEADS_BYTES_MAX))["heads"]
        chains = [make(int(head["chain"]), int(head["rows"]), str(head["link"])) for head in heads]
    except (ValueError, KeyError, TypeError) as wrong:
        raise click.UsageError(f"{path} is no answer of `stagedoor audit verify --output json`.") from wrong
    return {chain.id: chain for chain in chains}
