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

from dataclasses import dataclass
from urllib.parse import urlsplit

from stagedoor.upstream.connections.errors import ConnectionRefused
from stagedoor.upstream.connections.schemas import ConnectionKind

ADDRESS_LENGTH_MAX = 2048
ORCHESTRATOR_SERVICE = "orchestrator_"
VENDOR_DOMAINS = ("uipath.com", "uipath.us")


@dataclass(frozen=True, slots=True)
class OrchestratorAddress:
    """An Orchestrator's address, taken apart. ``organization`` and ``tenant`` are ``None`` for a standalone one."""

    base_url: str
    origin: str
    host: str
    organization: str | None
    tenant: str | None


def read_address(address: str) -> OrchestratorAddress:
    """Take an address of an Orchestrator as people copy it, and return the part in front of ``/odata``.

    A copied ``/odata`` at the end, or the path of a page in the browser's address bar, falls away; on the vendor's own
    hosts ``orchestrator_`` is added where it was left out. Raises :class:`ConnectionRefused`.
    """
    plain = check_address(address, "base_url")
    parts = urlsplit(plain)
    host = (parts.hostname or "").lower()
    origin = f"{parts.scheme}://{parts.netloc}"
    segments = [segment for segment in parts.path.split("/") if segment]
    for place, segment in enumerate(segments):
        if segment.lower() in ("odata", "api"):
            segments = segments[:place]
            break
        if segment.lower() == ORCHESTRATOR_SERVICE:
            segments = segments[: place + 1]
            break
    is_vendors = any(host == domain or host.endswith("." + domain) for domain in VENDOR_DOMAINS)
    if is_vendors and len(segments) < 2:
        raise ConnectionRefused(
            "The address names no organization and tenant.",
            field="base_url",
            hint=f"Give it as {origin}/ORGANIZATION/TENANT/{ORCHESTRATOR_SERVICE}.",
        )
    if is_vendors and ORCHESTRATOR_SERVICE not in segments and host != "platform.uipath.com":
        segments = [*segments[:2], ORCHESTRATOR_SERVICE]
    has_tenant = len(segments) == 2 or (len(segments) >= 3 and segments[-1].lower() == ORCHESTRATOR_SERVICE)
    return OrchestratorAddress(
        base_url="/".join([origin, *segments]),
        origin=origin,
        host=host,
        organization=segments[0] if has_tenant else None,
        tenant=segments[1] if has_tenant else None,
    )


def derive_token_url(kind: ConnectionKind, address: OrchestratorAddress) -> str | None:
    """Return where this kind asks for its token; ``None`` for a personal access token, which is one itself."""
    if kind is ConnectionKind.PAT:
        return None
    if kind is ConnectionKind.PASSWORD:
        return f"{address.base_url}/api/account/authenticate"
    if kind is ConnectionKind.USER_KEY:
        is_vendors = any(address.host.endswith("." + domain) for domain in VENDOR_DOMAINS)
        return "https://account.uipath.com/oauth/token" if is_vendors else f"{address.origin}/oauth/token"
    service = "identity" if address.organization is None else "identity_"
    return f"{address.origin}/{service}/connect/token"


def check_address(address: str, field: str) -> str:
    """Return a plain ``http`` or ``https`` address without a slash at its end, or raise :class:`ConnectionRefused`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as wrong:
        raise ConnectionRefused("This is not an address.", field=field) from wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConnectionRefused("The address must begin with https:// or http:// and name a host.", field=field)
    if parts.username is not None or parts.password is not None:
        raise ConnectionRefused("The address must not hold a user or a password.", field=field)
    if parts.query or parts.fragment or not address.isprintable() or " " in address or not address.isascii():
        raise ConnectionRefused("The address must be plain, without query, fragment or spaces.", field=field)
    if len(address) > ADDRESS_LENGTH_MAX:
        raise ConnectionRefused("The address is too long.", field=field)
    return address.rstrip("/")
