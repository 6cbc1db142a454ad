"""Files put in and taken out of an embedded Orchestrator by addresses, as the door does it once it let one in."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.factories.orchestrator import TENANT, Desk

from stagedoor.passage import FolderPlace, TenantPlace


def put(desk: Desk, access: dict[str, Any], content: bytes, content_type: str = "text/plain") -> None:
    """Upload to the address in an answer."""
    traffic = desk.orchestrator.file_traffic
    permit = traffic.read_permit(parse_qs(urlsplit(access["Uri"]).query)["permit"][0])
    permit.verify("PUT", desk.clock.now())
    traffic.accept(permit, TENANT, BytesIO(content), content_type)


def get(desk: Desk, access: dict[str, Any], tenant: TenantPlace = TENANT) -> bytes:
    """Download from the address in an answer."""
    traffic = desk.orchestrator.file_traffic
    permit = traffic.read_permit(parse_qs(urlsplit(access["Uri"]).query)["permit"][0])
    permit.verify("GET", desk.clock.now())
    with traffic.open(traffic.show(permit, tenant)) as content:
        return content.read()


def put_in_bucket(
    desk: Desk, folder: FolderPlace, bucket: object, path: str, content: bytes = b"x", content_type: str = "text/plain"
) -> None:
    """Upload a file into a bucket."""
    query = {"path": path}
    put(
        desk,
        desk.call("Buckets_GetWriteUriByKey", key=bucket, folder=folder, query=query).content,
        content,
        content_type,
    )
