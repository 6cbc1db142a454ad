"""How soon Stagedoor answers: started as a command, and opened in a test's own process."""

import shutil
import subprocess
import sys

from bench.figures import Figure, at_most
from bench.house import measured_environment, prepare_house, running_server
from bench.run import Run

ROW = "starting"
STARTS = 5
FIXTURES = 9

# The imports are paid once for a whole test run; what each test pays is a copy of the directory and open_house.
FIXTURE_PROGRAM = """
import shutil, sys, time
from pathlib import Path
from stagedoor.door.opening import open_house
from stagedoor.kit.settings import Settings
template, scratch, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for number in range(count + 1):
    began = time.perf_counter()
    shutil.copytree(template, scratch / str(number))
    with open_house(Settings(data_dir=scratch / str(number))):
        took = time.perf_counter() - began
    if number:
        print(took * 1000)
"""


def measure(run: Run) -> list[Figure]:
    """Return seconds from exec to the ready file after the first run, and milliseconds of a fixture."""
    house = prepare_house(run.directory / "data")
    run.progress.say(f"{ROW}: as a command")
    starts: list[float] = []
    for _ in range(1 + STARTS):
        with running_server(house) as server:
            starts.append(server.seconds_to_ready)
    run.progress.say(f"{ROW}: as a fixture")
    template = run.directory / "template"
    shutil.copytree(house.data_dir, template)
    command = [sys.executable, "-c", FIXTURE_PROGRAM, str(template), str(run.directory / "copies"), str(FIXTURES)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=measured_environment()).stdout
    return [
        Figure(row=ROW, name="stagedoor up, to its ready file", samples=starts[1:], unit="s", budget=at_most(1)),
        Figure(
            row=ROW,
            name="open_house on a copied data directory",
            samples=[float(line) for line in printed.split()],
            unit="ms",
            budget=at_most(300),
        ),
    ]
