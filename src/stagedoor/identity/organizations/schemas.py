"""Organizations and tenants as the rest of the house sees them."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.passage import TenantPlace


@dataclass(frozen=True, slots=True)
class LegacyWindow:
    """An organization's policy for basic authentication.

    ``migrated_at`` is ``None`` for an organization made since passwords were retired, which can never use them.
    ``until`` is ``None`` where no end is set.
    """

    is_open: bool
    until: datetime | None
    migrated_at: datetime | None


@dataclass(frozen=True, slots=True)
class TenantEntry:
    """One tenant: its place for requests and the name that people read."""

    place: TenantPlace
    display_name: str


@dataclass(frozen=True, slots=True)
class OrganizationEntry:
    """One organization with its tenants in order of name."""

    id: str
    name: str
    display_name: str
    legacy_window: LegacyWindow
    tenants: tuple[TenantEntry, ...]

    def tenants_open_to(self, tenant_ids: frozenset[str] | None) -> tuple[TenantEntry, ...]:
        """Return the tenants that a caller may enter; ``None`` means all of them."""
        if tenant_ids is None:
            return self.tenants
        return tuple(entry for entry in self.tenants if entry.place.tenant_id in tenant_ids)
