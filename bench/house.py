"""A Stagedoor to be measured: its data made through the management API, its server a process of its own."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from stagedoor.client import AppTransport
from stagedoor.door.house import open_house
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

START_SECONDS_MAX = 60
NOTICE_SECONDS = 1.0
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class ServerDidNotStart(Exception):
    """``stagedoor up`` ended, or wrote no ready file in time."""


@dataclass(frozen=True, slots=True)
class PreparedHouse:
    """A data directory that is filled and served by nobody."""

    data_dir: Path
    organization: str
    tenant: str
    folder: str

    @contextmanager
    def management(self) -> Iterator[httpx2.Client]:
        """Yield a client of the management API, straight on the data directory, as its administrator."""
        authority = Secret(secrets.token_urlsafe(32))
        settings = Settings(data_dir=self.data_dir)
        with (
            open_house(settings, local_authority=authority) as house,
            httpx2.Client(
                transport=AppTransport(house.app),
                base_url=f"{settings.base_url}/api/stagedoor/v1",
                headers={"Authorization": f"Bearer {authority.reveal()}"},
            ) as client,
        ):
            yield client

    def make_key(self, *allow: str) -> str:
        """Make an access key and return it."""
        order = {"name": f"bench {secrets.token_hex(4)}", "tenant": f"{self.organization}/{self.tenant}"}
        return str(self._send("POST", "/keys", {**order, "allow": list(allow)})["key"])

    def make_application(self, scope: str) -> tuple[str, str]:
        """Register a confidential external application; return its id and its secret."""
        order = {"name": "bench", "is_confidential": True, "application_scopes": [scope]}
        made = self._send("POST", "/apps", order)
        return made["id"], made["secret"]

    def set_destination(self, remote_base_url: str | None) -> None:
        """Send the tenant's requests to a remote Orchestrator, or with ``None`` to the embedded one.

        A server that is running knows of it when this returns.
        """
        token = None if remote_base_url is None else secrets.token_urlsafe(32)
        with self.management() as client:
            tenant_id = client.get("/tenants").json()["items"][0]["id"]
        order = {"remote_base_url": remote_base_url, "token": token}
        self._send("PUT", f"/tenants/{tenant_id}/destination", order)
        time.sleep(NOTICE_SECONDS)

    def _send(self, method: str, path: str, order: Mapping[str, Any]) -> dict[str, Any]:
        with self.management() as client:
            answer = client.request(method, path, json=order)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
            return body


def prepare_house(data_dir: Path) -> PreparedHouse:
    """Fill a data directory as the first start of ``stagedoor up`` does."""
    with open_house(Settings(data_dir=data_dir)) as house:
        made = house.first_start
    return PreparedHouse(data_dir, made.organization, made.tenant, made.folder or "")


@dataclass(frozen=True, slots=True)
class RunningServer:
    """``stagedoor up`` as a process."""

    process: "subprocess.Popen[bytes]"
    house: PreparedHouse
    base_url: str
    seconds_to_ready: float

    @property
    def orchestrator_url(self) -> str:
        """The address in front of ``/odata``."""
        return f"{self.base_url}/{self.house.organization}/{self.house.tenant}/orchestrator_"

    def cpu_seconds(self) -> float:
        """Return the processor time that the process took so far, all of its threads together."""
        # The second field is the command's name in brackets, which may hold spaces.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def memory_mb(self) -> float:
        """Return the memory that the process holds, in millions of bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        resident = next(line for line in status if line.startswith("VmRSS:"))
        return int(resident.split()[1]) * 1024 / 1e6


@contextmanager
def running_server(house: PreparedHouse, *, core: int | None = None) -> Iterator[RunningServer]:
    """Start the server on a free port, yield it once its ready file is there, and stop it."""
    ready_file = house.data_dir / "ready.json"
    ready_file.unlink(missing_ok=True)
    arguments = ["up", "--port", "0", "--data-dir", str(house.data_dir), "--ready-file", str(ready_file)]
    command = [*stagedoor_command(), *arguments]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    log = house.data_dir / "server.log"
    started = time.perf_counter()
    with log.open("ab") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env=measured_environment())
    try:
        while not ready_file.exists():
            if process.poll() is not None or time.perf_counter() - started > START_SECONDS_MAX:
                raise ServerDidNotStart(log.read_text()[-2000:])
            time.sleep(0.002)
        seconds = time.perf_counter() - started
        yield RunningServer(process, house, json.loads(ready_file.read_text())["base_url"], seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def measured_environment(**more: str) -> dict[str, str]:
    """Return this process's environment, in which Python keeps what it compiled, as it does for users."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def stagedoor_command() -> Sequence[str]:
    """Return how the command line is started: the installed script beside this interpreter."""
    return (str(Path(sys.executable).with_name("stagedoor")),)
