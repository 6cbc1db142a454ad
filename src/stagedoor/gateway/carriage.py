"""An allowed request with all that its destination needs to know, and how it goes on to a remote Orchestrator."""

from dataclasses import dataclass

from stagedoor.catalog.operations import Match
from stagedoor.gateway.addresses import accept_encoding_onward
from stagedoor.gateway.body import declared_length
from stagedoor.gateway.folder_headers import FOLDER_HEADERS, folder_headers_onward
from stagedoor.passage import Caller, Destination, FolderPlace, Reach, RequestHead, TenantPlace
from stagedoor.upstream.onward import Onward

# By these an Orchestrator may choose another tenant than the one whose address and token the connection has.
TENANT_HEADERS = (b"x-uipath-account", b"x-uipath-tenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """An allowed request with all that its destination needs to know."""

    head: RequestHead
    query: dict[str, str]
    path: str
    base_url: str
    tenant: TenantPlace
    caller: Caller
    match: Match
    folder: FolderPlace | None
    reach: Reach


def onward_of(carriage: Carriage) -> Onward:
    """Return the request as it goes to a remote Orchestrator: what was judged, and nothing that names another place."""
    head = carriage.head
    length = declared_length(head.headers.get("content-length"))
    has_body = bool(length) or "transfer-encoding" in head.headers
    return Onward(
        method=head.method,
        base_url=str(carriage.tenant.remote_base_url),
        path=carriage.path,
        query=head.query,
        headers=(
            *accept_encoding_onward(tuple(pair for pair in head.raw_headers if not _names_a_place(pair[0]))),
            *folder_headers_onward(head, carriage.folder, carriage.match.operation.folder),
        ),
        token=carriage.tenant.upstream_token,
        has_body=has_body,
        content_length=length if has_body else None,
        ca_pem=carriage.tenant.ca_pem,
        proxy_url=carriage.tenant.proxy_url,
        pace=carriage.match.operation.pace,
        owns_credential=True,
        connection_id=carriage.tenant.connection_id,
    )


def destination_of(tenant: TenantPlace) -> Destination:
    """Tell where a tenant's Orchestrator is."""
    return Destination.EMBEDDED if tenant.remote_base_url is None else Destination.REMOTE


def _names_a_place(header: bytes) -> bool:
    if not header.startswith(b"x"):
        return False
    # Some servers read an underscore in a header's name as a dash.
    name = header.replace(b"_", b"-")
    return name in FOLDER_HEADERS or name.startswith(TENANT_HEADERS)
