"""Networks and the addresses in them: one reading for who may come in, whom to believe and whom to slow down."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CACHED_MAX = 4096
ADDRESS_LENGTH_MAX = 64
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def parse_network(text: str) -> Network:
    """Return the network; an address alone is a network of one, and bits behind the prefix are dropped.

    An IPv4 network dressed as IPv6 is the IPv4 network. Raises ``ValueError`` for what is none.
    """
    network = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        mapped = int(network.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network


def find_address(text: str) -> Address | None:
    """Return the address, an IPv4 one also where it comes dressed as IPv6 (RFC 4291 section 2.5.5.2), or ``None``."""
    # Strangers write these; what is kept of them stays small.
    return _find_address(text) if len(text) <= ADDRESS_LENGTH_MAX else None


@lru_cache(CACHED_MAX)
def _find_address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address


def collapse(networks: Iterable[Network]) -> tuple[Network, ...]:
    """Return the same addresses in the fewest networks, sorted: two lists of the same addresses come out alike."""
    every = list(networks)
    return (
        *ipaddress.collapse_addresses(network for network in every if isinstance(network, ipaddress.IPv4Network)),
        *ipaddress.collapse_addresses(network for network in every if isinstance(network, ipaddress.IPv6Network)),
    )


@lru_cache(CACHED_MAX)
def read_networks(networks: tuple[str, ...]) -> tuple[Network, ...] | None:
    """Return a stored list of networks, ``None`` for no limit. One that cannot be read any more admits nobody."""
    if not networks:
        return None
    readable: list[Network] = []
    for text in networks:
        try:
            readable.append(parse_network(text))
        except ValueError:
            continue
    return collapse(readable)


def admit(networks: tuple[str, ...], client_address: str) -> bool:
    """Tell whether what is bound to these stored networks may be used from this address; no networks bind nothing."""
    allowed = read_networks(networks)
    if allowed is None:
        return True
    address = find_address(client_address)
    return address is not None and any(address in network for network in allowed)


def is_part_of(network: Network, wider: Iterable[Network]) -> bool:
    """Tell whether every address of ``network`` is in ``wider``, which must be collapsed."""
    return any(network.version == other.version and _covers(other, network) for other in wider)


def overlap(some: Iterable[Network], others: Iterable[Network]) -> tuple[Network, ...]:
    """Return the addresses that are in both. Two networks either hold one another or share nothing."""
    theirs = list(others)
    return collapse(
        one if _covers(other, one) else other
        for one in some
        for other in theirs
        if one.version == other.version and one.overlaps(other)
    )


def _covers(wider: Network, network: Network) -> bool:
    return wider.prefixlen <= network.prefixlen and network.network_address in wider
