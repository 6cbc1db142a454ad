"""Requests of the embedded Orchestrator to addresses that its users name: where they may go, and how long they last.

Whoever may make a webhook chooses what this machine connects to. Names are looked up once and the connection goes to
the address that was judged, so that a name cannot point elsewhere a moment later. No redirect is followed, no proxy is
used, and nothing of an answer but its status is looked at.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from stagedoor.kit.networks import Address, find_address

SECONDS_MAX = 5.0
"""How long one request may take, from the connection to the status line; looking a name up comes on top."""

URL_LENGTH_MAX = 2000
USER_AGENT = "Stagedoor"

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")

Resolve = Callable[[str, int], list[str]]


class AddressRefused(Exception):
    """The URL leads to an address that requests may not go to."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: the ``status`` of the answer, or the ``problem`` that kept it from coming."""

    status: int | None = None
    problem: str | None = None
    has_bad_certificate: bool = False

    @property
    def is_success(self) -> bool:
        """Tell whether the answer was one of success."""
        return self.status is not None and 200 <= self.status < 300


def read_url(text: str) -> SplitResult:
    """Return the parts of an ``http`` or ``https`` URL; raises ``ValueError`` for anything else."""
    if len(text) > URL_LENGTH_MAX or not text.isascii() or any(letter <= " " or letter == "\x7f" for letter in text):
        raise ValueError("has letters that a URL cannot have, or too many")
    parts = urlsplit(text)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("is no http or https URL")
    if "@" in parts.netloc:
        raise ValueError("holds a user name")
    # Reading the port verifies it.
    if parts.port == 0:
        raise ValueError("has no port that anybody listens at")
    return parts


def _look_up(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Outreach:
    """Connect to what users name. ``reaches_private`` false refuses every address that is not of the public internet.

    Addresses of the link alone, where clouds offer credentials of a machine, are refused always.
    """

    def __init__(self, *, reaches_private: bool = True, resolve: Resolve = _look_up) -> None:
        self._reaches_private = reaches_private
        self._resolve = resolve

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, verifies: bool = True) -> Outcome:
        """Send one POST and return what came of it; blocks for :data:`SECONDS_MAX` at most. Never raises."""
        try:
            parts = read_url(url)
            with self._connection(parts, verifies=verifies) as connection:
                connection.request(
                    "POST", _target_of(parts), body, {"User-Agent": USER_AGENT, **headers, "Connection": "close"}
                )
                return Outcome(status=connection.getresponse().status)
        except (AddressRefused, OSError, http.client.HTTPException, ValueError) as failure:
            return _outcome_of(failure)

    def connect(self, url: str) -> Outcome:
        """Tell whether something listens at the URL, by a connection that is closed at once. Never raises."""
        try:
            with self._connection(read_url(url), verifies=True):
                return Outcome()
        except (AddressRefused, OSError, ValueError) as failure:
            return _outcome_of(failure)

    @contextmanager
    def _connection(self, parts: SplitResult, *, verifies: bool) -> Iterator[http.client.HTTPConnection]:
        is_secure = parts.scheme.lower() == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
        wire = self._open(self._allowed_addresses(host, port), port)
        # Every wait on a socket may be short and the whole without end; this ends it.
        alarm = threading.Timer(SECONDS_MAX, _cut, (wire,))
        try:
            if is_secure:
                wire = _context(verifies=verifies).wrap_socket(
                    wire, server_hostname=host, do_handshake_on_connect=False
                )
                alarm = threading.Timer(SECONDS_MAX, _cut, (wire,))
            alarm.daemon = True
            alarm.start()
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            connection = http.client.HTTPConnection(host, port, timeout=SECONDS_MAX)
            connection.sock = wire
            yield connection
        finally:
            alarm.cancel()
            wire.close()

    def _open(self, addresses: list[str], port: int) -> socket.socket:
        failure: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((address, port), timeout=SECONDS_MAX / len(addresses))
            except OSError as refused:
                failure = refused
        raise failure or OSError("the name leads to no address")

    def _allowed_addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of which have to be allowed: which one is tried is not ours to say."""
        addresses = list(dict.fromkeys(self._resolve(host, port)))[:4]
        for address in addresses:
            if not self._may_reach(address):
                raise AddressRefused
        return addresses

    def _may_reach(self, text: str) -> bool:
        # An IPv6 address of the link may name the interface behind a percent sign.
        address = find_address(text.partition("%")[0])
        if address is None:
            return False
        address = _carried(address)
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        return self._reaches_private or address.is_global


def _carried(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, where a translator makes it one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.sixtofour or address
    return address


def _context(*, verifies: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _target_of(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _cut(wire: socket.socket) -> None:
    try:
        # Not SSLSocket's own, which forgets the session while another thread still reads it.
        socket.socket.shutdown(wire, socket.SHUT_RDWR)
    except OSError:
        # The other side was faster.
        return


def _outcome_of(failure: Any) -> Outcome:
    # What the system says of an address that somebody else chose stays here: it would map a network from inside.
    match failure:
        case AddressRefused():
            return Outcome(problem="The address is one that requests may not go to.")
        case ssl.SSLCertVerificationError():
            return Outcome(problem="The certificate could not be verified.", has_bad_certificate=True)
        case ssl.SSLError():
            return Outcome(problem="No secure connection could be made.", has_bad_certificate=True)
        case TimeoutError():
            return Outcome(problem="The request took too long.")
        case http.client.HTTPException():
            return Outcome(problem="The answer could not be understood.")
        case ValueError():
            return Outcome(problem="The URL cannot be used.")
        case _:
            return Outcome(problem="No connection could be made.")
