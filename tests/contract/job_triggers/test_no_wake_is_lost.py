"""A job that is suspended at the moment at which what it waits for ends goes on, on every store."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.orchestrator import Desk
from tests.factories.packages import folder_with_reader

from stagedoor.kit.db import Database
from stagedoor.orchestrator.job_triggers import store
from stagedoor.orchestrator.job_triggers.store import is_task_over
from stagedoor.passage import FolderPlace

PAIRS = 8
LINGER_SECONDS = 0.3
SECONDS_MAX = 20


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return folder_with_reader(desk)


@dataclass
class Pair:
    """A running job, and a task that it is going to wait for."""

    desk: Desk
    folder: FolderPlace
    job_key: str
    task: dict[str, Any]

    def suspend(self) -> None:
        waits = [{"triggerType": "Task", "itemKey": self.task["key"]}]
        report = {"JobKey": self.job_key, "State": "Suspended", "ResumeTriggers": waits, "KeptState": "c3RhdGU="}
        self.desk.call("RobotsService_SubmitJobState", report, folder=self.folder)

    def complete(self) -> None:
        order = {"taskId": self.task["id"], "data": {}, "action": "Yes"}
        self.desk.call("GenericTasks_CompleteTask", order, folder=self.folder)


def make_pairs(desk: Desk, folder: FolderPlace, count: int) -> list[Pair]:
    def call(operation: str, body: dict[str, Any]) -> Any:
        return desk.call(operation, body, folder=folder).content

    call("RobotsService_SubmitHeartbeat", {})
    start = {"ReleaseName": "Reader", "InputArguments": "{}", "JobsCount": count}
    jobs = call("Jobs_StartJobs", {"startInfo": start})["value"]
    assert len(call("RobotsService_SubmitHeartbeat", {"JobsMax": count})["Jobs"]) == count
    task = {"title": "?", "type": "ExternalTask"}
    return [Pair(desk, folder, job["Key"], call("GenericTasks_CreateTask", task)) for job in jobs]


def states(desk: Desk, folder: FolderPlace) -> list[str]:
    found = desk.call("Jobs_Get", folder=folder, query={"$select": "State"}).content["value"]
    return [job["State"] for job in found]


def test_a_task_that_is_completed_while_its_job_is_suspended_resumes_it(desk: Desk, folder: FolderPlace) -> None:
    pairs = make_pairs(desk, folder, PAIRS)
    gate = threading.Barrier(2)

    def at_once(act: Callable[[], None]) -> None:
        gate.wait()
        act()

    with ThreadPoolExecutor(2) as threads:
        for pair in pairs:
            list(threads.map(at_once, (pair.suspend, pair.complete)))
    assert states(desk, folder) == ["Resumed"] * PAIRS
    again = desk.call("RobotsService_SubmitHeartbeat", {"JobsMax": PAIRS}, folder=folder).content["Jobs"]
    assert {job["KeptState"] for job in again} == {"c3RhdGU="}


def test_a_task_that_is_completed_right_after_its_job_looked_at_it_resumes_it(
    desk: Desk, folder: FolderPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    [pair] = make_pairs(desk, folder, 1)
    is_looked_at, is_completed = threading.Event(), threading.Event()

    def look_and_linger(session: Session, tenant_id: str, key: str) -> bool:
        is_over = is_task_over(session, tenant_id, key)
        is_looked_at.set()
        # Were it not locked, it would be completed meanwhile, and nobody be found who waits for it.
        is_completed.wait(LINGER_SECONDS)
        return is_over

    def complete() -> None:
        assert is_looked_at.wait(SECONDS_MAX)
        pair.complete()
        is_completed.set()

    monkeypatch.setattr(store, "is_task_over", look_and_linger)
    with ThreadPoolExecutor(2) as threads:
        for act in [threads.submit(pair.suspend), threads.submit(complete)]:
            act.result()
    assert states(desk, folder) == ["Resumed"]
