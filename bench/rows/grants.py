"""Client-credentials grants over HTTP, with the server on one core and the load on another."""

from urllib.parse import urlencode

from bench.figures import Figure, at_least
from bench.house import prepare_house, running_server
from bench.load import Request, run_load
from bench.run import Run

ROW = "grants"
SCOPE = "OR.Jobs.Read"
CONNECTIONS = 8
SERVER_CORE, LOAD_CORE = 0, 1


def measure(run: Run) -> list[Figure]:
    """Return grants a second of wall time and of the server's processor time."""
    house = prepare_house(run.directory / "data")
    client_id, client_secret = house.make_application(SCOPE)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret, "scope": SCOPE}
    a_second: list[float] = []
    a_cpu_second: list[float] = []
    with running_server(house, core=SERVER_CORE) as server:
        request = Request(
            url=f"{server.base_url}/identity_/connect/token",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form),
        )
        run_load(request, connections=CONNECTIONS, seconds=1, core=LOAD_CORE)
        for number in range(run.pace.rounds):
            run.progress.say(f"{ROW}: round {number + 1} of {run.pace.rounds}")
            cpu_before = server.cpu_seconds()
            result = run_load(request, connections=CONNECTIONS, seconds=run.pace.seconds, core=LOAD_CORE)
            a_second.append(result.requests_per_second)
            a_cpu_second.append(result.requests / (server.cpu_seconds() - cpu_before))
    return [
        Figure(row=ROW, name="on one core", samples=a_second, unit="grants/s", budget=at_least(400)),
        Figure(row=ROW, name="in a second of CPU", samples=a_cpu_second, unit="grants"),
    ]
