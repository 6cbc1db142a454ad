"""A whole Stagedoor as its users start it: a process of its own, on a loopback port, with data of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from tests.factories.store import lay_upgraded_store

START_SECONDS_MAX = 60


@dataclass(frozen=True)
class Served:
    """A running server and what its ready file said."""

    process: "subprocess.Popen[str]"
    data_dir: Path
    base_url: str
    organization: str
    tenant: str
    folder: str
    admin_username: str
    admin_password: str
    sample_key: str
    log_path: Path

    @property
    def tenant_url(self) -> str:
        return f"{self.base_url}/{self.organization}/{self.tenant}"

    @property
    def orchestrator_url(self) -> str:
        return f"{self.tenant_url}/orchestrator_"

    def log(self) -> str:
        return self.log_path.read_text()


PASS_ON = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


@contextmanager
def served(
    data_dir: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    listener: socket.socket | None = None,
) -> Iterator[Served]:
    """Start ``stagedoor up`` and stop it at the end; raises with the log when it does not come up.

    ``listener`` is passed on to it as systemd passes sockets on. A data directory that is not there yet gets a store
    with every table and no row.
    """
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        if "STAGEDOOR_DATABASE_URL" not in (environment or {}):
            # Making the tables is much of a first start, and most tests are about something else.
            lay_upgraded_store(data_dir)
    ready_file = data_dir / "ready.json"
    log_path = data_dir / "server.log"
    passing_on = () if listener is None else ("-c", PASS_ON, str(listener.fileno()))
    command = [
        *(sys.executable, *passing_on, "-m", "stagedoor", "up"),
        *("--host", "127.0.0.1", "--port", "0", "--data-dir", str(data_dir), "--ready-file", str(ready_file)),
        *arguments,
    ]
    with log_path.open("a") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            pass_fds=() if listener is None else (listener.fileno(),),
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default", **(environment or {})},
        )
        try:
            ready = _wait_until_ready(process, ready_file, log_path)
            yield Served(
                process=process,
                data_dir=data_dir,
                base_url=ready["base_url"],
                organization=ready["organization"],
                tenant=ready["tenant"],
                folder=ready["folder"],
                admin_username=ready["admin"]["username"],
                admin_password=ready["admin"]["password"],
                sample_key=ready["sample_key"],
                log_path=log_path,
            )
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _wait_until_ready(process: "subprocess.Popen[str]", ready_file: Path, log_path: Path) -> dict[str, Any]:
    # The ready file is written before the welcome text is printed, so the first line of output means that it is there.
    assert process.stdout is not None
    with DefaultSelector() as selector:
        selector.register(process.stdout, EVENT_READ)
        if not selector.select(START_SECONDS_MAX) or not process.stdout.readline() or not ready_file.exists():
            process.kill()
            raise AssertionError(f"the server did not come up:\n{log_path.read_text()}")
    facts: dict[str, Any] = json.loads(ready_file.read_text())
    return facts
