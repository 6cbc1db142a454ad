"""What a gateway pays for the number of its keys, where the keys live in its own configuration."""

import random
from collections import defaultdict

from bench.contest import Contender, Contest, line_up
from bench.cores import LOAD_CORE
from bench.figures import Figure, Finding
from bench.peers.rules import draw_rules
from bench.rows.peers import PEERS
from bench.run import Run
from bench.upstream import running_upstream

ROW = "peer-keys"
COUNTS = (10, 1_000, 100_000)
CONNECTIONS = 16


def measure(run: Run) -> list[Finding]:
    """Return requests a second, processor time and memory of each gateway with few, some and many keys."""
    found: dict[str, list[Figure]] = defaultdict(list)
    contests: list[Contest] = []
    peers = [peer for peer in PEERS if peer.holds_keys]
    with running_upstream(run.directory / "upstream", core=LOAD_CORE) as upstream_url:
        for count in COUNTS:
            rules = draw_rules(count)
            directory = run.directory / str(count)
            run.progress.say(f"{ROW}: {count:,} keys")
            with line_up(
                peers, directory, row=ROW, rules=rules, upstream_url=upstream_url, progress=run.progress
            ) as contest:
                for figure in _measure_with(count, run, contest):
                    found[figure.subject].append(figure)
            contests.append(contest)
    missing = {one.subject: one for contest in contests for one in contest.missing}
    return [figure for figures in found.values() for figure in figures] + list(missing.values())


def _measure_with(count: int, run: Run, contest: Contest) -> list[Figure]:
    rates: dict[str, list[float]] = defaultdict(list)
    cpu_us: dict[str, list[float]] = defaultdict(list)

    def warm_up(contender: Contender) -> None:
        contest.run_load(contender, connections=CONNECTIONS, seconds=1)

    def measure_one(contender: Contender) -> None:
        assert contender.processes is not None
        cpu_before = contender.processes.cpu_seconds()
        result = contest.run_load(contender, connections=CONNECTIONS, seconds=run.pace.seconds)
        rates[contender.name].append(result.requests_per_second)
        cpu_us[contender.name].append((contender.processes.cpu_seconds() - cpu_before) * 1e6 / result.requests)

    chance = random.Random(count)
    contest.run_round(chance, warm_up)
    for number in range(run.pace.rounds):
        run.progress.say(f"{ROW}: {count:,} keys, round {number + 1} of {run.pace.rounds}")
        contest.run_round(chance, measure_one)
    figures: list[Figure] = []
    for contender in contest.contenders:
        assert contender.processes is not None
        name = contender.name
        for column, samples, unit in (
            ("requests/s with keys:", rates[name], "req/s"),
            ("CPU µs a request with keys:", cpu_us[name], "µs"),
            ("MB with keys:", [contender.processes.proportional_mb()], "MB"),
        ):
            label, place = f"{name}: {column} {count:,}", f"{count:,}"
            figures.append(
                Figure(row=ROW, name=label, samples=samples, unit=unit, subject=name, column=column, place=place)
            )
    return figures
