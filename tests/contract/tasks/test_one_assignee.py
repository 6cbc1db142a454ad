"""A task comes to exactly one of those it is given to at the same moment, on every store that Stagedoor runs on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.tasks import GRACE, LINUS, Work, work_in

from stagedoor.kit.db import Database
from stagedoor.orchestrator.errors import Conflict

THREADS = 16


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Work:
    return work_in(Desk(database, directory=tmp_path))


def test_of_many_who_assign_a_task_at_once_one_does(work: Work) -> None:
    task = work.make()
    gate = threading.Barrier(THREADS)

    def assign(number: int) -> bool:
        gate.wait()
        return work.assign(task["id"], (GRACE, LINUS)[number % 2]) == []

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(assign, range(THREADS)))
    assert done.count(True) == 1
    assert work.history(task["id"]) == ["Created", "Assigned"]
    assert len(work.data_of(task["id"])["taskAssignees"]) == 1


def test_of_many_who_complete_a_task_at_once_one_does(work: Work) -> None:
    task = work.make()
    gate = threading.Barrier(THREADS)

    def complete(number: int) -> bool:
        gate.wait()
        try:
            work.call("GenericTasks_CompleteTask", {"taskId": task["id"], "action": str(number)})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(complete, range(THREADS)))
    assert done.count(True) == 1
    assert work.data_of(task["id"])["action"] == str(done.index(True))
    assert work.history(task["id"]) == ["Created", "Completed"]


def test_callers_with_the_same_tasks_in_another_order_never_wait_for_each_other(work: Work) -> None:
    forms = [work.call("TaskForms_CreateFormTask", {"title": "x"})["id"] for _ in range(8)]
    gate = threading.Barrier(THREADS)

    def update(number: int) -> object:
        gate.wait()
        ids = forms if number % 2 else forms[::-1]
        return work.call("TaskForms_BulkUpdateTasks", {"taskIds": ids, "data": {f"n{number}": number}})

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(update, range(THREADS))) == [[]] * THREADS
    for form in forms:
        assert len(work.data_of(form)["data"]) == THREADS


def test_what_the_database_works_out_is_filtered_and_sorted(work: Work) -> None:
    work.make_catalog()
    first, second = work.make("A", taskCatalogName="Invoices")["id"], work.make("B")["id"]
    work.call("GenericTasks_CompleteTask", {"taskId": first})
    work.assign(second, GRACE)
    for condition, wanted in (
        ("IsCompleted eq true", [first]),
        ("not IsCompleted", [second]),
        ("IsDeleted eq false and IsCompleted eq false", [second]),
        ("TaskAssigneeName eq 'Grace Example'", [second]),
        ("AssignedToUser/displayName eq 'grace example'", [second]),
        ("TaskCatalogName eq 'invoices'", [first]),
        ("Activities/any(a: a/ActivityType eq 'Assigned')", [second]),
    ):
        assert work.names("Tasks_Get", "Id", query={"$filter": condition}) == wanted, condition
    assert work.names("Tasks_Get", "Id", query={"$orderby": "TaskAssigneeName,IsCompleted"})
    query = {"$filter": "RetentionAction eq 'None'", "$orderby": "FoldersCount,RetentionBucketName"}
    assert work.names("TaskCatalogs_Get", "Name", query=query) == ["Invoices"]
