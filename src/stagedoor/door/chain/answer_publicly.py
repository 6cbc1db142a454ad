"""Step 4a: the few questions that clients ask before they sign in, answered without a caller and without the store."""

import orjson

from stagedoor.catalog import CATALOG
from stagedoor.door.visit import Visit
from stagedoor.orchestrator.status.version import API_VERSION, describe_version

VERSION_PROBES = frozenset({"Status_Get", "Status_GetVersion"})


async def answer_publicly(visit: Visit) -> None:
    """Answer a version probe that carries no credential; whatever else there is goes on to be identified."""
    headers = visit.head.headers
    if visit.head.method not in ("GET", "HEAD") or "authorization" in headers or "x-api-key" in headers:
        return
    match = CATALOG.match("GET", visit.place.path)
    if match is None or match.operation.id not in VERSION_PROBES:
        return
    visit.match = match
    body = orjson.dumps(describe_version()) if match.operation.id == "Status_GetVersion" else b""
    await visit.answer(
        200,
        [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"api-supported-versions", API_VERSION.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ],
        body,
    )
