"""Tasks without a form or an app are made, saved and completed."""

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import ADA, GRACE, LINUS, Work, caller_of

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound

JOB_KEY = "5f0d6a0e-5b1c-4d6e-9f2f-0a1b2c3d4e5f"


class TestMaking:
    def test_a_task_is_answered_with_what_it_was_given(self, work: Work) -> None:
        made = work.make(
            "Approve",
            type="ExternalTask",
            priority="high",
            data={"Amount": 5},
            externalTag="SAP",
            tags=[{"name": "urgent", "displayName": "Urgent"}],
            parentOperationId="op-1",
            taskSource={"sourceName": "Agent", "sourceId": "p", "taskSourceMetadata": {"JobKey": "j"}},
            creatorJobKey=JOB_KEY,
        )
        assert made["status"] == "Unassigned"
        assert made["type"] == "ExternalTask"
        assert made["priority"] == "High"
        assert made["data"] == {"Amount": 5}
        assert made["externalTag"] == "SAP"
        assert made["tags"] == [{"Name": "urgent", "DisplayName": "Urgent", "Value": None, "DisplayValue": None}]
        assert made["taskSource"] == {"sourceName": "Agent", "sourceId": "p", "taskSourceMetadata": {"JobKey": "j"}}
        assert made["creatorJobKey"] == JOB_KEY
        assert made["organizationUnitFullyQualifiedName"] == "Shared"
        assert (made["creatorUserId"], made["creationTime"]) == (ADA, "2030-01-31T08:00:00Z")
        assert work.data_of(made["id"]) == made
        assert work.call("GenericTasks_GetTaskDataByKey", query={"taskkey": made["key"]}) == made

    def test_the_vendors_python_library_is_answered_the_status_as_a_number(self, work: Work) -> None:
        made = work.make("Approve")
        headers = {"x-uipath-user-agent": "UiPath.Python.Sdk/UiPath.Python.Sdk.Activities.TasksService/2.14"}
        found = work.call("GenericTasks_GetTaskDataByKey", query={"taskkey": made["key"]}, headers=headers)
        assert found["status"] == 0

    def test_types_that_no_other_operation_makes_are_made_here(self, work: Work) -> None:
        assert work.make(type="DocumentValidationTask")["type"] == "DocumentValidationTask"
        made = work.make(type=6, taskSchemaKey=JOB_KEY, schema={"fields": []}, actionableMessageMetaData={})
        assert made["type"] == "QuickFormTask"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", None),
            ("title", "x" * 513),
            ("title", 5),
            ("type", "FormTask"),
            ("type", "AppTask"),
            ("type", "Errand"),
            ("priority", "Urgent"),
            ("data", "text"),
            ("tags", [{"Value": "without a name"}]),
            ("tags", {}),
            ("externalTag", "x" * 513),
            ("parentOperationId", "x" * 129),
            ("taskSource", {"sourceName": "Nowhere"}),
            ("taskSchemaKey", "no guid"),
            ("taskCatalogName", "x" * 51),
        ],
    )
    def test_a_wrong_value_is_refused(self, work: Work, field: str, value: Any) -> None:
        with pytest.raises(InvalidRequest):
            work.call("GenericTasks_CreateTask", {"title": "Approve", field: value})
        assert work.names("Tasks_Get") == []

    def test_a_catalogue_that_the_folder_has_not_is_refused(self, work: Work) -> None:
        with pytest.raises(NotFound, match="Nothing"):
            work.make(taskCatalogName="Nothing")


class TestLooking:
    @pytest.mark.parametrize("query", [{}, {"taskid": "x"}, {"taskid": "-1"}])
    def test_the_task_has_to_be_named(self, work: Work, query: dict[str, str]) -> None:
        with pytest.raises(InvalidRequest):
            work.call("GenericTasks_GetTaskDataById", query=query)

    def test_another_folder_or_tenant_has_no_such_task(self, work: Work) -> None:
        task = work.make()
        for asked in ({"folder": work.desk.make_folder("Other")}, {"tenant": OTHER_TENANT}):
            with pytest.raises(NotFound):
                work.call("GenericTasks_GetTaskDataById", query={"taskid": str(task["id"])}, **asked)
            with pytest.raises(NotFound):
                work.call("GenericTasks_GetTaskDataByKey", query={"taskkey": task["key"]}, **asked)


class TestWorking:
    def test_a_task_is_saved_passed_on_and_completed(self, work: Work) -> None:
        task = work.make(data={"Amount": 5})
        work.assign(task["id"], GRACE)
        work.call("GenericTasks_SaveTaskData", {"taskId": task["id"], "data": {"Amount": 6}}, caller=caller_of(GRACE))
        assert work.data_of(task["id"])["data"] == {"Amount": 6}
        order: dict[str, Any] = {"TaskId": task["id"], "UserId": LINUS, "SaveData": True, "Data": {"Amount": 7}}
        work.call("GenericTasks_SaveAndReassignTask", {**order, "NoteText": "yours"}, caller=caller_of(GRACE))
        work.desk.clock.advance(timedelta(seconds=60))
        body = {"taskId": task["id"], "data": {"Amount": 8}, "action": "Approve"}
        answer = work.desk.call("GenericTasks_CompleteTask", body, folder=work.folder, caller=caller_of(LINUS))
        assert (answer.status, answer.content) == (204, None)
        done = work.data_of(task["id"])
        assert (done["status"], done["action"], done["data"]) == ("Completed", "Approve", {"Amount": 8})
        assert (done["completedByUser"]["userName"], done["assignedToUser"]["userName"]) == ("linus", "linus")
        assert (done["completionTime"], done["processingTime"]) == ("2030-01-31T08:01:00Z", 60)
        assert work.history(task["id"]) == [
            "Created",
            "Assigned",
            "Saved",
            "Forwarded",
            "Saved",
            "Commented",
            "Completed",
        ]

    def test_data_that_is_not_to_be_saved_is_not(self, work: Work) -> None:
        task = work.make(data={"Amount": 5})
        work.assign(task["id"], GRACE)
        work.call("GenericTasks_SaveAndReassignTask", {"TaskId": task["id"], "UserId": LINUS, "Data": {"Amount": 7}})
        assert work.data_of(task["id"])["data"] == {"Amount": 5}

    def test_passing_on_to_nobody_saves_nothing(self, work: Work) -> None:
        task = work.make(data={"Amount": 5})
        work.assign(task["id"], GRACE)
        order = {"TaskId": task["id"], "UserNameOrEmail": "nobody", "SaveData": True, "Data": {"Amount": 7}}
        with pytest.raises(NotFound):
            work.call("GenericTasks_SaveAndReassignTask", order)
        assert work.data_of(task["id"])["data"] == {"Amount": 5}

    def test_completing_without_data_keeps_it(self, work: Work) -> None:
        task = work.make(data={"Amount": 5})
        work.call("GenericTasks_CompleteTask", {"taskId": task["id"], "action": "Reject"})
        assert work.data_of(task["id"])["data"] == {"Amount": 5}

    def test_nothing_is_completed_twice(self, work: Work) -> None:
        task = work.make()
        work.call("GenericTasks_CompleteTask", {"taskId": task["id"], "action": "Approve"})
        for operation, body in (
            ("GenericTasks_CompleteTask", {"taskId": task["id"], "action": "Reject"}),
            ("GenericTasks_SaveTaskData", {"taskId": task["id"], "data": {}}),
        ):
            with pytest.raises(Conflict):
                work.call(operation, body)
        assert work.data_of(task["id"])["action"] == "Approve"

    def test_labels_are_replaced(self, work: Work) -> None:
        task = work.make(tags=[{"Name": "a"}])
        work.call("GenericTasks_SaveTaskTags", {"taskId": task["id"], "tags": [{"Name": "b", "Value": "1"}]})
        assert [tag["Name"] for tag in work.show(task["id"])["Tags"]] == ["b"]
        work.call("GenericTasks_SaveTaskTags", {"taskId": task["id"]})
        assert work.show(task["id"])["Tags"] == []

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("GenericTasks_CompleteTask", {}),
            ("GenericTasks_CompleteTask", {"taskId": 1, "data": []}),
            ("GenericTasks_CompleteTask", {"taskId": 1, "action": 5}),
            ("GenericTasks_SaveTaskData", {"taskId": 1}),
            ("GenericTasks_SaveTaskData", {"data": {}}),
            ("GenericTasks_SaveTaskTags", {"tags": []}),
            ("GenericTasks_SaveAndReassignTask", {"TaskId": 1}),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, work: Work, operation: str, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            work.call(operation, body)

    def test_another_tenants_task_is_not_worked_on(self, work: Work) -> None:
        task = work.make()
        for operation, body in (
            ("GenericTasks_CompleteTask", {"taskId": task["id"]}),
            ("GenericTasks_SaveTaskData", {"taskId": task["id"], "data": {}}),
            ("GenericTasks_SaveTaskTags", {"taskId": task["id"]}),
            ("GenericTasks_SaveAndReassignTask", {"TaskId": task["id"], "UserId": GRACE}),
        ):
            with pytest.raises(NotFound):
                work.call(operation, body, tenant=OTHER_TENANT)
        assert work.show(task["id"])["Status"] == "Unassigned"
