"""Step 5: which tenant the request addresses, and whether this caller may enter it."""

from stagedoor.door.refusals import TenantNeeded
from stagedoor.door.visit import Visit, known
from stagedoor.identity.organizations.errors import OrganizationUnknown, TenantUnknown
from stagedoor.identity.organizations.schemas import TenantEntry
from stagedoor.passage import Caller

TENANT_HEADER = "x-uipath-tenantname"


def find_tenant(visit: Visit) -> None:
    """Fill in the tenant: from the address, else from X-UIPATH-TenantName, else the only one open to the caller.

    Raises :class:`OrganizationUnknown` and :class:`TenantUnknown`, which name what the caller may enter and nothing
    else, or :class:`TenantNeeded`.
    """
    caller = known(visit.caller)
    directory = visit.house.directory
    place = visit.place
    organization_id = caller.organization_id
    if place.organization is not None:
        organization = directory.find_organization(place.organization)
        if organization is None or organization.id != organization_id:
            own = directory.find_organization(organization_id)
            raise OrganizationUnknown(visible_names=[own.name] if own else ())
    word = place.tenant or visit.head.headers.get(TENANT_HEADER, "").strip()
    entry: TenantEntry | None
    if word:
        entry = directory.find_tenant(organization_id, word)
        if entry is None or not _may_enter(caller, entry.place.tenant_id):
            raise TenantUnknown(visible_names=directory.tenant_names(organization_id, caller.tenant_ids))
    else:
        entry = directory.find_only_tenant(organization_id, caller.tenant_ids)
        if entry is None:
            raise TenantNeeded(details={"tenants": list(directory.tenant_names(organization_id, caller.tenant_ids))})
    visit.tenant = entry.place


def _may_enter(caller: Caller, tenant_id: str) -> bool:
    return caller.tenant_ids is None or tenant_id in caller.tenant_ids
