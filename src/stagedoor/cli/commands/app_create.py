"""``stagedoor app create``: register an external application."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_facts, echo_json
from stagedoor.cli.session import Session
from stagedoor.cli.several_words import CommandWithSeveralWords, SeveralWords


@click.command(
    cls=CommandWithSeveralWords,
    epilog="""\b
Examples:
  stagedoor app create front-door --tenant acme/dev --scope OR.Jobs OR.Queues OR.Execution OR.Folders
  stagedoor app create front-door --tenant acme/dev --scope OR.Jobs --output json > app.json
  stagedoor app create ada --scope OR.Jobs --redirect-uri http://127.0.0.1/callback   signs people in, no secret

\b
What another Stagedoor then needs:
  jq -r .client_secret app.json | stagedoor connect prod --kind app --secret-stdin \\
    --url "$(jq -r .url app.json)" --client-id "$(jq -r .client_id app.json)" --scope OR.Jobs
""",
)
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    cls=SeveralWords,
    required=True,
    metavar="SCOPE…",
    help="What it may do, such as OR.Jobs.Read.",
)
@click.option(
    "--redirect-uri",
    "redirect_uris",
    cls=SeveralWords,
    metavar="URL…",
    help="It signs people in and has no secret; browsers come back here. On 127.0.0.1 any port will do.",
)
@tenant_option
@data_dir_option
@common_options
@pass_session
def create(
    session: Session, name: str, scopes: tuple[str, ...], redirect_uris: tuple[str, ...], data_dir: Path | None
) -> None:
    """Register an external application called NAME and print its client id and, this once, its client secret.

    It may enter every tenant of the organization; --tenant says whose address to print. --scope and --redirect-uri
    take several words and may be repeated. Write NAME in front of them.
    """
    from stagedoor.cli.chosen_tenant import get_chosen_tenant, tenant_path

    with session.administrator(data_dir) as client:
        tenant = get_chosen_tenant(session, client)
        words = [part for word in scopes for part in word.split(",") if part]
        fresh = client.applications.create(name, scopes=words, redirect_uris=redirect_uris)
    facts = {
        "client_id": fresh.facts["id"],
        "client_secret": fresh.secret.reveal() if fresh.secret else None,
        "name": fresh.facts["name"],
        "tenant": tenant_path(tenant),
        "url": f"{tenant['base_url'].rstrip('/')}/orchestrator_",
        "scopes": [*fresh.facts["application_scopes"], *fresh.facts["user_scopes"]],
        "redirect_uris": fresh.facts["redirect_uris"],
    }
    if session.wants_json:
        echo_json(facts)
        return
    if fresh.secret is not None:
        click.echo("The client secret is shown this once:", err=True)
    echo_facts({name.replace("_", " "): value for name, value in facts.items()})
