"""Every organization and tenant in memory, found by any word that a URL may use for it; no store on the way."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from stagedoor.identity.organizations import store
from stagedoor.identity.organizations.models import Tenant
from stagedoor.identity.organizations.schemas import LegacyWindow, OrganizationEntry, TenantEntry
from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.passage import TenantPlace
from stagedoor.upstream.upstream_tokens.places import UpstreamPlace, read_places


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the store. A renewal puts a whole new one in place, so no reader sees half of it."""

    organizations: tuple[OrganizationEntry, ...]
    organization_by_word: Mapping[str, OrganizationEntry]
    tenant_by_word: Mapping[tuple[str, str], TenantEntry]
    tenant_by_id: Mapping[str, TenantEntry]


EMPTY = _Snapshot((), {}, {}, {})


class OrganizationDirectory:
    """Find organizations and tenants without the store.

    ``follow`` the feed, let it ``start_from_now``, then ``load``. Renewed whole on a change of topic ``organization``
    or ``tenant``: both are few and change seldom. Raises :class:`~stagedoor.kit.crypto.SealBroken` on loading when an
    upstream token was sealed with another master key.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._snapshot = EMPTY
        # Of two loadings at once the one that read the older state must not be the last to put its snapshot in place.
        self._reading = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy fresh from now on."""
        feed.subscribe(("organization", "tenant"), self._renew)

    def load(self) -> None:
        """Read everything."""
        with self._reading:
            self._snapshot = self._read()

    def all_organizations(self) -> tuple[OrganizationEntry, ...]:
        """Return every organization by name."""
        return self._snapshot.organizations

    def find_organization(self, word: str) -> OrganizationEntry | None:
        """Return the organization whose logical name or id this is, in any letter case."""
        return self._snapshot.organization_by_word.get(word.lower())

    def find_tenant(self, organization_id: str, word: str) -> TenantEntry | None:
        """Return the organization's tenant whose id, name or display name this is, in any letter case.

        Where one tenant's display name is another's name, the name counts.
        """
        return self._snapshot.tenant_by_word.get((organization_id, word.lower()))

    def find_tenant_by_id(self, tenant_id: str) -> TenantEntry | None:
        """Return the tenant of this id, whichever organization it belongs to."""
        return self._snapshot.tenant_by_id.get(tenant_id)

    def find_only_tenant(self, organization_id: str, tenant_ids: frozenset[str] | None = None) -> TenantEntry | None:
        """Return the one tenant that a caller may enter, for paths that name none; ``None`` when there are several."""
        organization = self.find_organization(organization_id)
        open_tenants = organization.tenants_open_to(tenant_ids) if organization else ()
        return open_tenants[0] if len(open_tenants) == 1 else None

    def tenant_names(self, organization_id: str, tenant_ids: frozenset[str] | None = None) -> tuple[str, ...]:
        """Return the names of the tenants that a caller may enter, for an answer that helps."""
        organization = self.find_organization(organization_id)
        entries = organization.tenants_open_to(tenant_ids) if organization else ()
        return tuple(entry.place.tenant_name for entry in entries)

    def _renew(self, _: tuple[Change, ...]) -> None:
        self.load()

    def _read(self) -> _Snapshot:
        with self._database.read() as session:
            organization_rows = store.all_organizations(session)
            tenant_rows = store.all_tenants(session)
            upstreams = read_places(session, self._vault)
            names = {row.id: row.name for row in organization_rows}
            entries_of: dict[str, list[TenantEntry]] = {row.id: [] for row in organization_rows}
            for tenant in tenant_rows:
                entry = self._tenant_entry(tenant, names[tenant.organization_id], upstreams)
                entries_of[tenant.organization_id].append(entry)
            organizations = tuple(
                OrganizationEntry(
                    id=row.id,
                    name=row.name,
                    display_name=row.display_name,
                    legacy_window=LegacyWindow(row.legacy_window_open, row.legacy_window_until, row.migrated_at),
                    tenants=tuple(entries_of[row.id]),
                )
                for row in organization_rows
            )
        return _snapshot_of(organizations)

    def _tenant_entry(
        self, tenant: Tenant, organization_name: str, upstreams: Mapping[str, UpstreamPlace]
    ) -> TenantEntry:
        sealed = tenant.sealed_upstream_token
        own_token = self._vault.unseal(sealed, context=f"tenant:{tenant.id}") if sealed else None
        upstream = upstreams[tenant.connection_id] if tenant.connection_id else None
        place = TenantPlace(
            organization_id=tenant.organization_id,
            organization_name=organization_name,
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            remote_base_url=upstream.base_url if upstream else tenant.remote_base_url,
            upstream_token=upstream.token if upstream else own_token,
            connection_id=tenant.connection_id,
            ca_pem=upstream.ca_pem if upstream else None,
            proxy_url=upstream.proxy_url if upstream else None,
        )
        return TenantEntry(place, tenant.display_name)


def _snapshot_of(organizations: tuple[OrganizationEntry, ...]) -> _Snapshot:
    organization_by_word: dict[str, OrganizationEntry] = {}
    tenant_by_word: dict[tuple[str, str], TenantEntry] = {}
    tenant_by_id: dict[str, TenantEntry] = {}
    # Later assignments win: a display name gives way to a name, and a name to an id.
    organization_by_word.update((organization.name.lower(), organization) for organization in organizations)
    organization_by_word.update((organization.id.lower(), organization) for organization in organizations)
    for organization in organizations:
        for entry in organization.tenants:
            tenant_by_id[entry.place.tenant_id] = entry
            tenant_by_word[organization.id, entry.display_name.lower()] = entry
        for entry in organization.tenants:
            tenant_by_word[organization.id, entry.place.tenant_name.lower()] = entry
        for entry in organization.tenants:
            tenant_by_word[organization.id, entry.place.tenant_id.lower()] = entry
    return _Snapshot(organizations, organization_by_word, tenant_by_word, tenant_by_id)
