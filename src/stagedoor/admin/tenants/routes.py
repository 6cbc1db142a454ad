"""``GET /tenants``, ``/tenants/{id}/destination`` and ``/tenants/{id}/connection``."""

from typing import Annotated

from fastapi import APIRouter, Depends

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.connections.schemas import ConnectionMapping
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page, page_of
from stagedoor.admin.steps import who_may
from stagedoor.admin.tenants.schemas import DestinationFacts, DestinationOrder, TenantItem
from stagedoor.admin.tenants.service import Tenants
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.TENANT_READ))]
DestinationReader = Annotated[Visitor, Depends(who_may(ManagementAbility.DESTINATION_READ))]
DestinationChanger = Annotated[Visitor, Depends(who_may(ManagementAbility.DESTINATION_CHANGE))]


def build_routes(tenants: Tenants, work: Work) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["tenants"])

    @router.get("/tenants")
    def list_tenants(visitor: Reader, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None) -> Page[TenantItem]:
        """List the tenants that you may enter."""
        items = tenants.list_tenants(visitor.caller)
        return page_of(items, limit=limit, cursor=cursor, cursor_of=lambda item: item.id)

    @router.get("/tenants/{tenant}/destination")
    def get_destination(visitor: DestinationReader, tenant: str) -> DestinationFacts:
        """Show where a tenant's requests go."""
        with work.read() as session:
            return tenants.get_destination(session, visitor.caller, tenant)

    @router.put("/tenants/{tenant}/destination")
    def set_destination(visitor: DestinationChanger, tenant: str, order: DestinationOrder) -> DestinationFacts:
        """Send a tenant's requests to a remote Orchestrator, or back to the embedded one."""
        with work.write() as session:
            tenants.set_destination(session, visitor, tenant, order)
        with work.read() as session:
            return tenants.get_destination(session, visitor.caller, tenant)

    @router.put("/tenants/{tenant}/connection")
    def set_connection(visitor: DestinationChanger, tenant: str, mapping: ConnectionMapping) -> DestinationFacts:
        """Map a tenant to a connection: its requests go there from now on."""
        with work.write() as session:
            tenants.set_connection(session, visitor, tenant, mapping)
        with work.read() as session:
            return tenants.get_destination(session, visitor.caller, tenant)

    @router.delete("/tenants/{tenant}/connection")
    def clear_connection(visitor: DestinationChanger, tenant: str) -> DestinationFacts:
        """Send a tenant from its connection back to the embedded Orchestrator."""
        with work.write() as session:
            tenants.clear_connection(session, visitor, tenant)
        with work.read() as session:
            return tenants.get_destination(session, visitor.caller, tenant)

    return router
