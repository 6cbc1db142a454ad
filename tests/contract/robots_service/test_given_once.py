"""A job is given to exactly one of the robots that ask at the same moment, on every store."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.factories.orchestrator import Desk
from tests.factories.packages import FORM, form_of, python_package

from stagedoor.kit.db import Database

ROBOTS = 16
JOBS = 24


def test_of_many_robots_that_ask_at_once_each_job_is_given_to_one(database: Database, tmp_path: Path) -> None:
    desk = Desk(database, directory=tmp_path)
    desk.call("Processes_UploadPackage", form_of(python_package()), content_type=FORM)
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "Reader", "ProcessKey": "Reader"}, folder=folder)
    keys = [f"00000000-0000-4000-8000-{number:012}" for number in range(ROBOTS)]
    for key in keys:
        desk.call("RobotsService_SubmitHeartbeat", {"RobotKey": key}, folder=folder)
    start = {"ReleaseName": "Reader", "InputArguments": "{}", "JobsCount": JOBS}
    desk.call("Jobs_StartJobs", {"startInfo": start}, folder=folder)
    gate = threading.Barrier(ROBOTS)

    def ask(key: str) -> list[str]:
        gate.wait()
        body = {"RobotKey": key, "JobsMax": 2}
        return [
            job["JobKey"] for job in desk.call("RobotsService_SubmitHeartbeat", body, folder=folder).content["Jobs"]
        ]

    with ThreadPoolExecutor(ROBOTS) as threads:
        given = [key for keys_given in threads.map(ask, keys) for key in keys_given]
    assert len(given) == len(set(given))
    left = desk.call("RobotsService_SubmitHeartbeat", {"RobotKey": keys[0], "JobsMax": 50}, folder=folder).content
    assert len(given) + len(left["Jobs"]) == JOBS
    found = desk.call("Jobs_Get", folder=folder, query={"$select": "State"}).content["value"]
    assert {job["State"] for job in found} == {"Running"}
