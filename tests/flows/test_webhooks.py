"""A program that listens on this machine hears what happens in the embedded Orchestrator."""

import base64
import hashlib
import hmac
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
from tests.factories.administrator import administrator_of
from tests.factories.served import served

SECRET = "a secret of the listener's"
SECONDS_MAX = 30


class Listener:
    """A web server that keeps what it is sent."""

    def __init__(self) -> None:
        heard: queue.Queue[tuple[str, bytes]] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                heard.put((self.headers["X-UiPath-Signature"], body))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
                """Write nothing to the test's output."""

        self.heard = heard
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def next(self) -> dict[str, Any]:
        """Wait for the next event, hold its signature against the body, and return it."""
        signature, body = self.heard.get(timeout=SECONDS_MAX)
        expected = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        assert base64.b64decode(signature) == expected
        event: dict[str, Any] = orjson.loads(body)
        return event


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.server.shutdown()
        listener.server.server_close()
        thread.join()


def webhook(url: str) -> dict[str, Any]:
    return {
        "Name": "Listener",
        "Url": url,
        "Secret": SECRET,
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
    }


def test_a_listener_on_this_machine_hears_signed_events_and_downloads_an_export(tmp_path: Path) -> None:
    with listening() as listener, served(tmp_path / "data") as running, administrator_of(running) as administrator:
        orchestrator = administrator.orchestrator
        folder = orchestrator.get("/odata/Folders").json()["value"][0]
        made = orchestrator.post("/odata/Webhooks", json=webhook(listener.url))
        assert (made.status_code, made.json()["Secret"]) == (201, None)
        in_folder = {"X-UIPATH-OrganizationUnitId": str(folder["Id"])}
        assert orchestrator.post("/odata/QueueDefinitions", json={"Name": "Heard"}, headers=in_folder).is_success
        event = listener.next()
        assert (event["Type"], event["Queues"][0]["Name"]) == ("queue.created", "Heard")
        assert event["OrganizationUnitId"] == folder["Id"]
        hosts = orchestrator.get("/api/Status/VerifyHostAvailibility", params={"url": listener.url}).json()
        assert hosts["canConnect"] is True

        rows = orchestrator.get("/odata/AuditLogs").json()["value"]
        assert ("Queues", "Create", "Heard") in {(row["Component"], row["Action"], row["DisplayName"]) for row in rows}
        export = orchestrator.post("/odata/AuditLogs/UiPath.Server.Configuration.OData.Export", json={}).json()
        link = orchestrator.get(f"/odata/Exports({export['Id']})/UiPath.Server.Configuration.OData.GetDownloadLink")
        file = administrator.orchestrator.get(link.json()["Uri"])
        assert file.status_code == 200
        assert b"Heard" in file.content


def test_an_operator_can_keep_events_from_private_addresses(tmp_path: Path) -> None:
    environment = {"STAGEDOOR_WEBHOOKS_REACH_PRIVATE": "no"}
    with (
        listening() as listener,
        served(tmp_path / "data", environment=environment) as running,
        administrator_of(running) as administrator,
    ):
        found = administrator.orchestrator.get("/api/Status/VerifyHostAvailibility", params={"url": listener.url})
        assert found.json() == {
            "canConnect": False,
            "hasBadSsl": False,
            "connectionError": "The address is one that requests may not go to.",
        }
