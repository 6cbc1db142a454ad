"""Step 8: may this caller do this, here and now. Only this decides."""

from stagedoor.audit.errors import AuditUnavailable
from stagedoor.door.refusals import NotAuthorized
from stagedoor.door.visit import Visit, known
from stagedoor.passage import Denied

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def judge(visit: Visit) -> None:
    """Fill in the verdict, and refuse unless it is a yes. A change also needs an audit that can be written."""
    house = visit.house
    visit.verdict = house.judge.judge(
        known(visit.caller),
        known(visit.match).operation,
        visit.folder,
        tenant=known(visit.tenant),
        client_address=visit.head.client_address,
        now=visit.now,
    )
    if isinstance(visit.verdict, Denied):
        raise NotAuthorized(
            visit.verdict,
            hint="Ask an administrator of this Stagedoor for the smallest grant named here, or see /console.",
        )
    # A read may go on while the store is away, for as long as its row can be kept in memory; a change may not.
    if not (house.audit.has_room() if visit.head.method in READING else house.audit.is_healthy()):
        raise AuditUnavailable
