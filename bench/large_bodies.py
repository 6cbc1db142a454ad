"""Both ends of a body too large to be held: an upstream that takes and gives one, and a caller that does."""

import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

MEBIBYTE = 1024 * 1024
PIECE = b"s" * MEBIBYTE
READ_BYTES = MEBIBYTE
SECONDS_MAX = 600
CHUNK = b"%x\r\n%b\r\n" % (MEBIBYTE, PIECE)
LAST_CHUNK = b"0\r\n\r\n"
BY_LENGTH, BY_CHUNKS = "/odata/Calendars", "/odata/Releases"
"""What the upstream answers with a large body, its length declared or not."""
UPLOAD = "/odata/QueueDefinitions"


class LargeUpstream(socketserver.ThreadingTCPServer):
    """Answers two paths with a large body, takes any, and answers everything else with an empty list."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, size: int, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.size = size
        self.tls = tls


class _Connection(socketserver.BaseRequestHandler):
    server: LargeUpstream

    def handle(self) -> None:
        # Whoever leaves in the middle says so itself; at the end it is how a connection ends.
        with suppress(OSError):
            plain: socket.socket = self.request
            tls = self.server.tls
            with plain if tls is None else tls.wrap_socket(plain, server_side=True) as connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS_MAX)
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                rest += _received(connection)
            head, _, rest = rest.partition(b"\r\n\r\n")
            taken = _take(connection, head.lower(), rest)
            rest = b""
            target = head.split(b" ", 2)[1].partition(b"?")[0].decode()
            if target in (BY_LENGTH, BY_CHUNKS):
                _give(connection, self.server.size, in_chunks=target == BY_CHUNKS)
            else:
                body = b'{"value":[],"taken":%d}' % taken
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                    % (len(body), body)
                )


def _take(connection: socket.socket, head: bytes, rest: bytes) -> int:
    """Read a body to its end, and return how many bytes came, those of its framing included."""
    taken = len(rest)
    if b"transfer-encoding: chunked" in head:
        end = rest[-len(LAST_CHUNK) :]
        while end != LAST_CHUNK:
            piece = _received(connection)
            taken += len(piece)
            end = (end + piece)[-len(LAST_CHUNK) :]
        return taken
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while taken < int(line[15:]):
                taken += len(_received(connection))
    return taken


def _received(connection: socket.socket) -> bytes:
    """Return what comes next; raise :class:`ConnectionError` where nothing comes any more."""
    piece = connection.recv(READ_BYTES)
    if not piece:
        raise ConnectionResetError("the other end left")
    return piece


def _give(connection: socket.socket, size: int, *, in_chunks: bool) -> None:
    framing = b"Transfer-Encoding: chunked" if in_chunks else b"Content-Length: %d" % size
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n" + framing + b"\r\n\r\n")
    for _ in range(size // MEBIBYTE):
        connection.sendall(CHUNK if in_chunks else PIECE)
    if in_chunks:
        connection.sendall(LAST_CHUNK)


@contextmanager
def large_upstream(size: int, *, certificate: Path | None = None) -> Iterator[str]:
    """Yield the base URL of an upstream with bodies of ``size`` bytes; over TLS with a certificate and its key."""
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    with LargeUpstream(size, tls) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        scheme, host = ("http", "127.0.0.1") if tls is None else ("https", "localhost")
        try:
            yield f"{scheme}://{host}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def make_certificate(directory: Path) -> Path:
    """Make a certificate for ``localhost`` that signs itself, and return the file with it and its key."""
    key, certificate, both = (directory / name for name in ("key.pem", "certificate.pem", "both.pem"))
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    command = ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(certificate.read_text() + key.read_text())
    return both


def upload(base_url: str, access_key: str, size: int, *, in_chunks: bool) -> None:
    """Send a large body, and raise unless all of it was taken."""
    framing = "Transfer-Encoding: chunked" if in_chunks else f"Content-Length: {size}"
    with _asked(base_url, "POST", UPLOAD, access_key, framing) as connection:
        for _ in range(size // MEBIBYTE):
            connection.sendall(CHUNK if in_chunks else PIECE)
        if in_chunks:
            connection.sendall(LAST_CHUNK)
        answer = b""
        while b"}" not in answer:
            answer += _received(connection)
    if not answer.startswith(b"HTTP/1.1 200 ") or int(answer.rpartition(b":")[2].rstrip(b"}")) < size:
        raise AssertionError(f"the body was not taken: {answer!r}")


def download(base_url: str, access_key: str, size: int, *, in_chunks: bool) -> None:
    """Take a large answer, and raise unless all of it came."""
    with _asked(base_url, "GET", BY_CHUNKS if in_chunks else BY_LENGTH, access_key) as connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += _received(connection)
        head, _, rest = head.partition(b"\r\n\r\n")
        taken, end = len(rest), rest[-len(LAST_CHUNK) :]
        while taken < size or (in_chunks and end != LAST_CHUNK):
            piece = connection.recv(READ_BYTES)
            if not piece:
                break
            taken += len(piece)
            end = (end + piece)[-len(LAST_CHUNK) :]
    if not head.startswith(b"HTTP/1.1 200 ") or taken < size:
        raise AssertionError(f"the answer did not come whole: {head!r}, {taken} bytes")


@contextmanager
def _asked(base_url: str, method: str, path: str, access_key: str, *lines: str) -> Iterator[socket.socket]:
    address = urlsplit(base_url)
    head = [f"{method} {address.path}{path} HTTP/1.1", "Host: stagedoor", f"Authorization: Bearer {access_key}", *lines]
    with socket.create_connection((str(address.hostname), address.port or 80), SECONDS_MAX) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        yield connection
