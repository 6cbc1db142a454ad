"""The way of files, first step: the permit in the address, which is the only credential here.

What the address says besides is compared with the permit and never believed: an address with another tenant, another
file's name or anything added to it was changed by somebody.
"""

import re

from stagedoor.audit.errors import AuditUnavailable
from stagedoor.door.visit import Visit
from stagedoor.orchestrator.file_addresses.access import ROOT, file_name_in_address
from stagedoor.orchestrator.file_addresses.errors import FileAddressRefused
from stagedoor.orchestrator.file_addresses.permits import WRITE, FilePermit
from stagedoor.passage import TenantPlace

_QUERY = re.compile(r"permit=([A-Za-z0-9_-]+\.[0-9a-f]{64})")


def present_permit(visit: Visit) -> None:
    """Fill in the permit and the tenant.

    Raises :class:`~stagedoor.orchestrator.file_addresses.errors.FileAddressRefused` for an address that was forged,
    changed or given for another method, and ``FileAddressExpired``. A change also needs an audit that can be written.
    """
    house = visit.house
    presented = _QUERY.fullmatch(visit.head.query)
    if presented is None:
        raise FileAddressRefused
    permit = house.orchestrator.file_traffic.read_permit(presented[1])
    permit.verify(visit.head.method, house.clock.now())
    visit.tenant = _tenant_of(visit, permit)
    visit.file_permit = permit
    if not (house.audit.is_healthy() if permit.method == WRITE else house.audit.has_room()):
        raise AuditUnavailable


def _tenant_of(visit: Visit, permit: FilePermit) -> TenantPlace:
    directory, place = visit.house.directory, visit.place
    entry = directory.find_tenant_by_id(permit.tenant_id)
    if entry is None or place.path != f"/{ROOT}/{file_name_in_address(permit.path)}":
        raise FileAddressRefused
    if place.organization is not None:
        organization = directory.find_organization(place.organization)
        named = directory.find_tenant(organization.id, place.tenant or "") if organization else None
        if named is None or named.place.tenant_id != permit.tenant_id:
            raise FileAddressRefused
    if entry.place.remote_base_url is not None:
        raise FileAddressRefused(
            "The tenant of this address has moved to another Orchestrator since.",
            hint="Ask that one for an address; the files that were kept here stayed here.",
        )
    return entry.place
