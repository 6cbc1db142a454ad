"""Where a connection leads: taken from a base URL once, then only read."""

import base64
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"[0-9A-Za-z.:%_-]+")


@dataclass(frozen=True, slots=True)
class OutboundProxy:
    """An HTTP proxy that every connection of an origin goes through."""

    host: str
    port: int
    authorization: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """The server behind a base URL.

    ``target_prefix`` stands before the path of every request: the base path, and for plain HTTP through a proxy the
    whole address (RFC 9112 section 3.2.2). ``tls`` is ``None`` for plain HTTP.
    """

    scheme: str
    host: str
    port: int
    base_path: bytes
    host_header: bytes
    target_prefix: bytes
    tls: ssl.SSLContext | None
    proxy: OutboundProxy | None

    @property
    def authority(self) -> str:
        """Return ``host:port``, as CONNECT wants it."""
        return f"{_bracketed(self.host)}:{self.port}"


def origin_of(base_url: str, *, tls: ssl.SSLContext | None, proxy_url: str | None = None) -> Origin:
    """Return the origin of a base URL; ``tls`` is used where the scheme is ``https``.

    Raises ``ValueError`` for any scheme but ``http`` and ``https``, for a user name, a query or a fragment in the base
    URL, and for a proxy that is not reached by plain HTTP.
    """
    address = _split(base_url)
    if address.username is not None or address.query or address.fragment:
        raise ValueError("a base URL has no user name, no query and no fragment")
    host = str(address.hostname)
    port = address.port or DEFAULT_PORTS[address.scheme]
    named = _bracketed(host)
    host_header = (named if port == DEFAULT_PORTS[address.scheme] else f"{named}:{port}").encode("ascii")
    base_path = address.path.rstrip("/").encode("ascii")
    proxy = None if proxy_url is None else _proxy_of(proxy_url)
    is_absolute = proxy is not None and address.scheme == "http"
    return Origin(
        scheme=address.scheme,
        host=host,
        port=port,
        base_path=base_path,
        host_header=host_header,
        target_prefix=b"http://" + host_header + base_path if is_absolute else base_path,
        tls=tls if address.scheme == "https" else None,
        proxy=proxy,
    )


def tls_context(ca_pem: str | None = None) -> ssl.SSLContext:
    """Return a context that trusts the system's authorities, or those in ``ca_pem`` alone.

    Takes some ten milliseconds. Raises ``ssl.SSLError`` for text that holds no certificate.
    """
    context = ssl.create_default_context(cadata=ca_pem)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_of(proxy_url: str) -> OutboundProxy:
    address = _split(proxy_url)
    if address.scheme != "http":
        raise ValueError("an outbound proxy is reached by http://")
    authorization = None
    if address.username is not None:
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}"
        authorization = b"Basic " + base64.b64encode(pair.encode())
    return OutboundProxy(str(address.hostname), address.port or DEFAULT_PORTS["http"], authorization)


def _split(url: str) -> SplitResult:
    address = urlsplit(url)
    if address.scheme not in DEFAULT_PORTS or not _HOST.fullmatch(address.hostname or ""):
        raise ValueError("an address begins with http:// or https:// and a host")
    return address


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
