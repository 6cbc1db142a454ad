"""A job that is suspended at the moment at which what it waits for ends goes on, on every store."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.packages import folder_with_reader

from stagedoor.kit.db import Database
from stagedoor.passage import FolderPlace

PAIRS = 8


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return folder_with_reader(desk)


def test_a_task_that_is_completed_while_its_job_is_suspended_resumes_it(desk: Desk, folder: FolderPlace) -> None:
    def call(operation: str, body: dict[str, Any]) -> Any:
        return desk.call(operation, body, folder=folder).content

    call("RobotsService_SubmitHeartbeat", {})
    start = {"ReleaseName": "Reader", "InputArguments": "{}", "JobsCount": PAIRS}
    jobs = [job["Key"] for job in call("Jobs_StartJobs", {"startInfo": start})["value"]]
    assert len(call("RobotsService_SubmitHeartbeat", {"JobsMax": PAIRS})["Jobs"]) == PAIRS
    tasks = [call("GenericTasks_CreateTask", {"title": "?", "type": "ExternalTask"}) for _ in jobs]
    gates = [threading.Barrier(2) for _ in jobs]

    def suspend(number: int) -> None:
        gates[number].wait()
        waits = [{"triggerType": "Task", "itemKey": tasks[number]["key"]}]
        report = {"JobKey": jobs[number], "State": "Suspended", "ResumeTriggers": waits, "KeptState": "c3RhdGU="}
        call("RobotsService_SubmitJobState", report)

    def complete(number: int) -> None:
        gates[number].wait()
        call("GenericTasks_CompleteTask", {"taskId": tasks[number]["id"], "data": {}, "action": "Yes"})

    with ThreadPoolExecutor(2) as threads:
        for number in range(PAIRS):
            both = [threads.submit(suspend, number), threads.submit(complete, number)]
            for one in both:
                one.result()
    found = desk.call("Jobs_Get", folder=folder, query={"$select": "State"}).content["value"]
    assert [job["State"] for job in found] == ["Resumed"] * PAIRS
    again = call("RobotsService_SubmitHeartbeat", {"JobsMax": PAIRS})["Jobs"]
    assert {job["KeptState"] for job in again} == {"c3RhdGU="}
