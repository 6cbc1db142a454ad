"""Signing in to the console and out of it: OAuth 2.1's code with PKCE, as any client of the house would do it.

The console is a public client (RFC 6749 section 2.1): what protects the code is the verifier, which waits in a sealed
cookie of the browser that began. ``state`` ties the answer to that browser, ``nonce`` the id token to that answer,
``iss`` the answer to this server (RFC 9207).
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import httpx2
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from stagedoor.client import StagedoorClientError, tokens_of
from stagedoor.console.errors import SignInFailed
from stagedoor.console.forms import FormGuard
from stagedoor.console.in_process import transport_for
from stagedoor.console.sessions import (
    SIGN_IN_SECONDS_MAX,
    ConsoleSession,
    SessionCookies,
    SignInAttempt,
)
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret

CLIENT_ID = "stagedoor-console"
SCOPES = "openid profile offline_access OR.Default"
HOME = "/console"
SIGN_IN_PATH = "/console/sign-in"
CALLBACK_PATH = "/console/callback"
AUTHORIZE = "/identity_/connect/authorize"
TOKEN = "/identity_/connect/token"
REVOCATION = "/identity_/connect/revocation"
END_SESSION = "/identity_/connect/endsession"
NEXT_LENGTH_MAX = 1000

_log = get_logger("stagedoor.console")


class SignInDesk:
    """The three pages around a session: where it begins, where it is made, where it ends."""

    def __init__(
        self,
        *,
        app: ASGIApp,
        base_url: str,
        cookies: SessionCookies,
        guard: FormGuard,
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._app = app
        self._base_url = base_url
        self._cookies = cookies
        self._guard = guard
        self._clock = clock
        self._chance = chance

    @property
    def token_url(self) -> str:
        """The token endpoint, where a session's tokens are renewed."""
        return self._base_url + TOKEN

    async def begin(self, request: Request) -> Response:
        """Send the browser to the sign-in page of the house."""
        next_path = local_path(request.query_params.get("next", ""))
        if request.headers.get("host") != self._base_url.partition("://")[2]:
            # Cookies belong to a host name: somebody who came by another one would not bring them back from sign-in.
            return RedirectResponse(f"{self._base_url}{SIGN_IN_PATH}?{urlencode({'next': next_path})}", 303)
        attempt = SignInAttempt(
            state=random_base62(self._chance, 22),
            nonce=random_base62(self._chance, 22),
            verifier=Secret(random_base62(self._chance, 64)),
            next_path=next_path,
            began_at=self._clock.now(),
        )
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": self._base_url + CALLBACK_PATH,
            "scope": SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _base64url(hashlib.sha256(attempt.verifier.reveal().encode()).digest()),
            "code_challenge_method": "S256",
        }
        response = RedirectResponse(f"{self._base_url}{AUTHORIZE}?{urlencode(query)}", 303)
        self._cookies.write_attempt(response, attempt)
        return response

    async def finish(self, request: Request) -> Response:
        """Make a session of the answer that the browser brings back; raises :class:`SignInFailed`."""
        attempt = self._cookies.find_attempt(request)
        answer = request.query_params
        if attempt is None or not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            if self._cookies.find_session(request) is not None:
                # The page of an attempt that is over, opened again by "back" or in another tab.
                return RedirectResponse(HOME, 303)
            raise SignInFailed(internal="the answer's state is not that of this browser's attempt")
        if self._clock.now() > attempt.began_at + timedelta(seconds=SIGN_IN_SECONDS_MAX):
            raise SignInFailed("The sign-in took too long.", hint="Start again from the console.")
        if "error" in answer:
            raise SignInFailed(answer.get("error_description", "The sign-in was refused.")[:300], status=403)
        if answer.get("iss", self._base_url + "/identity_") != self._base_url + "/identity_" or "code" not in answer:
            raise SignInFailed(internal="the answer names another issuer or holds no code")
        session = await self._exchange(request, attempt, answer["code"])
        response = RedirectResponse(attempt.next_path, 303)
        self._cookies.remove_attempt(response)
        self._cookies.write_session(response, session)
        return response

    async def end(self, request: Request) -> Response:
        """End the session: its tokens at once, then the person's sign-in at the house."""
        session = self._cookies.find_session(request)
        if session is None:
            return RedirectResponse(HOME, 303)
        await self._guard.read(request, session)
        await self._revoke(request, session)
        query = {"client_id": CLIENT_ID, "post_logout_redirect_uri": self._base_url + HOME}
        if session.id_token is not None:
            query["id_token_hint"] = session.id_token.reveal()
        response = RedirectResponse(f"{self._base_url}{END_SESSION}?{urlencode(query)}", 303)
        self._cookies.remove_session(response)
        return response

    async def _exchange(self, request: Request, attempt: SignInAttempt, code: str) -> ConsoleSession:
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "code": code,
            "redirect_uri": self._base_url + CALLBACK_PATH,
            "code_verifier": attempt.verifier.reveal(),
        }
        async with httpx2.AsyncClient(transport=transport_for(self._app, request)) as http:
            answered = await http.post(self.token_url, data=form, headers={"Accept": "application/json"})
        if answered.status_code != httpx2.codes.OK:
            raise SignInFailed(internal=f"the token endpoint answered {answered.status_code}")
        now = self._clock.now()
        try:
            tokens = tokens_of(answered, now=now)
        except StagedoorClientError as failure:
            raise SignInFailed(internal=failure.message) from failure
        id_token = answered.json().get("id_token")
        if not isinstance(id_token, str) or not _is_for(id_token, attempt.nonce):
            raise SignInFailed(internal="the id token does not belong to this attempt")
        return ConsoleSession(
            id=random_base62(self._chance, 22), started_at=now, tokens=tokens, id_token=Secret(id_token)
        )

    async def _revoke(self, request: Request, session: ConsoleSession) -> None:
        token = session.tokens.refresh_token or session.tokens.access_token
        form = {"client_id": CLIENT_ID, "token": token.reveal()}
        async with httpx2.AsyncClient(transport=transport_for(self._app, request)) as http:
            answered = await http.post(self._base_url + REVOCATION, data=form)
        if not answered.is_success:
            # The person is signed out of this browser all the same; the tokens end by themselves.
            _log.warning("sign_out_left_tokens", status=answered.status_code)


def local_path(text: str) -> str:
    """Return a path of the console to go on with; the home page for anything that leads elsewhere."""
    is_ours = text == HOME or text.startswith((f"{HOME}/", f"{HOME}?"))
    is_plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= NEXT_LENGTH_MAX
    leads_back = text.startswith((SIGN_IN_PATH, CALLBACK_PATH))
    return text if is_ours and is_plain and not leads_back else HOME


def _is_for(id_token: str, nonce: str) -> bool:
    """Tell whether an id token was made for this client and this attempt.

    It came straight from the token endpoint of this very house, so its signature says nothing new (OpenID Connect Core
    section 3.1.3.7, point 6); whom it is for does.
    """
    try:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return False
    audience = claims.get("aud")
    is_ours = audience == CLIENT_ID or (isinstance(audience, list) and CLIENT_ID in audience)
    return (
        is_ours
        and isinstance(claims.get("nonce"), str)
        and hmac.compare_digest(claims["nonce"].encode(), nonce.encode())
    )


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
