"""Stagedoor among other gateways: the same keys, the same rules, the same upstream, the same core."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial

from bench.contest import Contender, Contest, line_up
from bench.cores import LOAD_CORE
from bench.figures import Budget, Figure, Finding, at_least
from bench.load import LoadResult
from bench.peers import caddy, envoy, fastify, haproxy, nginx, stagedoor
from bench.peers.peer import Peer
from bench.peers.rules import draw_rules
from bench.run import Run
from bench.stalled import stalled_readers
from bench.upstream import LARGE_BYTES, LARGE_PATH, running_upstream

ROW = "peers"
KEYS = 1000
CONNECTIONS = (1, 16, 64)
COMPARED_CONNECTIONS = 16
LARGE_CONNECTIONS = 4
READERS = 64
SETTLE_SECONDS = 2.0
DIRECT = "direct to the upstream"

PEERS = (
    stagedoor.STAGEDOOR,
    nginx.NGINX_MAPS,
    nginx.NGINX_SERVICE,
    nginx.NGINX_LUA,
    haproxy.HAPROXY,
    envoy.NATIVE,
    envoy.EXT_AUTHZ,
    caddy.FORWARD_AUTH,
    fastify.FASTIFY,
)
# What the design asks of Stagedoor: ahead of these, and half of nginx with Lua. HAProxy has no line there.
BUDGETS: dict[Peer, Budget | None] = {
    **{peer: at_least(1) for peer in PEERS[1:]},
    nginx.NGINX_LUA: at_least(0.5),
    haproxy.HAPROXY: None,
}


@dataclass(slots=True)
class Measured:
    """What was found of one contender, in order of the rounds."""

    loads: dict[int, list[LoadResult]] = field(default_factory=lambda: defaultdict(list))
    cpu_us: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    large_mib: list[float] = field(default_factory=list)
    idle_mb: float = 0
    loaded_mb: float = 0
    stalled_mb: float = 0
    kept_share: float = 0


def measure(run: Run) -> list[Finding]:
    """Return requests a second, latency, processor time, large bodies and memory of each gateway."""
    rules = draw_rules(KEYS)
    with (
        running_upstream(run.directory / "upstream", core=LOAD_CORE) as upstream_url,
        line_up(
            PEERS, run.directory / "peers", row=ROW, rules=rules, upstream_url=upstream_url, progress=run.progress
        ) as contest,
    ):
        contest.contenders.insert(0, Contender(DIRECT, upstream_url))
        lined_up = [contender.name for contender in contest.contenders]
        measured = _measure_all(run, contest, f"Bearer {rules.draw_keys_for_load()[0]}")
        figures = [figure for name in lined_up for figure in _figures(name, measured)]
        return contest.in_order([*figures, *_comparisons(contest, measured)])


def _measure_all(run: Run, contest: Contest, authorization: str) -> dict[str, Measured]:
    measured: dict[str, Measured] = defaultdict(Measured)
    chance = random.Random(7)

    def warm_up(contender: Contender) -> None:
        if contender.processes is not None:
            measured[contender.name].idle_mb = contender.processes.proportional_mb()
        contest.run_load(contender, connections=COMPARED_CONNECTIONS, seconds=1)

    run.progress.say(f"{ROW}: warming up")
    contest.run_round(chance, warm_up)
    for connections in CONNECTIONS:
        measure_load = partial(_measure_load, run, contest, measured, connections)
        for number in range(run.pace.rounds):
            run.progress.say(f"{ROW}: {connections} at once, round {number + 1} of {run.pace.rounds}")
            contest.run_round(chance, measure_load)
    for number in range(run.pace.rounds):
        run.progress.say(f"{ROW}: 10 MiB bodies, round {number + 1} of {run.pace.rounds}")
        contest.run_round(chance, lambda contender: _measure_large(contest, contender, measured[contender.name]))
    run.progress.say(f"{ROW}: {READERS} stalled readers each")
    contest.run_round(
        chance, lambda contender: _measure_stalled(run, contest, contender, authorization, measured[contender.name])
    )
    return measured


def _measure_load(
    run: Run, contest: Contest, measured: dict[str, Measured], connections: int, contender: Contender
) -> None:
    found = measured[contender.name]
    cpu_before = 0 if contender.processes is None else contender.processes.cpu_seconds()
    result = contest.run_load(contender, connections=connections, seconds=run.pace.seconds)
    found.loads[connections].append(result)
    if contender.processes is not None:
        found.cpu_us[connections].append((contender.processes.cpu_seconds() - cpu_before) * 1e6 / result.requests)


def _measure_large(contest: Contest, contender: Contender, found: Measured) -> None:
    result = contest.run_load(contender, connections=LARGE_CONNECTIONS, seconds=1, path=LARGE_PATH)
    found.large_mib.append(result.requests_per_second * LARGE_BYTES / 2**20)


def _measure_stalled(run: Run, contest: Contest, contender: Contender, authorization: str, found: Measured) -> None:
    if contender.processes is None:
        return
    found.loaded_mb = contender.processes.proportional_mb()
    alone = contest.run_load(contender, connections=COMPARED_CONNECTIONS, seconds=run.pace.seconds)
    with stalled_readers(contender.base_url + LARGE_PATH, authorization=authorization, count=READERS):
        time.sleep(SETTLE_SECONDS)
        found.stalled_mb = contender.processes.proportional_mb()
        beside = contest.run_load(contender, connections=COMPARED_CONNECTIONS, seconds=run.pace.seconds)
    found.kept_share = beside.requests_per_second / alone.requests_per_second


def _figures(name: str, measured: dict[str, Measured]) -> list[Figure]:
    found, direct = measured[name], measured[DIRECT]
    figures: list[Figure] = []

    def add(column: str, samples: list[float], unit: str, place: str = "") -> None:
        if samples:
            label = f"{name}: {column} {place}".rstrip()
            figures.append(
                Figure(row=ROW, name=label, samples=samples, unit=unit, subject=name, column=column, place=place)
            )

    for connections in CONNECTIONS:
        loads, place = found.loads[connections], str(connections)
        add("requests/s at", [load.requests_per_second for load in loads], "req/s", place)
        add("p50 µs at", [load.p50_us for load in loads], "µs", place)
        add("p99 µs at", [load.p99_us for load in loads], "µs", place)
        add("CPU µs a request at", found.cpu_us[connections], "µs", place)
    shares = _ratios(found.loads[COMPARED_CONNECTIONS], direct.loads[COMPARED_CONNECTIONS])
    add("of direct at", shares, "of 1", str(COMPARED_CONNECTIONS))
    add("10 MiB bodies, MiB/s", found.large_mib, "MiB/s")
    if name != DIRECT:
        add("MB", [found.idle_mb], "MB", "idle")
        add("MB", [found.loaded_mb], "MB", "after load")
        add(f"{READERS} stalled: MB more", [found.stalled_mb - found.loaded_mb], "MB")
        add("rate kept beside them", [found.kept_share], "of 1")
    return figures


def _comparisons(contest: Contest, measured: dict[str, Measured]) -> list[Figure]:
    """Stagedoor's requests a second as a multiple of each other's, round by round."""
    names = {contender.name for contender in contest.contenders}
    versions = {peer: peer.name.format(version=peer.find_version()) for peer in PEERS}
    ours = versions[stagedoor.STAGEDOOR]
    if ours not in names:
        return []
    return [
        Figure(
            row=ROW,
            name=f"Stagedoor : {name}, {COMPARED_CONNECTIONS} conn.",
            samples=_ratios(measured[ours].loads[COMPARED_CONNECTIONS], measured[name].loads[COMPARED_CONNECTIONS]),
            unit="×",
            budget=BUDGETS[peer],
        )
        for peer, name in versions.items()
        if peer in BUDGETS and name in names
    ]


def _ratios(some: list[LoadResult], others: list[LoadResult]) -> list[float]:
    pairs = zip(some, others, strict=True)
    return [one.requests_per_second / other.requests_per_second for one, other in pairs]
