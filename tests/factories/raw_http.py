"""HTTP written by hand, for what no client library can be made to send."""

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

QUIET_SECONDS = 0.15
SECONDS_MAX = 20


@dataclass(frozen=True)
class RawAnswers:
    """Everything that came back on one connection. ``was_closed`` tells whether the server ended it."""

    received: bytes
    was_closed: bool

    @property
    def statuses(self) -> list[int]:
        """The status of each answer; a forged second request would show as a second one."""
        return [int(piece[:3]) for piece in self.received.split(b"HTTP/1.1 ")[1:]]

    @property
    def json(self) -> dict[str, Any]:
        """The body of the only answer."""
        body: dict[str, Any] = json.loads(self.received.partition(b"\r\n\r\n")[2])
        return body


def exchange(base_url: str, *pieces: bytes, answers: int = 1, until_closed: bool = False) -> RawAnswers:
    """Send the pieces on one connection and return what came back.

    Waits for as many ``answers`` as are expected and then a moment longer, for one that is not; with
    ``until_closed``, until the server ends the connection.
    """
    end = monotonic() + SECONDS_MAX
    received = b""
    with _connected(base_url) as connection:
        was_closed = not _send_all(connection, pieces)
        while monotonic() < end:
            is_enough = received.count(b"HTTP/1.1 ") >= answers and not until_closed
            connection.settimeout(QUIET_SECONDS if is_enough else SECONDS_MAX)
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                break
            except ConnectionResetError:
                return RawAnswers(received, was_closed=True)
            if not piece:
                return RawAnswers(received, was_closed=True)
            received += piece
    return RawAnswers(received, was_closed)


def provoke(base_url: str, piece: bytes) -> bytes:
    """Send what may never be answered, and return what came until the server ended the connection or fell silent."""
    received = b""
    with _connected(base_url) as connection:
        _send_all(connection, [piece])
        connection.settimeout(QUIET_SECONDS)
        while True:
            try:
                more = connection.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return received
            if not more:
                return received
            received += more


def break_off(base_url: str, piece: bytes) -> None:
    """Send the beginning of a request and hang up."""
    with _connected(base_url) as connection:
        connection.sendall(piece)


def _connected(base_url: str) -> socket.socket:
    address = urlsplit(base_url)
    return socket.create_connection((str(address.hostname), address.port or 80), timeout=SECONDS_MAX)


def _send_all(connection: socket.socket, pieces: Iterable[bytes]) -> bool:
    try:
        for piece in pieces:
            connection.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True
