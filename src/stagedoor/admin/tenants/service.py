"""Show tenants, and set where their requests go."""

from sqlalchemy.orm import Session

from stagedoor.admin.connections.schemas import ConnectionMapping
from stagedoor.admin.places import Places
from stagedoor.admin.tenants.schemas import DestinationFacts, DestinationOrder, OrganizationRef, TenantItem
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.organizations.schemas import TenantEntry
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.secret import Secret
from stagedoor.passage import Caller, Destination, TenantPlace
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.service import UpstreamTokens


class Tenants:
    """The tenants of the visitor's organization."""

    def __init__(
        self,
        organizations: Organizations,
        connections: Connections,
        tokens: UpstreamTokens,
        places: Places,
        trail: AdministrationTrail,
        base_url: str,
    ) -> None:
        self._organizations = organizations
        self._connections = connections
        self._tokens = tokens
        self._places = places
        self._trail = trail
        self._base_url = base_url

    def list_tenants(self, caller: Caller) -> list[TenantItem]:
        """Return the tenants that the caller may enter, by name."""
        return [self._item(entry) for entry in self._places.list_tenants(caller)]

    def get_destination(self, session: Session, caller: Caller, word: str) -> DestinationFacts:
        """Return where a tenant's requests go."""
        place = self._places.get_tenant(caller, word)
        connection, token = None, place.upstream_token
        if place.connection_id is not None:
            # The newest is with the tokens: the copy beside the tenant follows a moment later.
            token = self._tokens.find_current(place.connection_id) or token
            connection = self._connections.get_connection(session, place.organization_id, place.connection_id).name
        return DestinationFacts(
            destination=Destination.EMBEDDED if place.remote_base_url is None else Destination.REMOTE,
            remote_base_url=place.remote_base_url,
            has_token=token is not None,
            connection=connection,
        )

    def set_destination(self, session: Session, visitor: Visitor, word: str, order: DestinationOrder) -> None:
        """Send a tenant's requests elsewhere from the next one on."""
        place = self._places.get_tenant(visitor.caller, word)
        tenant = self._organizations.get_tenant(session, place.organization_id, place.tenant_id)
        token = None if order.token is None else Secret(order.token.get_secret_value())
        self._organizations.set_destination(session, tenant, remote_base_url=order.remote_base_url, token=token)
        self._note(session, visitor, place, order.remote_base_url or "the embedded Orchestrator")

    def set_connection(self, session: Session, visitor: Visitor, word: str, mapping: ConnectionMapping) -> None:
        """Map a tenant to a connection from the next request on, in place of wherever it was sent.

        Raises :class:`~stagedoor.upstream.connections.errors.ConnectionUnknown`.
        """
        place = self._places.get_tenant(visitor.caller, word)
        connection = self._connections.get_connection(session, place.organization_id, mapping.connection)
        self._connections.map_tenant(session, place.tenant_id, connection)
        self._note(session, visitor, place, f"connection {connection.name} ({connection.base_url})")

    def clear_connection(self, session: Session, visitor: Visitor, word: str) -> None:
        """Send a tenant that is mapped to a connection back to the embedded Orchestrator; others stay as they are."""
        place = self._places.get_tenant(visitor.caller, word)
        if place.connection_id is not None:
            self._connections.unmap_tenant(session, place.organization_id, place.tenant_id)
            self._note(session, visitor, place, "the embedded Orchestrator")

    def _note(self, session: Session, visitor: Visitor, place: TenantPlace, where: str) -> None:
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_DESTINATION_CHANGED,
            f"Tenant {place.tenant_name} was sent to {where}.",
            tenant=place.tenant_name,
        )

    def _item(self, entry: TenantEntry) -> TenantItem:
        place = entry.place
        return TenantItem(
            id=place.tenant_id,
            name=place.tenant_name,
            display_name=entry.display_name,
            organization=OrganizationRef(id=place.organization_id, name=place.organization_name),
            base_url=f"{self._base_url}/{place.organization_name}/{place.tenant_name}",
            destination=Destination.EMBEDDED if place.remote_base_url is None else Destination.REMOTE,
        )
