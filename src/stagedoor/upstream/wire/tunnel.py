"""Open a connection to an origin: straight, over TLS, or through an outbound proxy."""

import asyncio
import re
import ssl
from typing import cast

from stagedoor.upstream.wire.connection import UpstreamConnection
from stagedoor.upstream.wire.origin import Origin, OutboundProxy

PROXY_ANSWER_BYTES_MAX = 16 * 1024
_ACCEPTED = re.compile(rb"HTTP/1\.[01] 2[0-9][0-9][ \r]")


async def open_connection(origin: Origin, connection: UpstreamConnection) -> None:
    """Connect ``connection`` to its origin. Raises ``OSError``, and ``UnicodeError`` for a host that is no name."""
    loop = asyncio.get_running_loop()
    proxy = origin.proxy
    if proxy is None:
        name = origin.host if origin.tls is not None else None
        await loop.create_connection(lambda: connection, origin.host, origin.port, ssl=origin.tls, server_hostname=name)
    elif origin.tls is None:
        await loop.create_connection(lambda: connection, proxy.host, proxy.port)
    else:
        await _open_through(proxy, origin, origin.tls, connection)


async def _open_through(
    proxy: OutboundProxy, origin: Origin, tls: ssl.SSLContext, connection: UpstreamConnection
) -> None:
    loop = asyncio.get_running_loop()
    transport, opening = await loop.create_connection(_TunnelOpening, proxy.host, proxy.port)
    try:
        transport.write(_connect_request(proxy, origin))
        await opening.opened
        secured = await loop.start_tls(transport, connection, tls, server_hostname=origin.host)
    except BaseException:
        transport.abort()
        raise
    connection.connection_made(cast("asyncio.Transport", secured))


def _connect_request(proxy: OutboundProxy, origin: Origin) -> bytes:
    authority = origin.authority.encode("ascii")
    lines = [b"CONNECT %b HTTP/1.1" % authority, b"host: " + authority]
    if proxy.authorization is not None:
        lines.append(b"proxy-authorization: " + proxy.authorization)
    return b"\r\n".join([*lines, b"", b""])


class _TunnelOpening(asyncio.Protocol):
    """Reads a proxy's answer to CONNECT (RFC 9110 section 9.3.6), which has no body when it says yes."""

    def __init__(self) -> None:
        self._answer = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        if self.opened.done():
            return
        if end < 0:
            if len(self._answer) > PROXY_ANSWER_BYTES_MAX:
                self._refuse("the proxy's answer is too long")
        elif not _ACCEPTED.match(self._answer):
            first_line = self._answer.partition(b"\r\n")[0][:100].decode("latin-1")
            self._refuse(f"the proxy refused: {first_line!r}")
        elif end + 4 != len(self._answer):
            self._refuse("the proxy spoke where the origin should")
        else:
            self.opened.set_result(None)

    def connection_lost(self, failure: Exception | None) -> None:
        self._refuse("the proxy closed the connection")

    def _refuse(self, why: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(why))
