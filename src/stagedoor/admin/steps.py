"""The first steps of every route, in the order in which each route's signature names them.

1. Who: :data:`SignedIn`; without a credential the answer is 401.
2. May they: :func:`who_may` use an ability, by their credential's kind and by their rank; the answer is 403.
3. Validation: FastAPI reads parameters and body by their types; the answer is 422.
4. The work itself, in the route's body: one transaction, one call of the room's service.

FastAPI runs dependencies before it looks at a route's own parameters, so that nobody learns anything about a body that
they may not send. The coroutines here wait for nothing: as plain functions each would cost a change of thread.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.abilities import verify_may
from stagedoor.admin.visitor import Visitor
from stagedoor.identity.account_discovery.service import verify_network
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.passage import Caller


async def signed_in(request: Request) -> Visitor:
    """Return who calls, as the door found out; raise 401 when nobody was recognised."""
    caller = request.scope.get("stagedoor.caller")
    if not isinstance(caller, Caller):
        raise NotAuthenticated(credential_given=False)
    peer = request.client.host if request.client else None
    client_address = request.scope.get("stagedoor.client_address") or peer
    return Visitor(caller=caller, request_id=request.scope.get("stagedoor.request_id"), client_address=client_address)


SignedIn = Annotated[Visitor, Depends(signed_in)]


def who_may(ability: ManagementAbility, *, from_anywhere: bool = False) -> Callable[[Visitor], Awaitable[Visitor]]:
    """Return the dependency that lets in whoever may use an ability.

    A credential that is bound to networks is refused outside of them, unless ``from_anywhere`` leaves that to a
    verdict: a stolen key tells nothing of its grant. Then the credential's kind is looked at, then the rank.
    """

    async def visitor_who_may(visitor: SignedIn) -> Visitor:
        if not from_anywhere:
            verify_network(visitor.caller, visitor.client_address or "")
        verify_may(visitor.caller, ability)
        return visitor

    return visitor_who_may
