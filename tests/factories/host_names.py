"""Names of hosts that clients have built in, led to a server on loopback: a proxy that speaks TLS for them.

Clients take it from ``HTTPS_PROXY`` and trust it by ``SSL_CERT_FILE``, as those do that stand behind a company's proxy.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from urllib.parse import urlsplit

from tests.factories.certificates import Authority

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


class _Proxy(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, hosts: frozenset[str], tls: SSLContext, to: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.hosts, self.tls, self.to = hosts, tls, to
        self.asked: list[str] = []


class _Tunnel(StreamRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        method, target, *_ = self.rfile.readline().decode("ascii").split()
        while self.rfile.readline().strip():
            """The headers of CONNECT say nothing that is needed."""
        self.server.asked.append(target)
        if method != "CONNECT" or target.removesuffix(":443") not in self.server.hosts:
            self.connection.sendall(REFUSED)
            return
        self.connection.sendall(CONNECTED)
        # A client that hangs up, in the middle of the handshake too, is no failure of the proxy.
        with (
            suppress(OSError),
            self.server.tls.wrap_socket(self.connection, server_side=True) as near,
            socket.create_connection(self.server.to) as far,
        ):
            back = threading.Thread(target=_pump, args=(far, near), daemon=True)
            back.start()
            _pump(near, far)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65536):
            sink.sendall(some)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def host_names(directory: Path, base_url: str, *hosts: str) -> Iterator[Mapping[str, str]]:
    """Lead the hosts to the server at ``base_url``, and no other anywhere; give the environment that clients need."""
    authority = Authority()
    trusted = directory / "authority.pem"
    trusted.write_text(authority.pem)
    address = urlsplit(base_url)
    to = (address.hostname or "", address.port or 80)
    proxy = _Proxy(frozenset(hosts), authority.server(directory, *hosts), to)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}", "SSL_CERT_FILE": str(trusted)}
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
