"""What a serving process holds: after load of both kinds, and while many slow readers take large answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure, at_most
from bench.house import RunningServer, prepare_house, running_server
from bench.load import Request, run_load
from bench.progress import Progress
from bench.upstream import LARGE_PATH, SMALL_PATH, running_upstream

ROW = "memory"
CONNECTIONS = 64
SECONDS = 4
READERS = 64
SETTLE_SECONDS = 3.0
RECEIVE_BUFFER_BYTES = 4096


def measure(directory: Path, progress: Progress) -> list[Figure]:
    """Return megabytes (10⁶ bytes) resident."""
    house = prepare_house(directory / "data")
    access_key = house.make_key("all")
    with running_upstream(directory / "upstream") as upstream_url, running_server(house) as server:
        idle = server.memory_mb()
        headers = {"Authorization": f"Bearer {access_key}", "X-UIPATH-FolderPath": house.folder}
        request = Request(url=f"{server.orchestrator_url}{SMALL_PATH}?$top=10", headers=headers)
        progress.say(f"{ROW}: under load to the embedded Orchestrator")
        run_load(request, connections=CONNECTIONS, seconds=SECONDS)
        house.set_destination(upstream_url)
        progress.say(f"{ROW}: under load to a remote one")
        run_load(request, connections=CONNECTIONS, seconds=SECONDS)
        loaded = server.memory_mb()
        progress.say(f"{ROW}: {READERS} stalled readers")
        with stalled_readers(server, headers["Authorization"]):
            time.sleep(SETTLE_SECONDS)
            stalled = server.memory_mb()
    return [
        Figure(row=ROW, name="ready to serve", samples=[idle], unit="MB"),
        Figure(row=ROW, name="serving, after load", samples=[loaded], unit="MB", budget=at_most(150)),
        Figure(
            row=ROW,
            name=f"added by {READERS} stalled readers of 10 MiB",
            samples=[stalled - loaded],
            unit="MB",
            budget=at_most(50),
        ),
    ]


@contextmanager
def stalled_readers(server: RunningServer, authorization: str) -> Iterator[None]:
    """Hold connections open that asked for a large answer, took its beginning and read no further."""
    address = urlsplit(server.orchestrator_url)
    head = (
        f"GET {address.path}{LARGE_PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: {authorization}\r\n\r\n"
    ).encode()
    with ExitStack() as connections:
        for _ in range(READERS):
            connection = connections.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            connection.connect((address.hostname, address.port))
            connection.sendall(head)
            if not connection.recv(12).endswith(b"200"):
                raise AssertionError("a slow reader was not answered")
        yield
