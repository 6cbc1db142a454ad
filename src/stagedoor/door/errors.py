"""The one place where an error becomes an answer, in the dialect of the path that was asked.

* Orchestrator paths: the vendor's ``message``, ``errorCode``, ``traceId``, ``resourceIds``, and ours in ``stagedoor``.
* OAuth endpoints: ``error`` and ``error_description`` (RFC 6749 section 5.2).
* Management: ``application/problem+json`` (RFC 9457).
* Pages: a page that says the same.
"""

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from http import HTTPStatus
from typing import Any

import orjson

from stagedoor.door.refusals import FolderUnknown, NotAuthorized
from stagedoor.door.surfaces import Place, Surface
from stagedoor.kit.errors import StagedoorError
from stagedoor.orchestrator.errors import OrchestratorError


class Dialect(StrEnum):
    """How a surface says no."""

    ORCHESTRATOR = "orchestrator"
    OAUTH = "oauth"
    MANAGEMENT = "management"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class DrawnError:
    """An error as an answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


OAUTH_PREFIXES = ("/identity_/connect/", "/oauth/", "/identity_/.well-known/")
PAGE_PREFIXES = ("/identity_/account/", "/authorize", "/mobile", "/identity_/connect/authorize")


def dialect_of(place: Place) -> Dialect:
    """Return how errors are said at this place."""
    match place.surface:
        case Surface.CONSOLE:
            return Dialect.PAGE
        case Surface.MANAGEMENT | Surface.OPERATIONS:
            return Dialect.MANAGEMENT
        case Surface.IDENTITY if place.path.startswith(PAGE_PREFIXES):
            return Dialect.PAGE
        case Surface.IDENTITY if place.path.startswith(OAUTH_PREFIXES):
            return Dialect.OAUTH
        case _:
            return Dialect.ORCHESTRATOR


def draw_error(error: StagedoorError, dialect: Dialect, request_id: str) -> DrawnError:
    """Return the answer for an error; ``internal`` is never part of it."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in error.headers.items()]
    headers.append((b"cache-control", b"no-store"))
    if dialect is Dialect.PAGE:
        body, content_type = _draw_page(error, request_id), b"text/html; charset=utf-8"
        headers.append((b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"))
    elif dialect is Dialect.OAUTH:
        body, content_type = orjson.dumps(_draw_oauth(error)), b"application/json"
    elif dialect is Dialect.MANAGEMENT:
        body, content_type = orjson.dumps(_draw_problem(error, request_id)), b"application/problem+json"
    else:
        body, content_type = orjson.dumps(_draw_orchestrator(error, request_id)), b"application/json; charset=utf-8"
    headers.append((b"content-type", content_type))
    headers.append((b"content-length", str(len(body)).encode()))
    return DrawnError(error.status, headers, body)


def _draw_orchestrator(error: StagedoorError, request_id: str) -> dict[str, Any]:
    ours: dict[str, Any] = {"code": error.code, "requestId": request_id, "hint": error.hint}
    if isinstance(error, NotAuthorized):
        ours |= _draw_denied(error)
    return {
        "message": error.public,
        "errorCode": _vendor_code(error),
        "traceId": f"00-{request_id}-{request_id[:16]}-00",
        "resourceIds": None,
        **{_camel(name): value for name, value in error.details.items()},
        "stagedoor": {name: value for name, value in ours.items() if value is not None},
    }


def _draw_denied(error: NotAuthorized) -> dict[str, Any]:
    denied = error.denied
    return {
        "reason": denied.reason,
        "rule": denied.rule,
        "explanation": denied.sentence,
        "smallestGrant": list(denied.smallest_grant),
        "folder": denied.folder,
    }


def _vendor_code(error: StagedoorError) -> int:
    if isinstance(error, OrchestratorError):
        return error.error_code
    if isinstance(error, FolderUnknown):
        return 1100
    # Rooms above may name the vendor's code themselves, as the legacy login does with 1000.
    named = getattr(error, "error_code", None)
    if isinstance(named, int):
        return named
    return 1000 if error.status in (400, 413, 414, 431) else 0


def _draw_oauth(error: StagedoorError) -> dict[str, Any]:
    names = {401: "invalid_client", 403: "access_denied", 503: "temporarily_unavailable"}
    name = names.get(error.status, "server_error" if error.status >= 500 else "invalid_request")
    description = f"{error.public} {error.hint}" if error.hint else error.public
    return {"error": name, "error_description": description}


def _draw_problem(error: StagedoorError, request_id: str) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": f"urn:stagedoor:error:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.public,
        "hint": error.hint,
        "request_id": request_id,
        **error.details,
    }
    if isinstance(error, NotAuthorized):
        problem |= {"reason": error.denied.reason, "smallest_grant": list(error.denied.smallest_grant)}
    return {name: value for name, value in problem.items() if value is not None}


def _draw_page(error: StagedoorError, request_id: str) -> bytes:
    title = escape(HTTPStatus(error.status).phrase)
    hint = f"<p>{escape(error.hint)}</p>" if error.hint else ""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><main><h1>{title}</h1><p>{escape(error.public)}</p>{hint}"
        f"<p><small>Request {escape(request_id)}</small></p></main></html>"
    ).encode()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
