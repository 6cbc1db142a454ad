"""Step 9: hand the allowed request to the gateway and send the answer."""

from stagedoor.door.visit import Visit
from stagedoor.gateway.dispatch import Carriage, destination_of
from stagedoor.passage import Allowed


async def dispatch(visit: Visit) -> None:
    """Carry the request out. Reached only with a verdict that is a yes."""
    verdict, tenant, caller, match = visit.verdict, visit.tenant, visit.caller, visit.match
    if not isinstance(verdict, Allowed) or tenant is None or caller is None or match is None:
        raise RuntimeError("a request reached dispatch without a verdict")
    visit.destination = destination_of(tenant)
    carriage = Carriage(
        head=visit.head,
        query={name.lower(): value for name, value in visit.query},
        path=visit.place.path,
        base_url=visit.base_url,
        tenant=tenant,
        caller=caller,
        match=match,
        folder=visit.folder,
        reach=verdict.reach,
    )
    await visit.house.gateway.carry(carriage, visit.receive, visit.start_answer, visit.send_body)
