"""Where a kind of connection asks for its token, worked out from the Orchestrator's address.

=====================================================  =========================================
Orchestrator                                           token endpoint
=====================================================  =========================================
any cloud, Automation Suite                            ``https://{host}/identity_/connect/token``
  (``https://{host}/{org}/{tenant}/orchestrator_``)
standalone (``https://{host}``)                        ``https://{host}/identity/connect/token``
user keys on the vendor's hosts                        ``https://account.uipath.com/oauth/token``
user keys elsewhere                                    ``https://{host}/oauth/token``
passwords                                              ``{base_url}/api/account/authenticate``
=====================================================  =========================================
"""

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from urllib.parse import unquote, urlsplit

from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionKind

ADDRESS_LENGTH_MAX = 2048
ORCHESTRATOR_SERVICE = "orchestrator_"
OTHER_SERVICES = frozenset({"identity", "identity_", "portal_", "cloudrpa"})
"""What stands in addresses of other services on the same host: pages that people copy from."""
VENDOR_DOMAINS = ("uipath.com", "uipath.us")
HOST_2019 = "platform.uipath.com"
ACCOUNT_HOST_2019 = "https://account.uipath.com"
HOST_LENGTH_MAX = 253
HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
PLACE_WORD = re.compile(r"[^/?#\\%\s\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True)
class OrchestratorAddress:
    """An Orchestrator's address, taken apart. ``organization`` and ``tenant`` are ``None`` for a standalone one.

    ``is_complete`` is false for a host of the vendor's cloud without a tenant: requests could not go there yet.
    """

    base_url: str
    origin: str
    host: str
    organization: str | None
    tenant: str | None
    is_complete: bool = True

    @property
    def is_vendors(self) -> bool:
        """Tell whether the vendor runs this host."""
        return any(self.host == domain or self.host.endswith("." + domain) for domain in VENDOR_DOMAINS)


def read_address(address: str, upstream: str | None = None) -> OrchestratorAddress:
    """Take an address of an Orchestrator as people copy it, and return the part in front of ``/odata``.

    A copied ``/odata`` at the end, or the path of a page in the browser's address bar, falls away; on the vendor's own
    hosts ``orchestrator_`` is added where it was left out. ``upstream`` is ``ORG/TENANT`` where the address does not
    name them, or ``TENANT`` alone for a standalone Orchestrator with several. Raises :class:`ConnectionRefused`.
    """
    read = read_partial_address(address, upstream)
    if not read.is_complete:
        organization = read.organization or "ORGANIZATION"
        raise ConnectionRefused(
            "The address names no organization and tenant.",
            field="base_url",
            hint=f"Give it as {read.origin}/{organization}/TENANT/{ORCHESTRATOR_SERVICE}.",
        )
    return read


def read_partial_address(address: str, upstream: str | None = None) -> OrchestratorAddress:
    """Do what :func:`read_address` does, and take an address that does not name a tenant yet as well."""
    plain = check_address(address, "base_url")
    parts = urlsplit(plain)
    origin = f"{parts.scheme}://{parts.netloc}"
    read = _take_apart(origin, (parts.hostname or "").lower(), parts.path)
    return read if upstream is None else _join(read, upstream)


def _take_apart(origin: str, host: str, path: str) -> OrchestratorAddress:
    segments = [segment for segment in path.split("/") if segment]
    for place, segment in enumerate(segments):
        if segment.lower() in ("odata", "api"):
            segments = segments[:place]
            break
        if segment.lower() == ORCHESTRATOR_SERVICE:
            segments = segments[: place + 1]
            break
        if segment.lower() in OTHER_SERVICES:
            segments = segments[:place]
            break
    bare = OrchestratorAddress(origin, origin, host, None, None)
    if bare.is_vendors and len(segments) < 2:
        organization = segments[0] if segments else None
        return OrchestratorAddress(origin, origin, host, organization, None, is_complete=False)
    if bare.is_vendors and ORCHESTRATOR_SERVICE not in segments and host != HOST_2019:
        segments = [*segments[:2], ORCHESTRATOR_SERVICE]
    has_tenant = len(segments) == 2 or (len(segments) >= 3 and segments[-1].lower() == ORCHESTRATOR_SERVICE)
    return OrchestratorAddress(
        base_url="/".join([origin, *segments]),
        origin=origin,
        host=host,
        organization=segments[0] if has_tenant else None,
        tenant=segments[1] if has_tenant else None,
    )


def _join(read: OrchestratorAddress, upstream: str) -> OrchestratorAddress:
    organization, slash, tenant = upstream.rpartition("/")
    words = upstream.split("/")
    if len(words) > 2 or not all(PLACE_WORD.fullmatch(word) and word not in (".", "..") for word in words):
        raise ConnectionRefused("The remote tenant is named as ORG/TENANT.", field="upstream")
    named = (read.organization or "", read.tenant or "")
    given = (organization or named[0], tenant)
    if read.tenant is not None or (read.organization is not None and slash):
        wanted = (given[0], given[1] if read.tenant is not None else "")
        if tuple(word.casefold() for word in named) != tuple(word.casefold() for word in wanted):
            raise ConnectionRefused(
                "The address and the remote tenant that was given beside it are not the same.",
                field="upstream",
                hint="Give the address with organization and tenant, or the host and the remote tenant.",
            )
    if read.tenant is not None:
        return read
    if not given[0]:
        # A tenant of a standalone Orchestrator, which stands in no path; or still no organization on the cloud.
        return replace(read, tenant=tenant)
    if not read.is_vendors and read.base_url != read.origin:
        raise ConnectionRefused(
            "The address has a path of its own, so organization and tenant cannot be put behind it.",
            field="upstream",
            hint="Give the whole address, with organization and tenant in it.",
        )
    service = [] if read.host == HOST_2019 else [ORCHESTRATOR_SERVICE]
    base_url = "/".join([read.origin, *given, *service])
    return OrchestratorAddress(base_url, read.origin, read.host, given[0], tenant)


def derive_token_url(kind: ConnectionKind, address: OrchestratorAddress) -> str | None:
    """Return where this kind asks for its token; ``None`` for a personal access token, which is one itself."""
    candidates = list_token_urls(kind, address)
    return candidates[0] if candidates else None


def list_token_urls(kind: ConnectionKind, address: OrchestratorAddress) -> tuple[str, ...]:
    """Return where this kind may ask for its token, the likeliest first; nothing for a personal access token."""
    origin, organization = address.origin, address.organization
    match kind:
        case ConnectionKind.PAT:
            return ()
        case ConnectionKind.PASSWORD:
            return (f"{address.base_url}/api/account/authenticate",)
        case ConnectionKind.USER_KEY:
            return (ACCOUNT_HOST_2019 + "/oauth/token" if address.is_vendors else f"{origin}/oauth/token",)
        case _:
            host_level, standalone = f"{origin}/identity_/connect/token", f"{origin}/identity/connect/token"
            if organization is None and not address.is_vendors:
                return standalone, host_level
            of_organization = (f"{origin}/{organization}/identity_/connect/token",) if organization else ()
            return host_level, *of_organization, standalone


def read_token_url(address: str) -> str:
    """Return the address of a token endpoint; an identity server's own address is completed to it.

    Raises :class:`ConnectionRefused`.
    """
    plain = check_address(address, "identity_url")
    is_server = plain.rpartition("/")[2].lower() in ("identity", "identity_")
    return f"{plain}/connect/token" if is_server else plain


def check_address(address: str, field: str) -> str:
    """Return a plain ``http`` or ``https`` address without a slash at its end, or raise :class:`ConnectionRefused`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as wrong:
        raise ConnectionRefused("This is not an address.", field=field) from wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConnectionRefused("The address must begin with https:// or http:// and name a host.", field=field)
    if not _is_host(parts.hostname):
        raise ConnectionRefused("The host in the address can be none.", field=field)
    if parts.username is not None or parts.password is not None:
        raise ConnectionRefused("The address must not hold a user or a password.", field=field)
    if parts.query or parts.fragment or not address.isprintable() or " " in address or not address.isascii():
        raise ConnectionRefused("The address must be plain, without query, fragment or spaces.", field=field)
    if "\\" in address or any(unquote(segment) in (".", "..") for segment in parts.path.split("/")):
        raise ConnectionRefused(
            "The address must be plain, without '.', '..' and backslashes in its path.", field=field
        )
    if len(address) > ADDRESS_LENGTH_MAX:
        raise ConnectionRefused("The address is too long.", field=field)
    return address.rstrip("/")


def _is_host(host: str) -> bool:
    # RFC 1123, section 2.1, and the underscore that real hosts have. What is none fails deep inside of resolvers.
    if ":" in host:
        try:
            return IPv6Address(host).scope_id is None
        except ValueError:
            return False
    labels = host.removesuffix(".").split(".")
    return len(host) <= HOST_LENGTH_MAX and all(HOST_LABEL.fullmatch(label) for label in labels)
