"""Step 5: which tenant the request addresses, and whether this caller may enter it."""

from stagedoor.door.refusals import TenantNeeded, TenantUnknown
from stagedoor.door.visit import Visit
from stagedoor.identity.organizations.schemas import TenantEntry
from stagedoor.passage import Caller

TENANT_HEADER = "x-uipath-tenantname"


async def find_tenant(visit: Visit) -> None:
    """Fill in the tenant: from the address, else from X-UIPATH-TenantName, else the only one open to the caller.

    Raises :class:`TenantUnknown`, which names the tenants that the caller may enter and no other, or
    :class:`TenantNeeded`.
    """
    caller = visit.caller
    assert caller is not None  # noqa: S101
    directory = visit.house.directory
    place = visit.place
    organization_id = caller.organization_id
    if place.organization is not None:
        organization = directory.find_organization(place.organization)
        if organization is None or organization.id != organization_id:
            raise _unknown(visit, caller)
    word = place.tenant or visit.head.headers.get(TENANT_HEADER, "").strip()
    entry: TenantEntry | None
    if word:
        entry = directory.find_tenant(organization_id, word)
        if entry is None or not _may_enter(caller, entry.place.tenant_id):
            raise _unknown(visit, caller)
    else:
        entry = directory.find_only_tenant(organization_id, caller.tenant_ids)
        if entry is None:
            raise TenantNeeded(details={"tenants": list(directory.tenant_names(organization_id, caller.tenant_ids))})
    visit.tenant = entry.place


def _may_enter(caller: Caller, tenant_id: str) -> bool:
    return caller.tenant_ids is None or tenant_id in caller.tenant_ids


def _unknown(visit: Visit, caller: Caller) -> TenantUnknown:
    directory = visit.house.directory
    own = directory.find_organization(caller.organization_id)
    names = directory.tenant_names(caller.organization_id, caller.tenant_ids)
    addresses = [f"/{own.name}/{name}" for name in names] if own is not None else []
    return TenantUnknown(
        hint=f"With this credential you may enter {', '.join(addresses)}." if addresses else None,
        details={"tenants": addresses},
    )
