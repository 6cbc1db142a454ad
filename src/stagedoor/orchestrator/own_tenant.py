"""Operations of the vendor's hosts, which may name a tenant by a number."""

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import find_query_integer


def verify_own_tenant(call: Call) -> None:
    """Return if the call names no tenant by ``tenantId``; raises ``NotFound`` otherwise.

    Tenants of Stagedoor have no numbers; meaning the tenant in the address silently could change the wrong one.
    """
    if find_query_integer(call, "tenantId") is not None:
        raise NotFound(
            "There is no tenant of this number.", hint="Leave tenantId out: the tenant in the address is meant."
        )
