"""``stagedoor can-i``: ask whether a call would pass, without making it."""

import click

from stagedoor.cli.failure import ExitCode
from stagedoor.cli.options import common_options, tenant_option
from stagedoor.cli.output import echo_json, printable
from stagedoor.cli.session import Session


@click.command(
    "can-i",
    epilog="""\b
Examples:
  stagedoor can-i Jobs_StartJobs --folder Shared
  stagedoor can-i Jobs_StartJobs && ./start-jobs.sh
""",
)
@click.argument("operation")
@click.option("--folder", metavar="PATH", help="In which folder.")
@tenant_option
@common_options
@click.pass_context
def can_i(ctx: click.Context, operation: str, folder: str | None) -> None:
    """Ask whether a call would pass.

    Exits with 0 when it may and with 3 when it may not; then the smallest grant that would pass is named.
    """
    session = ctx.ensure_object(Session)
    with session.client() as client:
        answer = client.can_i(operation, tenant=session.choose("tenant").value, folder=folder)
    if session.wants_json:
        echo_json(answer)
    else:
        click.echo(f"{'yes' if answer['allowed'] else 'no'}: {printable(answer.get('sentence') or operation)}")
        if not answer["allowed"] and answer.get("smallest_grant"):
            click.echo(f"ask for: --allow {' '.join(answer['smallest_grant'])}")
    ctx.exit(ExitCode.DONE if answer["allowed"] else ExitCode.REFUSED)
