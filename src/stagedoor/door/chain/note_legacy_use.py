"""A step for callers of the old way: count the use, and say on the answer that it is going away."""

from stagedoor.door.visit import Visit, known
from stagedoor.identity.legacy_basic.sunset import sunset_headers
from stagedoor.passage import CredentialKind


def note_legacy_use(visit: Visit) -> None:
    """Count one use of a legacy token by user, network, client and operation; other callers pass untouched."""
    caller = known(visit.caller)
    if caller.credential_kind is not CredentialKind.LEGACY_TOKEN:
        return
    house = visit.house
    organization = house.directory.find_organization(caller.organization_id)
    headers = sunset_headers(organization.legacy_window if organization else None)
    visit.answer_headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    house.legacy_uses.note(
        organization_id=caller.organization_id,
        user_id=caller.user_id or caller.id,
        client_address=visit.head.client_address,
        user_agent=visit.head.headers.get("user-agent", ""),
        operation=known(visit.match).operation.id,
        now=visit.now,
    )
