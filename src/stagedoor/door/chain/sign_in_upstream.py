"""Step 6a: have a credential that is good, where the tenant lies on a remote Orchestrator."""

from collections.abc import Awaitable
from dataclasses import replace

from stagedoor.door.visit import Visit, known
from stagedoor.passage import TenantPlace


def sign_in_upstream(visit: Visit) -> Awaitable[None] | None:
    """Wait for the connection's token where there is none yet, or where it ended while nobody renewed it.

    Tokens are renewed ahead of time, so that hardly a request waits here; but none goes to a remote Orchestrator
    without a credential, or with one that is known to be refused. Raises
    :class:`~stagedoor.upstream.upstream_tokens.errors.UpstreamSignInFailed`, which says what is wrong.
    """
    tenant = known(visit.tenant)
    if tenant.connection_id is None:
        return None
    if tenant.upstream_token is not None and not visit.house.upstream_tokens.has_ended(tenant.connection_id):
        return None
    return _sign_in(visit, tenant, tenant.connection_id)


async def _sign_in(visit: Visit, tenant: TenantPlace, connection_id: str) -> None:
    visit.tenant = replace(tenant, upstream_token=await visit.house.sign_ins.token_for(connection_id))
