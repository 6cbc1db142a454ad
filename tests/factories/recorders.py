"""Servers that nobody here wrote, each writing down the requests that it believes to have received."""

import json
import logging
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from tests.factories.node import PROGRAMS
from tests.factories.patience import eventually

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """A request as an upstream read it; ``is_torn`` where it did not come to its end.

    What could not be read at all is told as the method ``malformed``.
    """

    method: str
    target: str
    body: str = ""
    is_torn: bool = False


class Recorder(Protocol):
    """A server and what it received so far, oldest first."""

    base_url: str

    def received(self) -> list[Received]:
        """Return everything that was received since it started."""


@dataclass(frozen=True)
class _FileRecorder:
    base_url: str
    path: Path

    def received(self) -> list[Received]:
        lines = self.path.read_text("utf-8", "replace").splitlines()
        return [_read_line(json.loads(line)) for line in lines if line and '"port"' not in line]


def _read_line(line: dict[str, Any]) -> Received:
    if "malformed" in line:
        return Received("malformed", line["malformed"])
    return Received(line["method"], line["target"], line.get("body", ""), line.get("torn", False))


@contextmanager
def node_recorder(directory: Path) -> Iterator[Recorder]:
    """Run Node's own server with its lenient parser."""
    log = directory / "node.jsonl"
    with log.open("wb") as out:
        process = subprocess.Popen(["node", str(PROGRAMS / "recorder.cjs")], stdout=out)
    try:
        first = eventually(log.read_text, lambda text: text.endswith("\n"))
        yield _FileRecorder(f"http://{HOST}:{json.loads(first.splitlines()[0])['port']}", log)
    finally:
        process.kill()
        process.wait()


NGINX = """
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/f;
  uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
  client_body_buffer_size 1m; ignore_invalid_headers off; merge_slashes off; keepalive_requests 100000;
  log_format received escape=json
    '{{"status":$status,"method":"$request_method","line":"$request","body":"$request_body"}}';
  access_log off;
  server {{
    listen {host}:{port};
    access_log {directory}/access.log received;
    location / {{ proxy_pass http://{host}:{sink}; }}
  }}
  server {{
    listen {host}:{sink};
    location / {{ default_type application/json; return 200 '{{"target":"$request_uri"}}'; }}
  }}
}}
"""


@dataclass(frozen=True)
class _NginxRecorder:
    base_url: str
    directory: Path

    def received(self) -> list[Received]:
        found = []
        for text in (self.directory / "access.log").read_text("latin-1").splitlines():
            line = json.loads(text)
            words = line["line"].split(" ")
            if len(words) != 3:
                found.append(Received("malformed", line["line"]))
                continue
            # 400 as well as 499 is what nginx writes where the end of a request never came.
            found.append(Received(line["method"], words[1], line["body"], line["status"] != 200))
        errors = (self.directory / "error.log").read_text("latin-1").splitlines()
        return found + [Received("malformed", line) for line in errors if "client sent" in line]


def free_port() -> int:
    """Return a port that nobody listened on a moment ago, for servers that cannot choose one themselves."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def nginx_recorder(directory: Path) -> Iterator[Recorder]:
    """Run nginx, which hands every request on to a sink of its own so that it reads the body."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    assert nginx is not None, "nginx is missing: run tests/strangers/install.sh"
    directory.chmod(0o755)
    port, sink = free_port(), free_port()
    config = directory / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    config.write_text(user + NGINX.format(directory=directory, host=HOST, port=port, sink=sink))
    log = directory / "access.log"
    process = subprocess.Popen([nginx, "-p", str(directory), "-c", str(config), "-e", str(directory / "start.log")])
    try:
        eventually(log.exists, bool)
        yield _NginxRecorder(f"http://{HOST}:{port}", directory)
    finally:
        process.terminate()
        process.wait()


class _UvicornRecorder(logging.Handler):
    """uvicorn on h11, another parser than the door's own."""

    def __init__(self) -> None:
        super().__init__()
        self.base_url = ""
        self._seen: list[Received] = []

    def received(self) -> list[Received]:
        return list(self._seen)

    def emit(self, record: logging.LogRecord) -> None:
        if "Invalid HTTP request" in record.getMessage():
            self._seen.append(Received("malformed", record.getMessage()))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        target = (scope["raw_path"] + query).decode("latin-1")
        body, is_whole = b"", False
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                self._seen.append(Received(scope["method"], target, is_torn=True))
                return
            body += message["body"]
            is_whole = not message.get("more_body")
        self._seen.append(Received(scope["method"], target, body.decode("latin-1")))
        content = json.dumps({"target": target}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


@contextmanager
def uvicorn_recorder() -> Iterator[Recorder]:
    """Run uvicorn with h11 in a thread."""
    recorder = _UvicornRecorder()
    log = logging.getLogger("uvicorn.error")
    log.addHandler(recorder)
    server = uvicorn.Server(
        uvicorn.Config(recorder, host=HOST, port=0, http="h11", lifespan="off", log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started, bool)
        recorder.base_url = f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
        yield recorder
    finally:
        server.should_exit = True
        thread.join()
        log.removeHandler(recorder)
