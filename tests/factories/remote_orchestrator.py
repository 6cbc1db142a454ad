"""An Orchestrator elsewhere that a test writes: it issues tokens, takes those that are good, and answers by script."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import update
from tests.factories.administrator import Administrator

from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.models import UpstreamToken

PREFIX = "/acme/prod/orchestrator_"
TOKEN_PATH = "/identity_/connect/token"


@dataclass(frozen=True)
class Received:
    """One request, without the prefix in its path."""

    method: str
    path: str
    query: str
    token: str
    headers: dict[str, str]
    body: bytes


class RemoteOrchestrator(ThreadingHTTPServer):
    """Answers with ``answer``; ``revoke`` makes every token so far a bad one, as an administrator there would."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.answer: Callable[[Received, _Handler], None] = lambda received, handler: handler.say({"value": []})
        self.tokens_issued = 0
        self.refuses_sign_in = False
        self._good: set[str] = set()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PREFIX}"

    def issue(self) -> str:
        with self._lock:
            self.tokens_issued += 1
            token = f"issued-{self.tokens_issued}-{'t' * 40}"
            self._good.add(token)
        return token

    def takes(self, token: str) -> bool:
        return token in self._good

    def revoke(self) -> None:
        self._good.clear()

    def asked(self, path: str) -> list[Received]:
        """Return what came for one path."""
        return [received for received in self.received if received.path == path]

    def forget(self) -> None:
        self.received.clear()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever hangs up in the middle means it."""


class _Handler(BaseHTTPRequestHandler):
    server: RemoteOrchestrator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_DELETE(self) -> None:
        self._do()

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        address = urlsplit(self.path)
        if address.path.lower().endswith("/connect/token"):
            self._give_token()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(
            self.command,
            address.path.removeprefix(PREFIX),
            address.query,
            headers.get("authorization", "").removeprefix("Bearer "),
            headers,
            body,
        )
        self.server.received.append(received)
        if self.server.takes(received.token):
            self.server.answer(received, self)
        else:
            self.say({"message": "You are not authenticated!", "errorCode": 0}, status=401)

    def _give_token(self) -> None:
        if self.server.refuses_sign_in:
            self.say({"error": "invalid_client"}, status=400)
        else:
            self.say({"access_token": self.server.issue(), "token_type": "Bearer", "expires_in": 3600})

    def say(self, content: Any, *, status: int = 200, zipped: bool = False, **headers: str) -> None:
        """Answer with JSON; underscores in the names of headers stand for dashes."""
        body = json.dumps(content).encode()
        if zipped:
            body, headers = gzip.compress(body), {**headers, "Content_Encoding": "gzip"}
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        """Keep the tests' output to themselves."""


@contextmanager
def remote_orchestrator() -> Iterator[RemoteOrchestrator]:
    """Serve on a loopback port until the block ends."""
    with RemoteOrchestrator() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def connect(front: Administrator, remote: RemoteOrchestrator) -> None:
    """Map the front door's tenant to the remote Orchestrator, as another process of the house does."""
    data_dir: Path = front.house.data_dir
    tenant = front.management.get("/tenants").json()["items"][0]
    connections = Connections(
        Vault(bytes.fromhex((data_dir / "master.key").read_text())), SystemClock(), SystemChance()
    )
    draft = ConnectionDraft(
        organization_id=tenant["organization"]["id"],
        name="remote",
        kind=ConnectionKind.APP,
        base_url=remote.base_url,
        identity_url=f"http://127.0.0.1:{remote.server_port}{TOKEN_PATH}",
        secret=Secret("client-secret"),
        client_id="client",
        scope="OR.Jobs",
    )
    database = Database(Settings(data_dir=data_dir).store_url)
    try:
        with database.write() as session:
            assert connections.map_tenant(session, tenant["id"], connections.create(session, draft))
    finally:
        database.close()


def grow_old(front: Administrator) -> None:
    """Make the front door's newest token an old one, so that its refusal is a reason to renew it."""
    database = Database(Settings(data_dir=front.house.data_dir).store_url)
    try:
        with database.write() as session:
            session.execute(update(UpstreamToken).values(last_renewed_at=SystemClock().now() - timedelta(minutes=5)))
    finally:
        database.close()
