"""``stagedoor connection test``: prove that a connection works."""

from pathlib import Path

import click

from stagedoor.cli.failure import ExitCode
from stagedoor.cli.options import common_options, data_dir_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor connection test prod
  stagedoor connection test prod --output json | jq -r '.refused[].operation'
"""
)
@click.argument("name")
@data_dir_option
@common_options
@click.pass_context
def test(ctx: click.Context, name: str, data_dir: Path | None) -> None:
    """Make the calls that prove the connection NAME, and say what each found.

    Then come the operations that the other Orchestrator refuses to the connection itself: no key of yours can do
    more. Exits with 0 when it works and with 1 when it does not.
    """
    from stagedoor.cli.trial_text import echo_refused, echo_steps

    session = ctx.ensure_object(Session)
    with session.administrator(data_dir) as client:
        report = client.connections.test(name)
    if session.wants_json:
        echo_json(report)
    else:
        echo_steps(report)
        echo_refused(report)
        click.echo(f"The connection {name} {'works' if report['is_working'] else 'does not work'}.")
    ctx.exit(ExitCode.DONE if report["is_working"] else ExitCode.FAILED)
