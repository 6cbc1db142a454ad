"""Callers that ask for a large answer, take its beginning and read no further."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

RECEIVE_BUFFER_BYTES = 4096
ANSWER_SECONDS_MAX = 30


@contextmanager
def stalled_readers(url: str, *, authorization: str, count: int) -> Iterator[None]:
    """Hold that many connections open, each in the middle of an answer."""
    address = urlsplit(url)
    head = (f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: {authorization}\r\n\r\n").encode()
    with ExitStack() as connections:
        for _ in range(count):
            connection = connections.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            connection.settimeout(ANSWER_SECONDS_MAX)
            connection.connect((address.hostname, address.port))
            connection.sendall(head)
            if not connection.recv(12).endswith(b"200"):
                raise AssertionError("a slow reader was not answered")
        yield
