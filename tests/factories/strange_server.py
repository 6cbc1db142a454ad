"""A remote server that answers each path by script and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOT_FOUND = (404, {"message": "Not here"})

Scripted = tuple[int, Any] | tuple[int, Any, Mapping[str, str]]


@dataclass(frozen=True)
class Asked:
    """One request: ``POST /connect/token``, its form or JSON, and its Authorization header."""

    line: str
    fields: Mapping[str, Any]
    authorization: str | None


@dataclass
class StrangeServer:
    """``answers`` by ``METHOD /path`` without the query; a text is a web page, everything else JSON."""

    url: str
    answers: dict[str, Scripted] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls: SSLContext | None, answers: Mapping[str, Scripted]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        self.strange = StrangeServer(f"{scheme}://127.0.0.1:{self.server_port}", dict(answers))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that refuses the certificate hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        strange = self.server.strange
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fields = json.loads(body) if "json" in self.headers.get("Content-Type", "") else dict(parse_qsl(body))
        line = f"{self.command} {urlsplit(self.path).path}"
        strange.asked.append(Asked(line, fields, self.headers.get("Authorization")))
        status, value, *more = strange.answers.get(line, NOT_FOUND)
        content = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(value, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for headers in more:
            for name, header in headers.items():
                self.send_header(name, header)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        """Keep the tests' output to themselves."""


@contextmanager
def strange_server(answers: Mapping[str, Scripted], *, tls: SSLContext | None = None) -> Iterator[StrangeServer]:
    """Serve on a loopback port until the block ends."""
    server = _Server(tls, answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.strange
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
