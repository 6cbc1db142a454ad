"""``stagedoor key narrow``: hand on less of one's own key, for a while."""

import click

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.cli.options import common_options, pass_session
from stagedoor.cli.output import echo_json, printable
from stagedoor.cli.session import Session
from stagedoor.cli.several_words import CommandWithSeveralWords, SeveralWords


@click.command(
    cls=CommandWithSeveralWords,
    epilog="""\b
Examples:
  stagedoor key narrow --allow Jobs_StartJobs --folder Shared/Nightly --expires 15m
  STAGEDOOR_KEY=$(stagedoor key narrow --allow scope:OR.Jobs.Read) ./report.sh
  docker run -e STAGEDOOR_KEY="$(stagedoor key narrow --expires 10m)" importer
""",
)
@click.option("--allow", cls=SeveralWords, metavar="WHAT…", help="Only this, as in `stagedoor key create`.")
@click.option("--folder", "folders", cls=SeveralWords, metavar="PATH…", help="Only in these folders and below.")
@click.option("--network", "networks", cls=SeveralWords, metavar="CIDR…", help="Only from these networks.")
@click.option("--expires", metavar="SPAN", default="1h", show_default=True, help="When it ends; at most 24h.")
@common_options
@pass_session
def narrow(
    session: Session, allow: tuple[str, ...], folders: tuple[str, ...], networks: tuple[str, ...], expires: str
) -> None:
    """Make less of the access key in use, and print it.

    What is left out stays as the key has it, and more than the key allows is refused. The narrowed key counts against
    the limits of the access key, and ends with it: when that is revoked or expires, and with its secret when it is
    rotated. Nothing of it is stored. It can be narrowed again in the same way.
    """
    if session.choose("key").value is None:
        raise CommandFailed(
            "There is no access key to narrow.",
            hint="Give it in STAGEDOOR_KEY. Signed in as a person, make a key: `stagedoor key create`.",
            code="no_access_key",
            exit_code=ExitCode.USAGE,
        )
    selectors = [part for word in allow for part in word.split(",") if part]
    with session.client() as client:
        narrowed = client.narrow_key(
            allow=selectors or None, folders=list(folders) or None, networks=networks, expires_in=expires
        )
    if session.wants_json:
        echo_json(
            {
                "key": narrowed.key.reveal(),
                "access_key_id": narrowed.access_key_id,
                "narrowing_id": narrowed.narrowing_id,
                "expires_at": narrowed.expires_at,
                "words": list(narrowed.words),
                "operations": list(narrowed.operations),
            }
        )
        return
    for sentence in narrowed.words:
        click.echo(printable(sentence), err=True)
    click.echo(narrowed.key.reveal())
