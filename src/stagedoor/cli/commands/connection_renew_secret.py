"""``stagedoor connection renew-secret``: sign a connection in again, with a new secret."""

from pathlib import Path

import click

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session

PORT_MAX = 65535


@click.command(
    "renew-secret",
    epilog="""\b
Examples:
  stagedoor connection renew-secret prod                 asks, unseen
  pass show prod | stagedoor connection renew-secret prod --secret-stdin
  stagedoor connection renew-secret ada                  of kind person: opens the browser
""",
)
@click.argument("name")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--no-browser", is_flag=True, help="Of kind person: take the address that the browser ended on by hand.")
@click.option("--redirect-port", type=click.IntRange(0, PORT_MAX), default=0, help="Of kind person: as for `connect`.")
@data_dir_option
@common_options
@pass_session
def renew_secret(
    session: Session, name: str, data_dir: Path | None, redirect_port: int, *, secret_stdin: bool, no_browser: bool
) -> None:
    """Give the connection NAME a new secret and sign in with it at once; of kind person, sign in anew.

    Requests under way are not touched: they go on with the token that they have.
    """
    from stagedoor.cli.connect_words import SECRET_NAMES
    from stagedoor.cli.secret_input import read_secret
    from stagedoor.cli.upstream_sign_in import sign_in_upstream
    from stagedoor.client import ConnectionTerms, SignedInCode
    from stagedoor.kit.secret import Secret

    with session.administrator(data_dir) as client:
        facts = client.connections.get(name)
        secret: Secret | SignedInCode
        if facts["kind"] == "person" and not secret_stdin:
            terms = ConnectionTerms(
                name=facts["name"],
                kind="person",
                url=facts["url"],
                client_id=facts["client_id"],
                scope=facts["scope"],
                upstream=facts["upstream"],
                identity_url=facts["token_url"],
                proxy_url=facts["proxy_url"],
            )
            secret = sign_in_upstream(session, client, terms, port=redirect_port, no_browser=no_browser)
        else:
            secret = read_secret(SECRET_NAMES[facts["kind"]], from_stdin=secret_stdin)
        facts = client.connections.renew_secret(facts["id"], secret)
    problem = facts["sign_in"]["problem"]
    if problem is not None:
        raise CommandFailed(
            f"The new secret is kept, and signs nobody in: {problem['says']}",
            hint=problem["hint"],
            code=problem["diagnosis"],
        )
    if session.wants_json:
        echo_json(facts)
    else:
        click.echo(f"The connection {facts['name']} is signed in with its new secret.")
