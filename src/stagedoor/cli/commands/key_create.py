"""``stagedoor key create``: make an access key."""

from pathlib import Path

import click

from stagedoor.cli.chosen_tenant import get_only_tenant, tenant_path
from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session
from stagedoor.cli.several_words import CommandWithSeveralWords, SeveralWords


@click.command(
    cls=CommandWithSeveralWords,
    epilog="""\b
WHAT is one of
  Jobs_StartJobs          an operation; `stagedoor operations WORDS` finds its name
  tag:Jobs                all operations of a tag
  scope:OR.Jobs.Read      what an OAuth scope covers
  permission:Jobs.View    what a permission covers
  all                     everything

\b
Examples:
  stagedoor key create nightly --tenant acme/dev --allow Jobs_StartJobs Jobs_GetById --folder Shared
  stagedoor key create reports --allow scope:OR.Jobs.Read --network 10.0.0.0/8 --expires 90d
  stagedoor key create import --allow tag:Queues --rate 10/s --daily-quota 20000
  export STAGEDOOR_KEY=$(stagedoor key create ci --allow tag:Jobs --output json | jq -r .key)
""",
)
@click.argument("name")
@click.option("--allow", cls=SeveralWords, required=True, metavar="WHAT…", help="What the key may do.")
@click.option("--folder", "folders", cls=SeveralWords, metavar="PATH…", help="Only in these folders and below.")
@click.option("--network", "networks", cls=SeveralWords, metavar="CIDR…", help="Only from these networks.")
@click.option("--expires", metavar="SPAN", help="When it ends, such as 90d, 12h or 26w; never when left out.")
@click.option("--rate", metavar="N/UNIT", help="At most so many requests, such as 10/s, 100/m or 5000/h.")
@click.option("--burst", type=click.IntRange(1), metavar="N", help="How many of them may come at once.")
@click.option("--daily-quota", type=click.IntRange(1), metavar="N", help="At most so many requests in a day (UTC).")
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="At most so many under way at once.")
@click.option(
    "--weight", type=click.IntRange(1, 100), metavar="N", help="What it counts where keys share an upstream's limit."
)
@tenant_option
@data_dir_option
@common_options
@pass_session
def create(
    session: Session,
    name: str,
    allow: tuple[str, ...],
    folders: tuple[str, ...],
    networks: tuple[str, ...],
    expires: str | None,
    rate: str | None,
    burst: int | None,
    daily_quota: int | None,
    concurrency: int | None,
    weight: int | None,
    data_dir: Path | None,
) -> None:
    """Make an access key called NAME and print it, this once.

    --allow, --folder and --network take several words and may be repeated. Write NAME in front of them.
    """
    selectors = [part for word in allow for part in word.split(",") if part]
    with session.administrator(data_dir) as client:
        fresh = client.create_key(
            name,
            tenant=session.choose("tenant").value or tenant_path(get_only_tenant(client)),
            allow=selectors,
            folders=list(folders) or None,
            networks=networks,
            expires_in=expires,
            rate=rate,
            burst=burst,
            daily_quota=daily_quota,
            concurrency=concurrency,
            weight=weight,
        )
    if session.wants_json:
        echo_json(fresh.facts | {"key": fresh.key.reveal(), "warnings": list(fresh.warnings)})
        return
    for warning in fresh.warnings:
        click.echo(f"Note: {warning}", err=True)
    click.echo(f"Key {fresh.id} ({name}). It is shown this once:", err=True)
    click.echo(fresh.key.reveal())
