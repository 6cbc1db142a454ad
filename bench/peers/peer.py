"""One gateway among those that are compared: what it needs, how it is set up, and it as running processes."""

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bench.peers.rules import Rules
from bench.processes import ProcessTree
from bench.upstream import free_port, on_core, wait_for_port

PREFIX = "/acme/dev/orchestrator_"
START_ATTEMPTS = 600
STOP_SECONDS_MAX = 20
LOG_FILE = "output.log"

Command = Sequence[str]


class PeerDidNotStart(Exception):
    """A gateway ended at once, or listened on no port in time; the message has the end of what it said."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a gateway is set up for. The directory is its own, and empty."""

    directory: Path
    port: int
    upstream_port: int
    upstream_token: str
    rules: Rules

    @property
    def upstream_authorization(self) -> str:
        """The credential that is sent upstream in place of the caller's."""
        return f"Bearer {self.upstream_token}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Commands to start, the last of which listens on the port of the surroundings, and the prefix it answers under."""

    commands: Sequence[Command]
    helper_ports: Sequence[int] = ()
    prefix: str = PREFIX


@dataclass(frozen=True, slots=True)
class Peer:
    """A gateway. ``find_version`` returns ``None`` where it is not installed.

    ``holds_keys`` is whether the keys live in its own configuration, not in a service that it asks.
    """

    name: str
    find_version: Callable[[], str | None]
    prepare: Callable[[Surroundings], Prepared]
    holds_keys: bool = True


@dataclass(frozen=True, slots=True)
class RunningPeer:
    """A gateway that answers."""

    base_url: str
    processes: ProcessTree


@contextmanager
def running_peer(
    peer: Peer, directory: Path, *, upstream_port: int, upstream_token: str, rules: Rules, core: int
) -> Iterator[RunningPeer]:
    """Set a gateway up, start it with all that it needs on one core, and stop it."""
    directory.mkdir(parents=True)
    # The workers of an nginx that root starts are somebody else.
    directory.chmod(0o755)
    surroundings = Surroundings(directory, free_port(), upstream_port, upstream_token, rules)
    prepared = peer.prepare(surroundings)
    with (directory / LOG_FILE).open("wb") as log, ExitStack() as stack:
        started = [stack.enter_context(_running(on_core(core, *command), log)) for command in prepared.commands]
        for port in (*prepared.helper_ports, surroundings.port):
            try:
                wait_for_port(port, START_ATTEMPTS, while_running=started)
            except ConnectionRefusedError as error:
                said = (directory / LOG_FILE).read_text(errors="replace")[-1000:].strip()
                raise PeerDidNotStart(said or "it ended without a word") from error
        processes = ProcessTree(tuple(process.pid for process in started))
        yield RunningPeer(f"http://127.0.0.1:{surroundings.port}{prepared.prefix}", processes)


def find_version(command: Command, pattern: str) -> str | None:
    """Return the first group of the pattern in what a command says; ``None`` if there is no such command."""
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(pattern, finished.stdout + finished.stderr)
    return None if found is None else found.group(1)


@contextmanager
def _running(command: Command, log: BinaryIO) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
