"""Step 4a: the few questions that clients ask before they sign in, answered without a caller and without the store."""

from collections.abc import Awaitable, Callable, Mapping

import orjson

from stagedoor.catalog import CATALOG
from stagedoor.door.visit import Visit
from stagedoor.orchestrator.settings import descriptions
from stagedoor.orchestrator.settings.authentication import describe_authentication
from stagedoor.orchestrator.status.version import API_VERSION, describe_version

PUBLIC_ANSWERS: Mapping[str, Callable[[], bytes]] = {
    "Status_Get": lambda: b"",
    "Status_GetVersion": lambda: orjson.dumps(describe_version()),
    # The vendor's PowerShell client learns from it which generation it talks to, before it signs in.
    "Settings_GetAuthenticationSettings": lambda: orjson.dumps(describe_authentication(None)),
    # The vendor's document names no credential for these, and clients made from it send none.
    "Settings_GetLanguages": lambda: orjson.dumps({"Items": descriptions.describe_languages()}),
    "Settings_GetTimezones": lambda: orjson.dumps({"Items": descriptions.describe_time_zones()}),
    "Settings_GetUpdateSettings": lambda: orjson.dumps(descriptions.describe_updates()),
    "Translations_GetTranslations": lambda: orjson.dumps({}),
}


def answer_publicly(visit: Visit) -> Awaitable[None] | None:
    """Answer what may be asked without a credential; whatever else there is goes on to be identified."""
    headers = visit.head.headers
    if visit.head.method not in ("GET", "HEAD") or "authorization" in headers or "x-api-key" in headers:
        return None
    match = CATALOG.match("GET", visit.place.path)
    write = PUBLIC_ANSWERS.get(match.operation.id) if match is not None else None
    if write is None:
        return None
    visit.match = match
    body = write()
    return visit.answer(
        200,
        [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"api-supported-versions", API_VERSION.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ],
        body,
    )
