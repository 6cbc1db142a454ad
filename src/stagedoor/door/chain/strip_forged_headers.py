"""Step 2: take out what only Stagedoor itself or a trusted proxy may say, and settle who is on the line."""

from dataclasses import dataclass
from ipaddress import ip_network

from stagedoor.door.visit import Visit
from stagedoor.kit.networks import Network, find_address
from stagedoor.passage import RequestHead

FORWARDING = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-real-ip",
    }
)
# The vendor's services name the tenant to each other with these; from outside they would be a forged identity.
INTERNAL = frozenset({b"x-uipath-internal-tenantid", b"x-uipath-internal-accountid"})
OURS = b"x-stagedoor-"


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The networks whose forwarding headers are believed."""

    networks: tuple[Network, ...]

    @classmethod
    def from_settings(cls, networks: tuple[str, ...]) -> "TrustedProxies":
        """Read CIDRs; raises ``ValueError`` for one that is none."""
        return cls(tuple(ip_network(network) for network in networks))

    def trusts(self, address: str) -> bool:
        """Tell whether this address is one of the proxies."""
        parsed = find_address(address)
        return parsed is not None and any(parsed in network for network in self.networks)


def strip_forged_headers(visit: Visit) -> None:
    """Build the request's head from what may be believed."""
    scope = visit.scope
    peer = scope["client"][0] if scope.get("client") else ""
    kept: list[tuple[bytes, bytes]] = []
    forwarded_for: list[str] = []
    forwarded_proto = ""
    for name, value in scope["headers"]:
        if name in FORWARDING:
            if name == b"x-forwarded-for":
                forwarded_for += [hop.strip() for hop in value.decode("latin-1").split(",")]
            elif name == b"x-forwarded-proto":
                forwarded_proto = value.decode("latin-1").strip().lower()
        elif name not in INTERNAL and not name.startswith(OURS):
            kept.append((name, value))
    address, scheme = peer, scope.get("scheme", "http")
    if forwarded_for or forwarded_proto:
        address, scheme = _believe(visit.house.trusted_proxies, peer, forwarded_for, forwarded_proto, scheme)
    raw_headers = tuple(kept)
    visit.scope["headers"] = kept
    visit.scope["scheme"] = scheme
    visit.scope["client"] = (address, 0)
    visit.head = RequestHead(
        method=scope["method"],
        path="",
        query="",
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers},
        raw_headers=raw_headers,
        client_address=address,
        scheme=scheme,
        request_id=visit.request_id,
    )


def _believe(
    proxies: TrustedProxies, peer: str, forwarded_for: list[str], forwarded_proto: str, scheme: str
) -> tuple[str, str]:
    if not proxies.trusts(peer):
        return peer, scheme
    address = peer
    # Each trusted hop vouches for the one before it; the first stranger from the right is the caller.
    for hop in reversed(forwarded_for):
        address = hop
        if not proxies.trusts(hop):
            break
    return address, forwarded_proto if forwarded_proto in ("http", "https") else scheme
