"""App tasks name their app and may come from a definition."""

from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import ADA, GRACE, LINUS, Work

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound

GUID = "5f0d6a0e-5b1c-4d6e-9f2f-0a1b2c3d4e5f"


def make(work: Work, **fields: Any) -> dict[str, Any]:
    body = {"title": "Approve", "appId": "ID1", "appVersion": 2, **fields}
    made: dict[str, Any] = work.call("AppTasks_CreateAppTask", body)
    return made


def test_an_app_task_shows_its_app(work: Work) -> None:
    task = make(work, appProcessKey=GUID, folderKey=GUID, runtime="Serverless", appType="Dynamic", fpsContext={"a": 1})
    assert (task["type"], task["status"]) == ("AppTask", "Unassigned")
    assert task["appTasksMetadata"] == {
        "appId": "ID1",
        "appVersion": 2,
        "appProcessKey": GUID,
        "folderKey": GUID,
        "fpsContext": {"a": 1},
        "runtime": "Serverless",
        "appType": "Dynamic",
        "creationTime": "2030-01-31T08:00:00Z",
        "creatorUserId": ADA,
        "creatorUserKey": None,
        "id": task["id"],
    }
    assert work.call("AppTasks_GetAppTaskById", query={"taskid": str(task["id"])}) == task
    assert work.call("AppTasks_GetAppTaskByKey", query={"taskkey": task["key"]}) == task


def test_an_app_task_is_saved_passed_on_and_completed(work: Work) -> None:
    task = make(work)
    work.call("AppTasks_SaveAppTasksData", {"taskId": task["id"], "data": {"ok": True}})
    work.assign(task["id"], GRACE)
    work.call("AppTasks_SaveAndReassignAppTasks", {"TaskId": task["id"], "UserId": LINUS})
    work.call("AppTasks_CompleteAppTask", {"taskId": task["id"], "action": "Approve"})
    shown = work.call("AppTasks_GetAppTaskById", query={"taskid": str(task["id"])})
    assert (shown["status"], shown["actionLabel"], shown["data"]) == ("Completed", "Approve", {"ok": True})


def test_a_definition_that_made_tasks_is_held_until_they_are_deleted(work: Work) -> None:
    values = {"Name": "Invoice", "Properties": {"schema": "{}", "allowedActions": ["Approve"]}}
    definition = work.call("TaskDefinitions_CreateTaskDefinition", values)
    task = make(work, taskDefinitionId=definition["Id"])
    assert task["taskDefinitionPropertiesId"] == definition["Properties"]["id"]
    with pytest.raises(Conflict):
        work.call("TaskDefinitions_DeleteById", key=definition["Id"])
    work.call("Tasks_DeleteTasks", {"taskIds": [task["id"]]})
    work.call("TaskDefinitions_DeleteById", key=definition["Id"])
    with pytest.raises(NotFound):
        make(work, taskDefinitionId=definition["Id"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("appId", None),
        ("appId", ""),
        ("appId", "x" * 35),
        ("appVersion", "two"),
        ("runtime", "Attended"),
        ("appType", "Other"),
        ("type", "FormTask"),
        ("folderKey", "no guid"),
        ("fpsContext", "text"),
        ("actionableMessageMetaData", []),
        ("isActionableMessageEnabled", "yes"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(work: Work, field: str, value: object) -> None:
    with pytest.raises(InvalidRequest, match=field):
        make(work, **{field: value})


def test_other_types_and_tenants_have_no_app_task_here(work: Work) -> None:
    task, other = make(work), work.make()
    with pytest.raises(NotFound):
        work.call("AppTasks_GetAppTaskById", query={"taskid": str(other["id"])})
    with pytest.raises(NotFound):
        work.call("AppTasks_GetAppTaskByKey", query={"taskkey": task["key"]}, tenant=OTHER_TENANT)
    with pytest.raises(InvalidRequest):
        work.call("AppTasks_CompleteAppTask", {"taskId": other["id"]})
