"""Signing in: a name and a password become a session; the same words whatever was wrong."""

import hmac
from dataclasses import dataclass

from stagedoor.identity.attempts import AttemptLimits, TooManyAttempts
from stagedoor.identity.authorize.sessions import SignInSessions
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.passwords import PasswordsBusy
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.errors import SignInRefused
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.users.service import Users
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What somebody typed, and from where."""

    organization_word: str
    username: str
    password: Secret
    address: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the value of its cookie, and whose it is."""

    cookie: Secret
    person: UserEntry | None


@dataclass(frozen=True, slots=True)
class TryLater:
    """The password was not looked at; it may be tried again after so many seconds. ``reason`` is the error's code."""

    after_seconds: int
    reason: str
    organization_id: str | None


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """Nothing was opened; nobody is told which part was wrong."""

    organization_id: str | None


class SignIn:
    """Check who signs in and start a session. Blocks for the time that a password hash takes."""

    def __init__(
        self,
        users: Users,
        directory: UserDirectory,
        organizations: OrganizationDirectory,
        sessions: SignInSessions,
        attempts: AttemptLimits,
        database: Database,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._users = users
        self._directory = directory
        self._organizations = organizations
        self._sessions = sessions
        self._attempts = attempts
        self._database = database
        self._vault = vault
        self._clock = clock

    def sign_in(self, form: SignInForm, old_cookie: str | None) -> Opened | WrongPassword | TryLater:
        """Return a new session; the one that the browser had before ends."""
        counted_name = f"{form.organization_word[:64]}/{form.username.strip()[:256]}"
        organization = self._organizations.find_organization(form.organization_word)
        # An unknown organization takes the same way, so that it takes the same time.
        organization_id = organization.id if organization is not None else ""
        try:
            self._attempts.pay(counted_name, form.address, self._clock.now())
            with self._database.read() as session:
                user = self._users.verify_sign_in(session, organization_id, form.username, form.password)
                user_id, verified_hash = user.id, user.password_hash
        except SignInRefused:
            return WrongPassword(organization_id or None)
        except (TooManyAttempts, PasswordsBusy) as busy:
            return TryLater(int(busy.headers["Retry-After"]), busy.code, organization_id or None)
        self._attempts.give_back(counted_name, form.address, self._clock.now())
        with self._database.write() as session:
            # Hashing takes a while, in which the password may have been replaced and everything it opened ended.
            user = self._users.get_user(session, organization_id, user_id)
            if user.password_hash != verified_hash or not user.is_active:
                return WrongPassword(organization_id or None)
            self._sessions.end(session, old_cookie)
            return Opened(self._sessions.start(session, user_id), self._directory.find_user(user_id))

    def form_mark(self, purpose: str, *bound_to: str) -> str:
        """Return what a form has to send back: bound to the browser's cookie, so that no other site can know it."""
        return self._vault.keyed_hash("\n".join(("form", purpose, *bound_to)))

    def is_form_mark(self, mark: str, purpose: str, *bound_to: str) -> bool:
        """Tell whether a form came from the page that was drawn for this browser."""
        return hmac.compare_digest(mark.encode(), self.form_mark(purpose, *bound_to).encode())
