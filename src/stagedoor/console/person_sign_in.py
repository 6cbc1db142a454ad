"""The sign-in of a person for a connection: the browser leaves for the other side's identity, and comes back here.

Another page stands between the form and the other side: the form may lead to this server alone (``form-action``), and
whoever goes on sees first where to.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

from stagedoor.client import ConnectionTerms, SignedInCode
from stagedoor.console.errors import SignInFailed
from stagedoor.console.visit import Visit
from stagedoor.kit.secret import Secret

CALLBACK_PATH = "/console/connections/callback"
DEPARTURE_PATH = "/console/connections/sign-in"
SECONDS_MAX = 15 * 60
SAID_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in that the browser has gone off to. ``about`` says what for: a draft's fields, or ``connection``."""

    about: dict[str, str]
    signed_in: SignedInCode


def redirect_uri(visit: Visit) -> str:
    """Return where the browser comes back to; it has to be registered on the application there."""
    return visit.around.base_url + CALLBACK_PATH


async def depart(visit: Visit, terms: ConnectionTerms, about: dict[str, str]) -> Response | None:
    """Lead the browser to the page that names the other side; ``None`` where a browser cannot keep so much.

    Raises what the house refuses, as an error of the client.
    """
    asked = await visit.stagedoor().connections.authorize_url(terms, redirect_uri=redirect_uri(visit))
    values = {
        "authorize_url": asked["authorize_url"],
        "state": asked["state"],
        "code_verifier": asked["code_verifier"],
        "began": visit.clock.now().isoformat(),
        "session": visit.session_id,
    }
    values |= {f"about_{name}": value for name, value in about.items()}
    pending = visit.around.pending_sign_in
    if not pending.fits(values):
        return None
    response = visit.go(DEPARTURE_PATH)
    pending.write(response, values, seconds=SECONDS_MAX)
    return response


async def show_departure(visit: Visit) -> Response:
    """Show where the browser goes to sign in, with the way there."""
    values = _pending_values(visit)
    address = values["authorize_url"]
    return await visit.page("connection_sign_in.html", address=address, host=urlsplit(address).netloc)


def take_return(visit: Visit) -> PendingSignIn:
    """Return what the browser brought back; raises :class:`SignInFailed` unless it answers this session's question."""
    values = _pending_values(visit)
    answer = visit.request.query_params
    if not hmac.compare_digest(answer.get("state", "").encode(), values["state"].encode()):
        raise _another(internal="the answer's state is not that of this browser's connection")
    if "error" in answer or not answer.get("code"):
        said = answer.get("error_description") or answer.get("error") or "the answer holds no code"
        raise SignInFailed(
            f"Nobody was signed in over there: {said[:SAID_LENGTH_MAX]}",
            hint=f"The application there must know the redirect {redirect_uri(visit)} and the scopes asked for.",
            status=403,
        )
    about = {name.removeprefix("about_"): value for name, value in values.items() if name.startswith("about_")}
    return PendingSignIn(
        about,
        SignedInCode(
            code=Secret(answer["code"]),
            code_verifier=Secret(values["code_verifier"]),
            redirect_uri=redirect_uri(visit),
        ),
    )


def _pending_values(visit: Visit) -> dict[str, str]:
    values = visit.around.pending_sign_in.find(visit.request)
    if values is None or not hmac.compare_digest(values["session"].encode(), visit.session_id.encode()):
        raise _another(internal="this browser began no sign-in for a connection")
    if visit.clock.now() > datetime.fromisoformat(values["began"]) + timedelta(seconds=SECONDS_MAX):
        raise SignInFailed("The sign-in took too long.", hint="Start again from the connections.")
    return values


def _another(*, internal: str) -> SignInFailed:
    return SignInFailed(
        "This sign-in was not begun here, or it is over.", hint="Start again from the connections.", internal=internal
    )
