"""What a caller may know of the organization it belongs to."""

from stagedoor.identity.account_discovery.errors import CredentialBoundElsewhere
from stagedoor.identity.account_discovery.schemas import (
    AccountsForUser,
    ServiceInstance,
    TenantsAndOrganization,
)
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.errors import OrganizationUnknown
from stagedoor.identity.organizations.schemas import OrganizationEntry
from stagedoor.kit.networks import admit
from stagedoor.passage import Caller


class AccountDiscovery:
    """Answer discovery from memory. ``base_url`` is the origin that callers use.

    A caller sees its own organization and the tenants that it may enter. For a wrong name it is told the right one,
    unless it may enter nothing; whether another organization exists is never said.
    """

    def __init__(self, directory: OrganizationDirectory, base_url: str) -> None:
        self._directory = directory
        self._base_url = base_url.rstrip("/")

    def accounts_for(self, caller: Caller) -> AccountsForUser:
        """Return the one organization of a caller, as a list."""
        organization = self._get_own(caller)
        return {
            "userEmail": caller.email or "",
            "accounts": [{"accountName": organization.display_name, "accountLogicalName": organization.name}],
        }

    def service_instances(self, caller: Caller, account: str) -> list[ServiceInstance]:
        """Return the tenants of an account that a caller may enter; raises :class:`OrganizationUnknown`."""
        organization = self._get_named(caller, account)
        return [
            {
                "serviceInstanceName": entry.display_name,
                "serviceInstanceLogicalName": entry.place.tenant_name,
                "serviceType": "ORCHESTRATOR",
                "serviceUrl": f"{self._base_url}/{organization.name}/{entry.place.tenant_name}",
            }
            for entry in organization.tenants_open_to(caller.tenant_ids)
        ]

    def tenants_and_organization(self, caller: Caller, word: str) -> TenantsAndOrganization:
        """Return an organization, by name or id, with the tenants that a caller may enter.

        Raises :class:`OrganizationUnknown`.
        """
        organization = self._get_named(caller, word)
        return {
            "tenants": [
                {"name": entry.place.tenant_name, "id": entry.place.tenant_id}
                for entry in organization.tenants_open_to(caller.tenant_ids)
            ],
            "organization": {"name": organization.name, "id": organization.id},
        }

    def _get_own(self, caller: Caller) -> OrganizationEntry:
        organization = self._directory.find_organization(caller.organization_id)
        if organization is None:
            raise OrganizationUnknown(internal=f"the organization of caller {caller.id} is gone")
        return organization

    def _get_named(self, caller: Caller, word: str) -> OrganizationEntry:
        own = self._get_own(caller)
        named = self._directory.find_organization(word)
        if named is None or named.id != own.id:
            raise OrganizationUnknown(visible_names=[own.name] if own.tenants_open_to(caller.tenant_ids) else [])
        return named


def verify_network(caller: Caller, client_address: str) -> None:
    """Raise :class:`CredentialBoundElsewhere` for a caller whose credential is bound to other networks.

    Discovery passes no verdict, which elsewhere asks this among other things.
    """
    if not admit(caller.terms.networks, client_address):
        raise CredentialBoundElsewhere
