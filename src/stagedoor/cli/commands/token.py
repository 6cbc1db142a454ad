"""``stagedoor token``: a token for another program."""

import click

from stagedoor.cli.options import common_options, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session

HTTP_TIMEOUT_SECONDS = 30.0


@click.command(
    epilog="""\b
Example:
  curl -H "Authorization: Bearer $(stagedoor token)" "$STAGEDOOR_URL/acme/dev/orchestrator_/odata/Jobs"
"""
)
@common_options
@pass_session
def token(session: Session) -> None:
    """Print a valid token for another program.

    It holds for at least a minute; it is renewed when due. With an access key in use, that key is printed: it serves
    in the same place.
    """
    key = session.choose("key").value
    if key is not None:
        _print(session, key, None)
        return
    auth = session.signed_in(session.get_profile())
    import httpx2

    with httpx2.Client(transport=session.world.transport, timeout=HTTP_TIMEOUT_SECONDS) as http:
        tokens = auth.renew_if_due(http)
    _print(session, tokens.access_token.reveal(), tokens.expires_at.isoformat())


def _print(session: Session, value: str, expires_at: str | None) -> None:
    if session.wants_json:
        echo_json({"token": value, "expires_at": expires_at})
    else:
        click.echo(value)
