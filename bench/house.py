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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import insert

from bench.processes import ProcessTree
from bench.upstream import on_core
from stagedoor.client import AppTransport
from stagedoor.door.opening import open_house
from stagedoor.identity.api_users.key_form import DrawnKey
from stagedoor.identity.api_users.models import AccessKey, ApiUser
from stagedoor.kit.chance import SystemChance, random_guid
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

START_SECONDS_MAX = 60
# Limits that nobody reaches, so that all of them are kept and none refuses.
RATE_A_SECOND, BURST, DAILY_QUOTA, CONCURRENCY = 1_000_000, 100_000, 1_000_000_000, 1000
NOTICE_SECONDS = 1.0


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
        """Make an access key that has limits of each kind, and return it."""
        order = {
            "name": f"bench {secrets.token_hex(4)}",
            "tenant": f"{self.organization}/{self.tenant}",
            "allow": list(allow),
            "rate": f"{RATE_A_SECOND}/s",
            "burst": BURST,
            "daily_quota": DAILY_QUOTA,
            "concurrency": CONCURRENCY,
        }
        return str(self._send("POST", "/keys", order)["key"])

    def make_application(self, scope: str) -> tuple[str, str]:
        """Register a confidential external application; return its id and its secret."""
        order = {"name": "bench", "is_confidential": True, "application_scopes": [scope]}
        made = self._send("POST", "/apps", order)
        return made["id"], made["secret"]

    def set_destination(self, remote_base_url: str | None, token: str | None = None) -> None:
        """Send the tenant's requests to a remote Orchestrator, or with ``None`` to the embedded one.

        ``token`` is its credential there, by default some random one. A server that is running knows of it when this
        returns.
        """
        if remote_base_url is not None and token is None:
            token = secrets.token_urlsafe(32)
        with self.management() as client:
            tenant_id = client.get("/tenants").json()["items"][0]["id"]
        order = {"remote_base_url": remote_base_url, "token": token}
        self._send("PUT", f"/tenants/{tenant_id}/destination", order)
        time.sleep(NOTICE_SECONDS)

    def store_keys(self, keys: Sequence[tuple[DrawnKey, Sequence[str]]]) -> None:
        """Put keys with limits, each with what it allows, into the store; in bulk, as one by one takes minutes."""
        made = {"created_at": datetime.now(UTC), "created_by": "bench"}
        with open_house(Settings(data_dir=self.data_dir)) as house, house.database.write() as session:
            organization = house.directory.find_organization(self.organization)
            assert organization is not None
            owner = {"id": random_guid(SystemChance()), "organization_id": organization.id, "name": "bench"}
            session.execute(insert(ApiUser).values(**owner, owner_group="bench", **made))
            rows = [
                {
                    "id": key.id,
                    "organization_id": organization.id,
                    "tenant_id": organization.tenants[0].place.tenant_id,
                    "api_user_id": owner["id"],
                    "name": f"key {number}",
                    "secret_hash": house.sealing_keys.vault.keyed_hash(key.key.reveal()),
                    "allow": list(allow),
                    "networks": [],
                    "rate_requests": RATE_A_SECOND,
                    "rate_seconds": 1,
                    "burst": BURST,
                    "daily_quota": DAILY_QUOTA,
                    "concurrency": CONCURRENCY,
                    **made,
                }
                for number, (key, allow) in enumerate(keys)
            ]
            session.execute(insert(AccessKey), rows)

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
        """Return the processor time that it took so far, all threads and processes together."""
        return ProcessTree((self.process.pid,)).cpu_seconds()

    def memory_mb(self) -> float:
        """Return the memory that it holds, in millions of bytes."""
        return ProcessTree((self.process.pid,)).resident_mb()


@contextmanager
def running_server(house: PreparedHouse, *, core: int | None = None) -> Iterator[RunningServer]:
    """Start the server on a free port, yield it once its ready file is there, and stop it."""
    ready_file = house.data_dir / "ready.json"
    ready_file.unlink(missing_ok=True)
    arguments = ["up", "--port", "0", "--data-dir", str(house.data_dir), "--ready-file", str(ready_file)]
    command = on_core(core, *stagedoor_command(), *arguments)
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
