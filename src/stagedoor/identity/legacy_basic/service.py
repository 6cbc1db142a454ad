"""Logs in the old way, as far as the window is open; and shows who may and who did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.identity.attempts import AttemptLimits
from stagedoor.identity.legacy_basic import store
from stagedoor.identity.legacy_basic.errors import InvalidCredentials, LegacyLoginRefused
from stagedoor.identity.legacy_basic.policy import (
    FailedCondition,
    find_failed_condition_of_organization,
    find_failed_condition_of_user,
)
from stagedoor.identity.legacy_basic.schemas import Eligibility, LegacyUse, LoginAttempt
from stagedoor.identity.legacy_basic.tokens import LegacyTokens
from stagedoor.identity.legacy_basic.uses import LOGIN, LegacyUses
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.schemas import LegacyWindow, OrganizationEntry, TenantEntry
from stagedoor.identity.passwords import Passwords, PasswordsBusy
from stagedoor.identity.users.directory import UserDirectory, api_password_mark
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.users.service import Users
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret

TENANT_NEEDED = "tenant_needed"
TENANT_NOT_OPEN = "tenant_not_open"

_log = get_logger("stagedoor.identity")


@dataclass(frozen=True, slots=True)
class LegacyLogin:
    """A login that was let in: its token, who it is and where the token leads."""

    token: Secret
    person: UserEntry
    tenant: TenantEntry


@dataclass(frozen=True, slots=True)
class _Account:
    """The one stored hash that a login is checked against, and whose it is; all empty for nobody."""

    user_id: str | None = None
    stored_hash: str | None = None
    api_password_mark: str = ""


class LegacyBasic:
    """The old login.

    Order matters. What concerns the organization as a whole is said first and to everybody who names it. Then the
    password is checked, once and for the same time whoever is named. Only who proved to be the user hears which
    condition of the user's own failed.
    """

    def __init__(
        self,
        *,
        database: Database,
        organizations: OrganizationDirectory,
        user_directory: UserDirectory,
        users: Users,
        passwords: Passwords,
        tokens: LegacyTokens,
        uses: LegacyUses,
        attempts: AttemptLimits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._organizations = organizations
        self._user_directory = user_directory
        self._users = users
        self._passwords = passwords
        self._tokens = tokens
        self._uses = uses
        self._attempts = attempts
        self._clock = clock

    def log_in(self, attempt: LoginAttempt) -> LegacyLogin:
        """Return a token for 30 minutes. Blocks for tens of milliseconds: belongs into a worker thread.

        Raises :class:`InvalidCredentials`, :class:`LegacyLoginRefused`,
        :class:`~stagedoor.identity.attempts.TooManyAttempts` and
        :class:`~stagedoor.identity.passwords.PasswordsBusy`.
        """
        now = self._clock.now()
        organization = self.find_organization(attempt.organization, attempt.body.tenancy_name)
        if organization is not None:
            failed = find_failed_condition_of_organization(organization.name, organization.legacy_window, now)
            if failed is not None:
                _log.info("legacy_login_refused", organization=organization.name, reason=failed.reason)
                raise LegacyLoginRefused(failed.reason, failed.sentence)
        person = self._verify_password(attempt, organization, now)
        if organization is None or person is None:
            raise InvalidCredentials
        try:
            tenant = self._tenant_for(attempt, organization, person)
        except LegacyLoginRefused as refused:
            self._note(attempt, person, f"{LOGIN} refused: {refused.reason}", now)
            raise
        self._note(attempt, person, LOGIN, now)
        token = self._tokens.issue(
            user_id=person.id,
            tenant_id=tenant.place.tenant_id,
            api_password_mark=person.api_password_mark,
            now=now,
        )
        return LegacyLogin(token, person, tenant)

    def find_organization(self, word: str | None, tenancy_name: str = "") -> OrganizationEntry | None:
        """Return the organization that an address or, without one, the tenancy name stands for.

        A tenancy name that fits tenants of several organizations finds none; where there is one organization in
        all, it is meant.
        """
        if word is not None:
            return self._organizations.find_organization(word)
        everybody = self._organizations.all_organizations()
        if len(everybody) == 1:
            return everybody[0]
        if not tenancy_name:
            return None
        named = [entry for entry in everybody if self._organizations.find_tenant(entry.id, tenancy_name) is not None]
        if len(named) == 1:
            return named[0]
        return None if named else self._organizations.find_organization(tenancy_name)

    def list_uses(self, session: Session, organization_id: str, *, limit: int = 500) -> tuple[LegacyUse, ...]:
        """Return who used the old way, the latest in front; what is not yet written is not in it."""
        return tuple(
            LegacyUse(
                user_id=row.user_id,
                username=username,
                network=row.network,
                client=row.client,
                operation=row.operation,
                count=row.count,
                first_used_at=row.first_used_at,
                last_used_at=row.last_used_at,
            )
            for row, username in store.list_uses(session, organization_id, limit=limit)
        )

    def list_eligibility(self, organization: OrganizationEntry) -> Sequence[Eligibility]:
        """Return for each active user of an organization whether the old way is open, by name."""
        failed = find_failed_condition_of_organization(organization.name, organization.legacy_window, self._clock.now())
        people = self._user_directory.active_users_of(organization.id)
        return [_eligibility(person, organization.legacy_window, failed) for person in people]

    def _verify_password(
        self, attempt: LoginAttempt, organization: OrganizationEntry | None, now: datetime
    ) -> UserEntry | None:
        body = attempt.body
        limited_as = f"{organization.id if organization else ''}/{body.username_or_email}"
        self._attempts.pay(limited_as, attempt.client_address, now)
        account = self._account(organization, body.username_or_email)
        try:
            is_right = self._passwords.is_right(body.password, account.stored_hash)
        except PasswordsBusy:
            self._attempts.give_back(limited_as, attempt.client_address, now)
            raise
        person = None if account.user_id is None else self._user_directory.find_active_user(account.user_id)
        if not is_right or person is None:
            _log.warning("legacy_login_failed", organization=organization.name if organization else None)
            return None
        self._attempts.give_back(limited_as, attempt.client_address, now)
        # As the store has it now: the copy in memory may still know an API password that was taken away just before.
        return replace(person, api_password_mark=account.api_password_mark)

    def _account(self, organization: OrganizationEntry | None, username_or_email: str) -> _Account:
        if organization is None:
            return _Account()
        with self._database.read() as session:
            user = self._users.find_user(session, organization.id, username_or_email)
            if user is None:
                return _Account()
            # Who has no API password proves by the sign-in password to be the user, to be told why it is not enough.
            return _Account(
                user.id, user.api_password_hash or user.password_hash, api_password_mark(user.api_password_hash)
            )

    def _tenant_for(self, attempt: LoginAttempt, organization: OrganizationEntry, person: UserEntry) -> TenantEntry:
        failed = find_failed_condition_of_user(person, organization.legacy_window)
        if failed is not None:
            raise LegacyLoginRefused(failed.reason, failed.sentence, person=person)
        tenant_ids = None if person.is_administrator else frozenset(role.tenant_id for role in person.roles)
        open_tenants = organization.tenants_open_to(tenant_ids)
        names = ", ".join(entry.place.tenant_name for entry in open_tenants)
        hint = f"Tenants that you can name: {names}." if names else "No tenant is open to this user."
        named = self._named_tenants(attempt, organization)
        if not named:
            if len(open_tenants) != 1:
                raise LegacyLoginRefused(TENANT_NEEDED, "The login names no tenant.", hint=hint, person=person)
            return open_tenants[0]
        entry = named[0]
        if entry is None or entry not in open_tenants or any(other != entry for other in named):
            raise LegacyLoginRefused(
                TENANT_NOT_OPEN, "The login names a tenant that is not open to you.", hint=hint, person=person
            )
        return entry

    def _named_tenants(self, attempt: LoginAttempt, organization: OrganizationEntry) -> list[TenantEntry | None]:
        find = self._organizations.find_tenant
        named = [] if attempt.tenant is None else [find(organization.id, attempt.tenant)]
        tenancy_name = attempt.body.tenancy_name
        tenant = find(organization.id, tenancy_name)
        # Old clients of the cloud put the account's name there, which then says nothing about the tenant.
        if tenant is not None or tenancy_name.lower() not in ("", organization.name.lower(), organization.id.lower()):
            named.append(tenant)
        return named

    def _note(self, attempt: LoginAttempt, person: UserEntry, operation: str, now: datetime) -> None:
        self._uses.note(
            organization_id=person.organization_id,
            user_id=person.id,
            client_address=attempt.client_address,
            user_agent=attempt.user_agent,
            operation=operation,
            now=now,
        )


def _eligibility(person: UserEntry, window: LegacyWindow, failed: FailedCondition | None) -> Eligibility:
    failed = failed or find_failed_condition_of_user(person, window)
    return Eligibility(person.id, person.username, failed.reason if failed else "", failed.sentence if failed else "")
