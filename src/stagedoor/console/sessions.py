"""Who is signed in to the console, kept in the browser: sealed cookies, so that the server has no list of sessions."""

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.client import Tokens
from stagedoor.console.sealed_cookie import SealedCookie
from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

SIGN_IN_SECONDS_MAX = 15 * 60


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """One person in one browser. ``id`` is chosen at sign-in and binds the forms that are drawn for this session.

    ``id_token`` is handed back at sign-out, so that nobody is asked twice; it is left out when the cookie would grow
    too large.
    """

    id: str
    started_at: datetime
    tokens: Tokens
    id_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What one attempt to sign in must bring back: ``state`` as it is, an id token with ``nonce``, and the verifier
    whose hash went ahead."""

    state: str
    nonce: str
    verifier: Secret
    next_path: str
    began_at: datetime


class SessionCookies:
    """Read and write the cookies around a session. They end with the browser, or with the refresh token inside."""

    def __init__(self, vault: Vault, chance: Chance, *, base_url: str) -> None:
        is_https = base_url.startswith("https://")
        self._session = SealedCookie("stagedoor_console", vault, chance, is_https=is_https)
        self._attempt = SealedCookie("stagedoor_console_sign_in", vault, chance, is_https=is_https)

    def find_session(self, request: Request) -> ConsoleSession | None:
        """Return the session of this browser; ``None`` for none, and for a cookie that is not ours."""
        values = self._session.find(request)
        return None if values is None else _session_of(values)

    def write_session(self, response: Response, session: ConsoleSession) -> None:
        """Keep the session in the browser."""
        values = _values_of(session)
        if session.id_token is not None and not self._session.fits(values):
            values = _values_of(replace(session, id_token=None))
        self._session.write(response, values, seconds=None)

    def remove_session(self, response: Response) -> None:
        """Forget the session."""
        self._session.remove(response)

    def find_attempt(self, request: Request) -> SignInAttempt | None:
        """Return the sign-in that this browser began."""
        values = self._attempt.find(request)
        if values is None:
            return None
        return SignInAttempt(
            state=values["state"],
            nonce=values["nonce"],
            verifier=Secret(values["verifier"]),
            next_path=values["next"],
            began_at=datetime.fromisoformat(values["began"]),
        )

    def write_attempt(self, response: Response, attempt: SignInAttempt) -> None:
        """Keep what an attempt must bring back, for as long as it may take."""
        values = {
            "state": attempt.state,
            "nonce": attempt.nonce,
            "verifier": attempt.verifier.reveal(),
            "next": attempt.next_path,
            "began": attempt.began_at.isoformat(),
        }
        self._attempt.write(response, values, seconds=SIGN_IN_SECONDS_MAX)

    def remove_attempt(self, response: Response) -> None:
        """Forget an attempt: each serves once."""
        self._attempt.remove(response)


def _values_of(session: ConsoleSession) -> dict[str, str]:
    tokens = session.tokens
    values = {
        "id": session.id,
        "started": session.started_at.isoformat(),
        "access": tokens.access_token.reveal(),
        "expires": tokens.expires_at.isoformat(),
        "scope": tokens.scope,
    }
    if tokens.refresh_token is not None:
        values["refresh"] = tokens.refresh_token.reveal()
    if session.id_token is not None:
        values["id_token"] = session.id_token.reveal()
    return values


def _session_of(values: dict[str, str]) -> ConsoleSession:
    return ConsoleSession(
        id=values["id"],
        started_at=datetime.fromisoformat(values["started"]),
        tokens=Tokens(
            access_token=Secret(values["access"]),
            expires_at=datetime.fromisoformat(values["expires"]),
            refresh_token=Secret(values["refresh"]) if "refresh" in values else None,
            scope=values["scope"],
        ),
        id_token=Secret(values["id_token"]) if "id_token" in values else None,
    )
