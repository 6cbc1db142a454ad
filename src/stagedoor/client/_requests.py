"""From what a program asks for to one HTTP request: addresses, path arguments, query options, folder headers."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote, urlsplit

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Operation

ODATA_OPTIONS = frozenset({"filter", "select", "expand", "orderby", "top", "skip", "count", "search"})
MANAGEMENT = "/api/stagedoor/v1"
# Left as they are in a query, so that a filter stays readable.
QUERY_SAFE = "$'(),/:@"

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PATH_ARGUMENT = re.compile(r"(?P<quote>'?)\{(?P<name>\w+)\}'?")
# What may stand in a path without quotes: numbers, GUIDs, words, and lists of them.
_BARE = re.compile(r"[A-Za-z0-9_.,:-]+")

Field = str | int | float | bool | datetime | Sequence[str] | Sequence[int]
Folder = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls go: an origin, and within it a tenant ``organization/tenant`` and a folder, both optional.

    Without a tenant, Orchestrator paths are asked for at the root of the host, as on-premises servers have them; an
    access key belongs to one tenant, so the door knows which.
    """

    origin: str
    tenant: str | None = None
    folder: Folder | None = None

    @classmethod
    def parse(cls, base_url: str, *, tenant: str | None = None, folder: Folder | None = None) -> Self:
        """Read a base URL; ``https://host/organization/tenant`` brings its tenant along.

        Raises ``ValueError`` for anything else, a user name or password in the URL included.
        """
        parts = urlsplit(base_url)
        segments = [segment for segment in parts.path.split("/") if segment]
        if segments[2:] == ["orchestrator_"]:
            segments = segments[:2]
        well_formed = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        if not well_formed or len(segments) not in (0, 2):
            raise ValueError(f"{base_url!r} is no base URL; expected https://host or https://host/organization/tenant")
        if parts.username is not None:
            raise ValueError("a base URL holds no user name and no password")
        if tenant is not None and not re.fullmatch(r"[^/]+/[^/]+", tenant):
            raise ValueError(f"{tenant!r} names no tenant; expected organization/tenant")
        named = tenant or ("/".join(segments) if segments else None)
        return cls(origin=f"{parts.scheme}://{parts.netloc}", tenant=named, folder=folder)

    def url(self, path: str) -> str:
        """Return the whole address of a path: ``/odata/…`` and ``/api/…`` in the tenant, everything else at the origin.

        Raises ``ValueError`` for what is not a path, so that no call can be led to another host.
        """
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            raise ValueError(f"{path!r} is no path; expected one such as /odata/Jobs")
        if not is_orchestrator_path(path) or self.tenant is None:
            return self.origin + path
        organization, tenant = self.tenant.split("/")
        return f"{self.origin}/{quote(organization, safe='')}/{quote(tenant, safe='')}/orchestrator_{path}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request before it has an address: what a transport-free part of the client works with.

    ``seconds_max`` is for calls that take longer than others, whatever the client's own timeout is.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    folder: Folder | None = None
    seconds_max: float | None = None

    def with_query(self, **options: str) -> "Call":
        """Return the same call with these query options put in place of those of the same name."""
        kept = tuple(pair for pair in self.query if pair[0] not in options)
        return replace(self, query=kept + tuple(options.items()))

    @property
    def target(self) -> str:
        """The path with its query, as it stands in a request line."""
        query = "&".join(f"{quote(name, safe='$')}={quote(value, safe=QUERY_SAFE)}" for name, value in self.query)
        if not query:
            return self.path
        return f"{self.path}{'&' if '?' in self.path else '?'}{query}"


def is_orchestrator_path(path: str) -> bool:
    """Tell whether a path belongs to an Orchestrator rather than to Stagedoor itself."""
    lowered = path.lower()
    return lowered.startswith(("/odata", "/api/")) and not lowered.startswith("/api/stagedoor/")


def call_of(
    operation_or_method: str,
    path: str | None = None,
    *,
    fields: Mapping[str, Field] | None = None,
    json: Any = None,
    folder: Folder | None = None,
) -> Call:
    """Return the call for an operation of the catalogue, or for a method and a path.

    An operation's path template is filled from ``fields``; those left over become query options. Raises
    ``ValueError`` for an unknown operation, and when a path argument is missing or cannot stand where it belongs.
    """
    left = dict(fields or {})
    if path is not None:
        return Call(operation_or_method.upper(), path, query_of(path, left), json, folder)
    operation = _operation_named(operation_or_method)
    filled = _PATH_ARGUMENT.sub(lambda found: _argument(operation, found, left), operation.template)
    return Call(operation.method, filled, query_of(filled, left), json, folder)


def query_of(path: str, fields: Mapping[str, Field]) -> tuple[tuple[str, str], ...]:
    """Write fields as query options; OData's own names get their ``$`` on OData paths."""
    has_dollars = path.lower().startswith("/odata")
    return tuple(
        (f"${name}" if has_dollars and name.lower() in ODATA_OPTIONS else name, field_text(value))
        for name, value in fields.items()
    )


def field_text(value: Field) -> str:
    """Write one value as the API reads it: ``true``, UTC times with ``Z``, lists with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, str | int | float):
        return str(value)
    return ",".join(str(part) for part in value)


def folder_headers(folder: Folder | None) -> dict[str, str]:
    """Name a folder in a request header: by number, by key (a GUID), or by path.

    A path outside ASCII travels as Base64 of UTF-16LE, the form that the vendor's own clients use.
    """
    if folder is None:
        return {}
    if isinstance(folder, int):
        return {"X-UIPATH-OrganizationUnitId": str(folder)}
    if _GUID.fullmatch(folder):
        return {"X-UIPATH-FolderKey": folder.lower()}
    if folder.isascii() and folder.isprintable():
        return {"X-UIPATH-FolderPath": folder}
    return {"X-UIPATH-FolderPath-Encoded": base64.b64encode(folder.encode("utf-16-le")).decode()}


def _operation_named(name: str) -> Operation:
    operation = CATALOG.find_operation(name)
    if operation is None:
        near = CATALOG.near_names(name)
        raise ValueError(f"there is no operation {name}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    return operation


def _argument(operation: Operation, found: re.Match[str], left: dict[str, Field]) -> str:
    name = found["name"]
    if name not in left:
        raise ValueError(f"{operation.id} needs the field {name}: its path is {operation.template}")
    text = field_text(left.pop(name))
    if found["quote"]:
        # A quote inside an OData string is written twice (OData 4.01, URL conventions 5.1.1.6.1).
        doubled = text.replace("'", "''")
        return f"'{quote(doubled, safe='')}'"
    if not _BARE.fullmatch(text) or text in (".", ".."):
        raise ValueError(f"{operation.id} takes a number, a key or a word as {name}, not {text!r}")
    return quote(text, safe=",:")
