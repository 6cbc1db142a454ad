"""Form tasks carry their form, and many of them are changed at once."""

from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import GRACE, LINUS, Work

from stagedoor.orchestrator.errors import InvalidRequest, NotFound

LAYOUT = {"components": [{"key": "Amount", "type": "number"}]}


def make(work: Work, title: str = "Fill in", **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = work.call("TaskForms_CreateFormTask", {"title": title, "formLayout": LAYOUT, **fields})
    return made


def form_of(work: Work, task_id: int, **query: str) -> dict[str, Any]:
    form: dict[str, Any] = work.call("TaskForms_GetTaskFormById", query={"taskid": str(task_id), **query})
    return form


def test_a_form_is_shown_with_its_data(work: Work) -> None:
    task = make(work, data={"Amount": 5}, formLayoutId=3, bulkFormLayoutId=4)
    assert task["type"] == "FormTask"
    form = form_of(work, task["id"])
    assert (form["formLayout"], form["data"]) == (LAYOUT, {"Amount": 5})
    assert (form["formLayoutId"], form["bulkFormLayoutId"]) == (3, 4)
    assert form_of(work, task["id"], expandonformlayout="false")["formLayout"] is None
    assert work.call("TaskForms_GetTaskDataById", query={"taskid": str(task["id"])}) == task


def test_a_form_is_saved_passed_on_and_completed(work: Work) -> None:
    task = make(work)
    work.call("TaskForms_SaveTaskData", {"taskId": task["id"], "data": {"Amount": 1}})
    work.assign(task["id"], GRACE)
    work.call("TaskForms_SaveAndReassignTask", {"TaskId": task["id"], "UserId": LINUS})
    work.call("TaskForms_CompleteTask", {"taskId": task["id"], "action": "submit"})
    form = form_of(work, task["id"])
    assert (form["status"], form["actionLabel"], form["data"]) == ("Completed", "submit", {"Amount": 1})


def test_a_task_of_another_type_is_sent_to_its_own_operations(work: Work) -> None:
    other, form = work.make(), make(work)
    with pytest.raises(InvalidRequest) as refusal:
        work.call("TaskForms_CompleteTask", {"taskId": other["id"]})
    assert "GenericTasks" in str(refusal.value.hint)
    with pytest.raises(InvalidRequest):
        work.call("GenericTasks_CompleteTask", {"taskId": form["id"]})
    for operation in ("TaskForms_GetTaskFormById", "TaskForms_GetTaskDataById"):
        with pytest.raises(NotFound):
            work.call(operation, query={"taskid": str(other["id"])})


def test_many_are_merged_and_completed_at_once(work: Work) -> None:
    catalog = work.make_catalog()
    first, second = make(work, data={"a": 1})["id"], make(work, data={"b": 2})["id"]
    update = {"taskIds": [first, second, first], "data": {"c": 3}, "title": "All", "taskCatalogId": catalog["Id"]}
    assert work.call("TaskForms_BulkUpdateTasks", {**update, "priority": "High", "noteText": "together"}) == []
    assert [form_of(work, number)["data"] for number in (first, second)] == [{"a": 1, "c": 3}, {"b": 2, "c": 3}]
    assert work.show(second)["Title"] == "All"
    body = {"taskIds": [first, 999], "data": {}, "action": "Approve"}
    (refused,) = work.call("TaskForms_BulkCompleteTasks", body)
    assert (refused["taskId"], refused["errorCode"]) == (999, 1002)
    assert [form_of(work, number)["status"] for number in (first, second)] == ["Completed", "Unassigned"]
    assert work.history(first) == ["Created", "Commented", "BulkSaved", "BulkCompleted"]
    (again,) = work.call("TaskForms_BulkUpdateTasks", {"taskIds": [first], "data": {"a": 9}})
    assert again["errorCode"] == 1000
    assert form_of(work, first)["data"] == {"a": 1, "c": 3}


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("TaskForms_CreateFormTask", {"formLayout": LAYOUT}),
        ("TaskForms_CreateFormTask", {"title": "x", "formLayout": "text"}),
        ("TaskForms_CreateFormTask", {"title": "x", "formLayoutId": "three"}),
        ("TaskForms_BulkCompleteTasks", {"taskIds": [1], "data": {}}),
        ("TaskForms_BulkCompleteTasks", {"taskIds": [1], "action": "a"}),
        ("TaskForms_BulkCompleteTasks", {"data": {}, "action": "a"}),
        ("TaskForms_BulkUpdateTasks", {"taskIds": [1], "data": {}, "priority": "Urgent"}),
        ("TaskForms_BulkUpdateTasks", {"taskIds": list(range(1001)), "data": {}}),
    ],
)
def test_what_cannot_be_read_is_refused(work: Work, operation: str, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        work.call(operation, body)


def test_another_tenants_forms_are_not_there(work: Work) -> None:
    task = make(work)
    with pytest.raises(NotFound):
        work.call("TaskForms_GetTaskFormById", query={"taskid": str(task["id"])}, tenant=OTHER_TENANT)
    body = {"taskIds": [task["id"]], "data": {"a": 1}}
    (refused,) = work.call("TaskForms_BulkUpdateTasks", body, folder=work.desk.make_folder("Other"))
    assert refused["errorCode"] == 1002
