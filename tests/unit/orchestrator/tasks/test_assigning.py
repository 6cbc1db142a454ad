"""Tasks come to people, are passed on and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT
from tests.factories.tasks import ADA, AUDITOR, GONE, GRACE, LINUS, Work, caller_of

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.passage import Reach


def reassign(work: Work, task_id: int, number: int, *, by: int = ADA) -> list[dict[str, object]]:
    body = {"taskAssignments": [{"TaskId": task_id, "UserId": number}]}
    refused: list[dict[str, object]] = work.call("Tasks_ReassignTasks", body, caller=caller_of(by))["value"]
    return refused


def unassign(work: Work, *task_ids: int) -> list[dict[str, object]]:
    refused: list[dict[str, object]] = work.call("Tasks_UnassignTasks", {"taskIds": list(task_ids)})["value"]
    return refused


class TestAssigning:
    @pytest.mark.parametrize(
        "whom", [{"userId": GRACE}, {"userNameOrEmail": "Grace"}, {"userNameOrEmail": "GRACE@example.com"}]
    )
    def test_a_task_is_somebodys_by_number_name_or_address(self, work: Work, whom: dict[str, Any]) -> None:
        task = work.make()
        assert work.assign(task["id"], **whom) == []
        shown = work.show(task["id"], query={"$expand": "AssignedToUser,TaskAssignments($expand=assignee)"})
        assert (shown["Status"], shown["AssignedToUserId"], shown["TaskAssigneeName"]) == (
            "Pending",
            GRACE,
            "Grace Example",
        )
        assert shown["AssignedToUser"] == {
            "name": "Grace",
            "surname": "Example",
            "userName": "grace",
            "emailAddress": "grace@example.com",
            "displayName": "Grace Example",
            "id": GRACE,
        }
        assert shown["TaskAssignments"][0]["assignee"]["userName"] == "grace"
        assert shown["LastAssignedTime"] == "2030-01-31T08:00:00Z"
        assert work.history(task["id"]) == ["Created", "Assigned"]

    @pytest.mark.parametrize(
        ("whom", "code"),
        [
            ({"userId": 99}, 1002),
            ({"userNameOrEmail": "nobody"}, 1002),
            ({"userId": GONE}, 1002),
            ({"userId": AUDITOR}, 1000),
            ({"assigneeNamesOrEmails": ["grace", "nobody"], "assignmentCriteria": "AllUsers"}, 1002),
        ],
    )
    def test_who_may_not_work_on_it_does_not_get_it(self, work: Work, whom: dict[str, Any], code: int) -> None:
        task = work.make()
        (refused,) = work.assign(task["id"], **whom)
        assert (refused["TaskId"], refused["ErrorCode"]) == (task["id"], code)
        assert refused["ErrorMessage"]
        assert work.show(task["id"])["Status"] == "Unassigned"
        assert work.history(task["id"]) == ["Created"]

    def test_one_that_is_refused_leaves_the_others_done(self, work: Work) -> None:
        first, second = work.make()["id"], work.make()["id"]
        body = {"taskAssignments": [{"taskId": number, "userId": GRACE} for number in (first, 999, second)]}
        (refused,) = work.call("Tasks_AssignTasks", body)["value"]
        assert (refused["TaskId"], refused["UserId"], refused["ErrorCode"]) == (999, GRACE, 1002)
        assert [work.show(number)["Status"] for number in (first, second)] == ["Pending", "Pending"]

    def test_what_somebody_has_is_not_assigned_again(self, work: Work) -> None:
        task = work.make()
        work.assign(task["id"], GRACE)
        (refused,) = work.assign(task["id"], LINUS)
        assert refused["ErrorCode"] == 1000
        assert work.show(task["id"])["AssignedToUserId"] == GRACE

    def test_a_task_out_of_reach_or_of_another_tenant_looks_like_none(self, work: Work) -> None:
        task = work.make()
        body = {"taskAssignments": [{"taskId": task["id"], "userId": GRACE}]}
        nowhere = Reach(frozenset({"00000000-0000-4000-8000-000000000099"}))
        both: tuple[dict[str, Any], ...] = ({"reach": nowhere}, {"tenant": OTHER_TENANT})
        for asked in both:
            (refused,) = work.call("Tasks_AssignTasks", body, **asked)["value"]
            assert refused["ErrorCode"] == 1002
        assert work.show(task["id"])["Status"] == "Unassigned"

    def test_no_folder_need_be_named(self, work: Work) -> None:
        task = work.make()
        body = {"taskAssignments": [{"taskId": task["id"], "userId": GRACE}]}
        assert work.call("Tasks_AssignTasks", body, folder=None)["value"] == []
        assert work.show(task["id"], folder=None)["Status"] == "Pending"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"taskAssignments": [{"userId": GRACE}]},
            {"taskAssignments": [{"taskId": 1}]},
            {"taskAssignments": [{"taskId": 0, "userId": 1}]},
            {"taskAssignments": [{"taskId": 1, "userId": "ada"}]},
            {"taskAssignments": [{"taskId": 1, "userId": 1, "assignmentCriteria": "ByLot"}]},
            {"taskAssignments": [{"taskId": 1, "assigneeNamesOrEmails": ["x" * 300]}]},
        ],
    )
    def test_an_order_that_cannot_be_read_is_refused_whole(self, work: Work, body: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            work.call("Tasks_AssignTasks", body)


class TestChoosing:
    def test_workload_chooses_who_has_least_to_do(self, work: Work) -> None:
        for number in (GRACE, GRACE, LINUS):
            work.assign(work.make()["id"], number)
        task = work.make()
        work.assign(task["id"], assignmentCriteria="Workload", assigneeUserIds=[GRACE, LINUS])
        shown = work.show(task["id"])
        assert (shown["AssignedToUserId"], shown["TaskAssignmentCriteria"]) == (LINUS, "Workload")

    def test_round_robin_goes_round(self, work: Work) -> None:
        chosen = []
        for _ in range(4):
            task = work.make()
            work.assign(task["id"], assignmentCriteria="RoundRobin", assigneeNamesOrEmails=["grace", "linus"])
            chosen.append(work.show(task["id"])["AssignedToUserId"])
        assert chosen == [GRACE, LINUS, GRACE, LINUS]

    def test_all_users_have_it_until_one_of_them_is_done(self, work: Work) -> None:
        task = work.make()
        work.assign(task["id"], assignmentCriteria="AllUsers", assigneeNamesOrEmails=["grace", "linus"])
        seen = work.data_of(task["id"])
        assert (seen["status"], seen["assignedToUserId"]) == ("Pending", None)
        assert [person["userName"] for person in seen["taskAssignees"]] == ["grace", "linus"]
        assert seen["isCurrentUserInAllUserAssignedGroup"] is False
        for refused in (unassign(work, task["id"]), reassign(work, task["id"], ADA)):
            assert refused[0]["ErrorCode"] == 1000
        work.call("GenericTasks_CompleteTask", {"taskId": task["id"]}, caller=caller_of(LINUS))
        assert work.show(task["id"])["AssignedToUserId"] == LINUS


class TestPassingOn:
    def test_somebody_else_reassigns_and_who_has_it_forwards(self, work: Work) -> None:
        task = work.make()
        work.assign(task["id"], GRACE)
        assert reassign(work, task["id"], LINUS) == []
        assert reassign(work, task["id"], GRACE, by=LINUS) == []
        assert work.history(task["id"]) == ["Created", "Assigned", "Reassigned", "Forwarded"]
        assert work.show(task["id"])["AssignedToUserId"] == GRACE
        mine: dict[str, Any] = {"query": {"event": "ForwardedEver"}, "caller": caller_of(LINUS)}
        assert work.names("Tasks_GetTasksAcrossFolders", "Id", **mine) == [task["id"]]
        assert work.names("Tasks_GetTasksAcrossFolders", "Id", query={"event": "ForwardedEver"}) == []

    def test_what_is_nobodys_is_neither_passed_on_nor_taken_back(self, work: Work) -> None:
        task = work.make()
        assert reassign(work, task["id"], LINUS)[0]["ErrorCode"] == 1000
        assert unassign(work, task["id"])[0]["ErrorCode"] == 1000

    def test_what_is_completed_stays_whose_it_is(self, work: Work) -> None:
        task = work.make()
        work.assign(task["id"], GRACE)
        work.call("GenericTasks_CompleteTask", {"taskId": task["id"]})
        for refused in (reassign(work, task["id"], LINUS), unassign(work, task["id"])):
            assert refused[0]["ErrorCode"] == 1000
        assert work.show(task["id"])["AssignedToUserId"] == GRACE

    def test_a_task_is_taken_back_and_the_time_it_took_counts(self, work: Work) -> None:
        task = work.make()
        work.assign(task["id"], GRACE)
        work.desk.clock.advance(timedelta(seconds=90))
        assert unassign(work, task["id"]) == []
        shown = work.show(task["id"], query={"$expand": "TaskAssignments,Activities"})
        assert (shown["Status"], shown["AssignedToUserId"], shown["TaskAssignments"]) == ("Unassigned", None, [])
        assert shown["Activities"][-1]["TargetUserId"] == GRACE
        assert work.data_of(task["id"])["processingTime"] == 90
        assert work.assign(task["id"], LINUS) == []
