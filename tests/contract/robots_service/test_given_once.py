"""A job is given to exactly one of the robots that ask at the same moment, on every store."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.factories.orchestrator import Desk
from tests.factories.packages import folder_with_reader

from stagedoor.kit.db import Database

ROBOTS = 16
JOBS = 24


def test_a_job_is_given_to_exactly_one_robot(database: Database, tmp_path: Path) -> None:
    desk = Desk(database, directory=tmp_path)
    folder = folder_with_reader(desk)
    keys = [f"00000000-0000-4000-8000-{number:012}" for number in range(ROBOTS)]
    for key in keys:
        desk.call("RobotsService_SubmitHeartbeat", {"RobotKey": key}, folder=folder)
    start = {"ReleaseName": "Reader", "InputArguments": "{}", "JobsCount": JOBS}
    started = desk.call("Jobs_StartJobs", {"startInfo": start}, folder=folder).content["value"]
    gate = threading.Barrier(ROBOTS)

    def work(key: str) -> list[str]:
        ask = {"RobotKey": key, "JobsMax": 2}
        taken: list[str] = []
        gate.wait()
        while jobs := desk.call("RobotsService_SubmitHeartbeat", ask, folder=folder).content["Jobs"]:
            taken.extend(job["JobKey"] for job in jobs)
        return taken

    with ThreadPoolExecutor(ROBOTS) as threads:
        given = [key for keys_given in threads.map(work, keys) for key in keys_given]
    assert sorted(given) == sorted(job["Key"] for job in started)
    found = desk.call("Jobs_Get", folder=folder, query={"$select": "State"}).content["value"]
    assert {job["State"] for job in found} == {"Running"}
