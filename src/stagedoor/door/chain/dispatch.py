"""Step 9: hand the allowed request to the gateway and send the answer."""

from stagedoor.door.visit import Visit, known
from stagedoor.gateway.carriage import Carriage, destination_of
from stagedoor.passage import Allowed


async def dispatch(visit: Visit) -> None:
    """Carry the request out."""
    await visit.house.gateway.carry(carriage_of(visit), visit.receive, visit.start_answer, visit.send_body)


def carriage_of(visit: Visit) -> Carriage:
    """Return what is carried, and note where it goes. Without a verdict that is a yes nothing is carried."""
    verdict = known(visit.verdict if isinstance(visit.verdict, Allowed) else None)
    tenant = known(visit.tenant)
    visit.destination = destination_of(tenant)
    return Carriage(
        head=visit.head,
        query={name.lower(): value for name, value in visit.query},
        path=visit.place.path,
        base_url=visit.base_url,
        tenant=tenant,
        caller=known(visit.caller),
        match=known(visit.match),
        folder=visit.folder,
        reach=verdict.reach,
    )
