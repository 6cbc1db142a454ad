"""What a serving process holds: after load of both kinds, and while many slow readers take large answers."""

import time

from bench.figures import Figure, at_most
from bench.house import prepare_house, running_server
from bench.load import Request, run_load
from bench.run import Run
from bench.stalled import stalled_readers
from bench.upstream import LARGE_PATH, SMALL_PATH, running_upstream

ROW = "memory"
CONNECTIONS = 64
SECONDS = 4
READERS = 64
SETTLE_SECONDS = 3.0


def measure(run: Run) -> list[Figure]:
    """Return megabytes (10⁶ bytes) resident."""
    house = prepare_house(run.directory / "data")
    access_key = house.make_key("all")
    with running_upstream(run.directory / "upstream") as upstream_url, running_server(house) as server:
        idle = server.memory_mb()
        headers = {"Authorization": f"Bearer {access_key}", "X-UIPATH-FolderPath": house.folder}
        request = Request(url=f"{server.orchestrator_url}{SMALL_PATH}?$top=10", headers=headers)
        run.progress.say(f"{ROW}: under load to the embedded Orchestrator")
        run_load(request, connections=CONNECTIONS, seconds=SECONDS)
        house.set_destination(upstream_url)
        run.progress.say(f"{ROW}: under load to a remote one")
        run_load(request, connections=CONNECTIONS, seconds=SECONDS)
        loaded = server.memory_mb()
        run.progress.say(f"{ROW}: {READERS} stalled readers")
        large_url = server.orchestrator_url + LARGE_PATH
        with stalled_readers(large_url, authorization=headers["Authorization"], count=READERS):
            time.sleep(SETTLE_SECONDS)
            stalled = server.memory_mb()
    return [
        Figure(row=ROW, name="ready to serve", samples=[idle], unit="MB"),
        Figure(row=ROW, name="serving, after load", samples=[loaded], unit="MB", budget=at_most(150)),
        Figure(
            row=ROW,
            name=f"added by {READERS} stalled readers of 10 MiB",
            samples=[stalled - loaded],
            unit="MB",
            budget=at_most(50),
        ),
    ]
