"""A remote tenant through the gateway, beside the same requests sent to its upstream directly.

On are the key check, the verdict, the audit, and limits of each kind that nobody reaches.
"""

from bench.figures import Budget, Figure, at_least, at_most
from bench.house import RunningServer, prepare_house, running_server
from bench.load import LoadResult, Request, run_load
from bench.run import Pace, Run
from bench.upstream import SMALL_PATH, running_upstream

ROW = "gateway"
CONNECTIONS = (1, 16, 64)
BUDGETED_CONNECTIONS = 16


def measure(run: Run) -> list[Figure]:
    """Return throughput, its ratio to direct, processor time and latency at each number of connections."""
    house = prepare_house(run.directory / "data")
    access_key = house.make_key("all")
    with running_upstream(run.directory / "upstream") as upstream_url:
        house.set_destination(upstream_url)
        with running_server(house) as server:
            direct = Request(url=upstream_url + SMALL_PATH, headers={})
            through = Request(
                url=f"{server.orchestrator_url}{SMALL_PATH}?$top=10", headers={"Authorization": f"Bearer {access_key}"}
            )
            run_load(through, connections=16, seconds=1)
            figures: list[Figure] = []
            for connections in CONNECTIONS:
                run.progress.say(f"{ROW}: {connections} connections")
                figures += _measure_at(connections, run.pace, server, direct, through)
    return figures


def _measure_at(connections: int, pace: Pace, server: RunningServer, direct: Request, through: Request) -> list[Figure]:
    directly: list[LoadResult] = []
    carried: list[LoadResult] = []
    cpu_us: list[float] = []
    for _ in range(pace.rounds):
        directly.append(run_load(direct, connections=connections, seconds=pace.seconds))
        cpu_before = server.cpu_seconds()
        carried.append(run_load(through, connections=connections, seconds=pace.seconds))
        cpu_us.append((server.cpu_seconds() - cpu_before) * 1e6 / carried[-1].requests)
    is_budgeted = connections == BUDGETED_CONNECTIONS
    pairs = list(zip(carried, directly, strict=True))

    def figure(name: str, samples: list[float], unit: str, budget: Budget | None = None) -> Figure:
        return Figure(row=ROW, name=f"{name}, {connections} conn.", samples=samples, unit=unit, budget=budget)

    figures = [
        figure(
            "through the gateway",
            [result.requests_per_second for result in carried],
            "req/s",
            at_least(15_000) if is_budgeted else None,
        ),
        figure("direct to the upstream", [result.requests_per_second for result in directly], "req/s"),
        figure(
            "share of direct", [ours.requests_per_second / other.requests_per_second for ours, other in pairs], "of 1"
        ),
        figure("CPU of the server a request", cpu_us, "µs", at_most(60) if is_budgeted else None),
        figure("latency p50", [result.p50_us / 1000 for result in carried], "ms"),
        figure("latency p99", [result.p99_us / 1000 for result in carried], "ms"),
    ]
    if connections == 1:
        figures += [
            figure(
                "latency added, p50", [(ours.p50_us - other.p50_us) / 1000 for ours, other in pairs], "ms", at_most(0.3)
            ),
            figure(
                "latency added, p99", [(ours.p99_us - other.p99_us) / 1000 for ours, other in pairs], "ms", at_most(2)
            ),
        ]
    return figures
