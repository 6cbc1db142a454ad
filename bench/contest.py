"""Gateways that are measured beside each other: all of them up at once, each proven, load in rounds of drawn order.

All processes of a gateway share one core; the load tool and the upstream share the other. A gateway that is not
installed, does not start, does not keep to the rules or breaks under load is named with the reason, and not timed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from bench.cores import GATEWAY_CORE, LOAD_CORE
from bench.figures import Figure, Finding, Missing
from bench.load import LoadFailed, LoadResult, Request, run_load
from bench.peers.peer import Peer, PeerDidNotStart, running_peer
from bench.peers.proof import NotProven, prove
from bench.peers.rules import Rules
from bench.processes import ProcessTree
from bench.progress import Progress
from bench.upstream import SMALL_PATH

UPSTREAM_TOKEN = "upstream-token-of-the-benchmarks"
ANSWER_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that answers requests: a gateway, or with no processes the upstream itself."""

    name: str
    base_url: str
    processes: ProcessTree | None = None


@dataclass(slots=True)
class Contest:
    """Who takes part, and who does not any longer and why."""

    row: str
    keys_file: Path
    progress: Progress
    contenders: list[Contender] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def run_round(self, chance: random.Random, measure: Callable[[Contender], None]) -> None:
        """Measure each of them once, in an order drawn by chance; who breaks is out."""
        for contender in chance.sample(self.contenders, k=len(self.contenders)):
            try:
                measure(contender)
            except (LoadFailed, AssertionError, OSError) as error:
                self.contenders.remove(contender)
                self.leave_out(contender.name, f"broke under load: {error}")

    def run_load(self, contender: Contender, *, connections: int, seconds: int, path: str = SMALL_PATH) -> LoadResult:
        """Send load with the keys in turn."""
        request = Request(url=f"{contender.base_url}{path}?$top=10", headers={}, keys_file=self.keys_file)
        return run_load(request, connections=connections, seconds=seconds, core=LOAD_CORE)

    def leave_out(self, name: str, reason: str) -> None:
        """Name somebody who is not measured."""
        first_line = reason.strip().splitlines()[-1][:160]
        self.progress.say(f"{self.row}: {name} is left out: {first_line}")
        self.missing.append(Missing(row=self.row, subject=name, reason=first_line))

    def in_order(self, findings: Sequence[Figure]) -> list[Finding]:
        """Return the figures of those who stayed, and who did not."""
        gone = {missing.subject for missing in self.missing}
        return [*(figure for figure in findings if figure.subject not in gone), *self.missing]


@contextmanager
def line_up(
    peers: Sequence[Peer], directory: Path, *, row: str, rules: Rules, upstream_url: str, progress: Progress
) -> Iterator[Contest]:
    """Start gateways, prove each, and stop them afterwards."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
    keys_file = directory / "keys-for-load.txt"
    keys_file.write_text("".join(f"{key}\n" for key in rules.draw_keys_for_load()))
    contest = Contest(row, keys_file, progress)
    upstream_port = urlsplit(upstream_url).port
    assert upstream_port is not None
    with ExitStack() as stack:
        for number, peer in enumerate(peers):
            version = peer.find_version()
            if version is None:
                contest.leave_out(peer.name.replace(" {version}", ""), "not installed here")
                continue
            name = peer.name.format(version=version)
            progress.say(f"{row}: starting {name}")
            try:
                running = stack.enter_context(
                    running_peer(
                        peer,
                        directory / str(number),
                        upstream_port=upstream_port,
                        upstream_token=UPSTREAM_TOKEN,
                        rules=rules,
                        core=GATEWAY_CORE,
                    )
                )
                with httpx2.Client(base_url=running.base_url, timeout=ANSWER_SECONDS_MAX, trust_env=False) as client:
                    prove(client, rules, f"Bearer {UPSTREAM_TOKEN}")
            except (PeerDidNotStart, NotProven, httpx2.HTTPError) as error:
                contest.leave_out(name, f"{type(error).__name__}: {error}")
            else:
                contest.contenders.append(Contender(name, running.base_url, running.processes))
        yield contest
