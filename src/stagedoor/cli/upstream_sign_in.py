"""The sign-in of a person for a connection: at the other Orchestrator's identity, in this person's browser."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.cli.loopback import CALLBACK, LoopbackReceiver, first_values, verify_state
from stagedoor.cli.output import printable
from stagedoor.cli.session import Session
from stagedoor.client import SignedInCode
from stagedoor.kit.secret import Secret

if TYPE_CHECKING:
    from stagedoor.client import Authorization, ConnectionTerms, Stagedoor

UNHEARD_PORT = 8127
AGAIN = "Try again; --no-browser takes the address by hand where the browser is on another machine."


def sign_in_upstream(
    session: Session, client: "Stagedoor", terms: "ConnectionTerms", *, port: int, no_browser: bool
) -> SignedInCode:
    """Return the code of somebody who signed in over there.

    The browser comes back to ``http://127.0.0.1:PORT/callback``; port 0 takes any free one. Raises
    :class:`CommandFailed` when nobody signed in, or the answer belongs to another sign-in.
    """
    if no_browser:
        redirect_uri = f"http://127.0.0.1:{port or UNHEARD_PORT}{CALLBACK}"
        asked = client.connections.authorize_url(terms, redirect_uri=redirect_uri)
        return _code_in(_pasted(asked, redirect_uri), asked, redirect_uri)
    with LoopbackReceiver(port=port, again=AGAIN) as receiver:
        asked = client.connections.authorize_url(terms, redirect_uri=receiver.redirect_uri)
        receiver.expect(asked["state"])
        address = asked["authorize_url"]
        if session.world.open_browser(address):
            click.echo(printable(f"Sign in at {urlsplit(address).netloc}, in the browser that just opened."), err=True)
        else:
            click.echo(f"Open this address in a browser on this machine:\n{printable(address)}", err=True)
        return _code_in(receiver.wait(), asked, receiver.redirect_uri)


def _pasted(asked: "Authorization", redirect_uri: str) -> Mapping[str, str]:
    click.echo(
        f"Open this address in any browser and sign in:\n\n{printable(asked['authorize_url'])}\n\n"
        "The browser then ends on an address that it cannot open, which begins with\n"
        f"{redirect_uri}. Copy that whole address from the address bar.",
        err=True,
    )
    typed = str(click.prompt("Address", err=True))
    return first_values(urlsplit(typed.strip()).query)


def _code_in(answer: Mapping[str, str], asked: "Authorization", redirect_uri: str) -> SignedInCode:
    verify_state(answer, asked["state"])
    if "error" in answer or not answer.get("code"):
        said = answer.get("error_description") or answer.get("error") or "the answer holds no code"
        raise CommandFailed(
            printable(f"Not signed in over there: {said}"),
            hint=f"The application there must know the redirect {redirect_uri} and the scopes that were asked for.",
            code="upstream_sign_in_failed",
            exit_code=ExitCode.SIGN_IN,
        )
    return SignedInCode(
        code=Secret(answer["code"]), code_verifier=Secret(asked["code_verifier"]), redirect_uri=redirect_uri
    )
