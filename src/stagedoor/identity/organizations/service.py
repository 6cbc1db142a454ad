"""What can be done with organizations and tenants."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from stagedoor.identity.organizations import store
from stagedoor.identity.organizations.errors import OrganizationNameRefused, OrganizationUnknown, TenantUnknown
from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}")
RESERVED_NAMES = frozenset(
    {
        "api",
        "authorize",
        "cloudrpa",
        "console",
        "files_",
        "forms",
        "healthz",
        "identity",
        "identity_",
        "metrics",
        "mobile",
        "oauth",
        "odata",
        "orchestrator_",
        "portal_",
        "readyz",
        "tasks",
    }
)
"""Words that begin a path of the house itself, so that no organization or tenant can be called so."""


class Organizations:
    """Make organizations and tenants, find them, and set what concerns a whole one."""

    def __init__(self, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def create_organization(
        self, session: Session, name: str, *, display_name: str | None = None, migrated_at: datetime | None = None
    ) -> Organization:
        """Make an organization; ``migrated_at`` marks one that came over from the time of passwords.

        Raises :class:`OrganizationNameRefused` when the name cannot stand in a URL or is taken.
        """
        _check_name(name)
        if store.find_organization(session, name) is not None:
            raise OrganizationNameRefused("An organization of this name exists already.", status=409)
        organization = Organization(
            id=random_guid(self._chance),
            name=name.lower(),
            display_name=display_name or name,
            created_at=self._clock.now(),
            migrated_at=migrated_at,
            legacy_window_open=False,
            legacy_window_until=None,
        )
        store.add(session, organization)
        record_change(session, "organization", organization.id)
        return organization

    def create_tenant(
        self, session: Session, organization: Organization, name: str, *, display_name: str | None = None
    ) -> Tenant:
        """Make a tenant with the embedded Orchestrator; names keep their letter case and are unique without it.

        Raises :class:`OrganizationNameRefused` when the name cannot stand in a URL or is taken.
        """
        _check_name(name)
        if store.find_tenant(session, organization.id, name) is not None:
            raise OrganizationNameRefused("A tenant of this name exists already.", status=409)
        tenant = Tenant(
            id=random_guid(self._chance),
            organization_id=organization.id,
            name=name,
            display_name=display_name or name,
            created_at=self._clock.now(),
            remote_base_url=None,
            sealed_upstream_token=None,
            connection_id=None,
        )
        store.add(session, tenant)
        record_change(session, "tenant", tenant.id)
        return tenant

    def verify_tenant_name(self, name: str) -> None:
        """Raise :class:`OrganizationNameRefused` unless a tenant can be called so; whether one is, is not asked."""
        _check_name(name)

    def get_organization(self, session: Session, word: str) -> Organization:
        """Return the organization of this logical name or id, or raise :class:`OrganizationUnknown`."""
        organization = store.find_organization(session, word)
        if organization is None:
            raise OrganizationUnknown
        return organization

    def get_tenant(self, session: Session, organization_id: str, word: str) -> Tenant:
        """Return the organization's tenant of this name or id, or raise :class:`TenantUnknown`."""
        tenant = store.find_tenant(session, organization_id, word)
        if tenant is None:
            raise TenantUnknown
        return tenant

    def set_legacy_window(
        self, session: Session, organization: Organization, *, is_open: bool, until: datetime | None
    ) -> None:
        """Open or close the legacy window of an organization, with the date of its end."""
        organization.legacy_window_open = is_open
        organization.legacy_window_until = until
        record_change(session, "organization", organization.id)

    def set_destination(
        self, session: Session, tenant: Tenant, *, remote_base_url: str | None, token: Secret | None
    ) -> None:
        """Send a tenant to a remote Orchestrator with a bearer token, or back to the embedded one with ``None``.

        The token is sealed and bound to this tenant; a connection that the tenant was mapped to is left. The address
        is taken as it is: who may set it decides that.
        """
        tenant.remote_base_url = remote_base_url.rstrip("/") if remote_base_url else None
        sealed = None
        if tenant.remote_base_url and token:
            sealed = self._vault.seal(token, context=f"tenant:{tenant.id}", chance=self._chance)
        tenant.sealed_upstream_token = sealed
        tenant.connection_id = None
        record_change(session, "tenant", tenant.id)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name.lower() in RESERVED_NAMES:
        raise OrganizationNameRefused(details={"name": name[:64]})
