"""Who is signed in to the console, kept in the browser: sealed cookies, so that the server has no list of sessions."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.client import Tokens
from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.secret import Secret

# RFC 6265 section 6.1: browsers keep at least 4096 bytes, name and attributes counted in.
COOKIE_VALUE_BYTES_MAX = 3800
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
    """Read and write the console's two cookies.

    Sealed with the server's master key and bound to their purpose: a browser cannot read, change or exchange them. Over
    https their names are tied to this host (``__Host-``). They end with the browser, or with the refresh token inside.
    """

    def __init__(self, vault: Vault, chance: Chance, *, base_url: str) -> None:
        self._vault = vault
        self._chance = chance
        self._is_https = base_url.startswith("https://")
        prefix = "__Host-" if self._is_https else ""
        self.session_name = f"{prefix}stagedoor_console"
        self.attempt_name = f"{prefix}stagedoor_console_sign_in"

    def find_session(self, request: Request) -> ConsoleSession | None:
        """Return the session of this browser; ``None`` for none, and for a cookie that is not ours."""
        values = self._open(request, self.session_name)
        return None if values is None else _session_of(values)

    def write_session(self, response: Response, session: ConsoleSession) -> None:
        """Keep the session in the browser."""
        value = self._seal(self.session_name, _values_of(session))
        if len(value) > COOKIE_VALUE_BYTES_MAX and session.id_token is not None:
            value = self._seal(self.session_name, _values_of(replace(session, id_token=None)))
        self._set(response, self.session_name, value, seconds=None)

    def remove_session(self, response: Response) -> None:
        """Forget the session."""
        self._remove(response, self.session_name)

    def find_attempt(self, request: Request) -> SignInAttempt | None:
        """Return the sign-in that this browser began."""
        values = self._open(request, self.attempt_name)
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
        self._set(response, self.attempt_name, self._seal(self.attempt_name, values), seconds=SIGN_IN_SECONDS_MAX)

    def remove_attempt(self, response: Response) -> None:
        """Forget an attempt: each serves once."""
        self._remove(response, self.attempt_name)

    def _seal(self, name: str, values: dict[str, str]) -> str:
        text = json.dumps(values, separators=(",", ":"))
        return self._vault.seal(Secret(text), context=_context(name), chance=self._chance)

    def _open(self, request: Request, name: str) -> dict[str, str] | None:
        cookie = request.cookies.get(name)
        if not cookie:
            return None
        try:
            opened = self._vault.unseal(cookie, context=_context(name))
        except SealBroken:
            # A cookie of another server on this host, or of this one before its master key changed: nobody's session.
            return None
        values: dict[str, str] = json.loads(opened.reveal())
        return values

    def _set(self, response: Response, name: str, value: str, *, seconds: int | None) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._is_https, httponly=True, samesite="lax"
        )

    def _remove(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="lax")


def _context(name: str) -> str:
    # The number goes up when the values inside change, so that an older cookie reads as none.
    return f"console cookie 1 {name}"


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
