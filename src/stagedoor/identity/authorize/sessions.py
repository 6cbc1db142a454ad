"""Sign-in sessions: who is signed in in which browser."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from stagedoor.identity.authorize import store
from stagedoor.identity.authorize.models import SignInSession
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.kit.chance import Chance, random_base62
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

SESSION_LIFETIME = timedelta(hours=12)
COOKIE_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in in this browser."""

    user: UserEntry
    at: datetime


class SignInSessions:
    """Start, find and end sessions. The cookie's value is chosen here at each sign-in and never taken from a browser,
    so nobody can be made to sign in under a value that somebody else knows."""

    def __init__(self, users: UserDirectory, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._users = users
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def start(self, session: Session, user_id: str) -> Secret:
        """Start a session and return its cookie's value."""
        cookie = Secret(random_base62(self._chance, 43))
        now = self._clock.now()
        row = SignInSession(
            keyed_hash=self._vault.keyed_hash(cookie.reveal()),
            user_id=user_id,
            signed_in_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
        store.add_session(session, row)
        return cookie

    def find(self, session: Session, cookie: str | None) -> SignedIn | None:
        """Return who is signed in, if the session lives and its person may still act."""
        if not cookie or len(cookie) > COOKIE_LENGTH_MAX:
            return None
        row = store.find_session(session, self._vault.keyed_hash(cookie))
        if row is None or self._clock.now() >= row.expires_at:
            return None
        user = self._users.find_active_user(row.user_id)
        return None if user is None else SignedIn(user, row.signed_in_at)

    def end(self, session: Session, cookie: str | None) -> None:
        """End a session; one that is not there is no error."""
        if cookie and len(cookie) <= COOKIE_LENGTH_MAX:
            store.delete_session(session, self._vault.keyed_hash(cookie))

    def end_all_of(self, session: Session, user_id: str) -> None:
        """End every session of a person, for example when the password is reset."""
        store.delete_sessions_of(session, user_id)

    def clean_up(self, session: Session) -> None:
        """Remove sessions that are over."""
        store.delete_expired_sessions(session, self._clock.now())


class Cookies:
    """Names and attributes of identity's two cookies; over https they are bound to this host (``__Host-``)."""

    def __init__(self, base_url: str) -> None:
        self._is_https = base_url.startswith("https://")
        prefix = "__Host-" if self._is_https else ""
        self.session = f"{prefix}stagedoor_session"
        self.browser = f"{prefix}stagedoor_browser"

    def set(self, response: Response, name: str, value: str) -> None:
        """Put a cookie on a response; it goes when the browser is closed."""
        response.set_cookie(name, value, path="/", secure=self._is_https, httponly=True, samesite="lax")

    def remove(self, response: Response, name: str) -> None:
        """Take a cookie away."""
        response.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="lax")
