"""Runs of test sets: a job a case, followed by the clock, cancelled, repeated, with what the cases assert."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from tests.factories.checks import LOGIN, LOGOUT, Checks, make_checks, make_set
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.call import FileContent
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound

START = "TestAutomation_StartTestSetExecution"
START_WITH = "TestAutomation_StartTestSetExecutionWithOptions"
CANCEL_SET = "TestAutomation_CancelTestSetExecution"
CANCEL_CASE = "TestAutomation_CancelTestCaseExecution"
REPEAT = "TestAutomation_ReexecuteTestCases"
PICTURE = b"\x89PNG picture"

REPORT = {
    "assertions": [
        {"message": "Total is 5", "succeeded": True},
        {"message": "Name is Ada", "succeeded": False, "screenshot": b64encode(PICTURE).decode()},
    ],
    "attachments": [
        {
            "fileName": "a.html",
            "mimeType": "text/html",
            "content": b64encode(b"<script>").decode(),
            "tags": ["log"],
        },
        {"fileName": "cover.txt", "content": b64encode(b"all").decode(), "ofTestSet": True},
    ],
}


@pytest.fixture
def checks(desk: Desk) -> Checks:
    return make_checks(desk)


def start(desk: Desk, checks: Checks, *names: str, options: dict | None = None, **script: object) -> int:
    made = make_set(desk, checks, *names)
    headers = {"scripted-robot": json.dumps(script)} if script else {}
    operation = START if options is None else START_WITH
    query = {"testsetid": str(made["Id"])}
    return desk.call(operation, options, folder=checks.folder, query=query, headers=headers).content


def run(desk: Desk, checks: Checks, execution_id: int, *expand: str) -> dict:
    query = {"$expand": ",".join(expand or ("TestCaseExecutions",))}
    return desk.call("TestSetExecutions_GetById", folder=checks.folder, key=execution_id, query=query).content


def cases(desk: Desk, checks: Checks, *expand: str) -> list[dict]:
    query = {"$expand": ",".join(expand)} if expand else {}
    return desk.call("TestCaseExecutions_Get", folder=checks.folder, query=query).content["value"]


def statuses(desk: Desk, checks: Checks) -> list[str]:
    return [case["Status"] for case in cases(desk, checks)]


def later(desk: Desk, seconds: float) -> None:
    desk.clock.advance(timedelta(seconds=seconds))


class TestRunning:
    def test_each_case_is_a_job_that_the_clock_moves(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks)
        begun = run(desk, checks, execution_id)
        assert (begun["Name"], begun["Status"], begun["TriggerType"], begun["RunId"]) == (
            "Nightly",
            "Pending",
            "Manual",
            1,
        )
        assert statuses(desk, checks) == ["Pending", "Pending"]
        later(desk, 1)
        assert run(desk, checks, execution_id)["Status"] == "Running"
        later(desk, 60)
        ended = run(desk, checks, execution_id)
        assert (ended["Status"], ended["StartTime"], ended["EndTime"]) == (
            "Passed",
            "2030-01-31T08:00:01Z",
            "2030-01-31T08:00:03Z",
        )
        first = ended["TestCaseExecutions"][0]
        assert (first["Status"], first["EntryPointPath"], first["VersionNumber"]) == (
            "Passed",
            "Tests/Login.xaml",
            "1.0.0",
        )
        job = desk.call("Jobs_GetById", folder=checks.folder, key=first["JobId"]).content
        assert (job["State"], job["Key"], job["RuntimeType"]) == ("Successful", first["JobKey"], "TestAutomation")
        assert job["BatchExecutionKey"] == ended["BatchExecutionKey"]

    def test_a_set_is_started_by_its_key_and_told_what_triggers_it(self, desk: Desk, checks: Checks) -> None:
        made = make_set(desk, checks)
        query = {"testsetkey": made["Key"], "triggertype": "externaltool"}
        execution_id = desk.call(START, folder=checks.folder, query=query).content
        assert run(desk, checks, execution_id)["TriggerType"] == "ExternalTool"

    def test_a_case_fails_with_its_job(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks, ending="fault", reason="boom")
        later(desk, 60)
        assert statuses(desk, checks) == ["Failed", "Failed"]
        assert cases(desk, checks)[0]["Info"] == "boom"
        assert run(desk, checks, execution_id)["Status"] == "Failed"

    def test_options_choose_cases_and_give_each_variation_a_run(self, desk: Desk, checks: Checks) -> None:
        key = "3fa85f64-5717-4562-b3fc-2c963f66afbb"
        options = {
            "batchExecutionKey": key,
            "triggerType": "TestManager",
            "executeOnlySpecifiedTestCases": True,
            "testCases": [
                {
                    "uniqueId": LOGOUT,
                    "packageIdentifier": "checks",
                    "inputArgumentsVariations": [{"a": 1}, {"a": 2}],
                    "testManagerTestCaseId": key,
                }
            ],
        }
        execution_id = start(desk, checks, options=options)
        shown = cases(desk, checks)
        assert [case["InputArguments"] for case in shown] == ['{"a":1}', '{"a":2}']
        assert [case["DataVariationIdentifier"] for case in shown] == ["1", "2"]
        assert shown[0]["TestManagerTestCaseId"] == key
        assert run(desk, checks, execution_id)["BatchExecutionKey"] == key
        job = desk.call("Jobs_GetById", folder=checks.folder, key=shown[0]["JobId"]).content
        assert job["SourceType"] == "TestManager"

    def test_arguments_of_the_set_reach_each_case_by_their_type(self, desk: Desk, checks: Checks) -> None:
        arguments = [
            {"Name": "n", "Type": "System.Int32, mscorlib", "Value": "5"},
            {"Name": "s", "Type": "System.String", "Value": "5"},
            {"Name": "b", "Type": "System.Boolean", "Value": "True"},
            {"Name": "x", "Type": "System.Int32", "Value": "five"},
        ]
        made = make_set(desk, checks, "Login", InputArguments=arguments)
        desk.call(START, folder=checks.folder, query={"testsetid": str(made["Id"])})
        assert json.loads(cases(desk, checks)[0]["InputArguments"]) == {"n": 5, "s": "5", "b": True, "x": "five"}

    def test_in_order_one_case_waits_for_the_other(self, desk: Desk, checks: Checks) -> None:
        options = {
            "enforceExecutionOrder": True,
            "testCases": [{"uniqueId": LOGIN, "executionOrder": 2}, {"uniqueId": LOGOUT, "executionOrder": 1}],
        }
        execution_id = start(desk, checks, options=options)
        paths = [case["EntryPointPath"] for case in cases(desk, checks)]
        assert paths == ["Tests/Logout.xaml", "Tests/Login.xaml"]
        assert [case["JobId"] is None for case in cases(desk, checks)] == [False, True]
        later(desk, 3600)
        shown = cases(desk, checks)
        assert [(case["Status"], case["StartTime"], case["EndTime"]) for case in shown] == [
            ("Passed", "2030-01-31T08:00:01Z", "2030-01-31T08:00:03Z"),
            ("Passed", "2030-01-31T08:00:04Z", "2030-01-31T08:00:06Z"),
        ]
        assert run(desk, checks, execution_id)["EndTime"] == "2030-01-31T08:00:06Z"

    def test_runs_stay_when_their_set_goes(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks)
        test_set = desk.call("TestSets_Get", folder=checks.folder).content["value"][0]
        desk.call("TestSets_DeleteById", folder=checks.folder, key=test_set["Id"])
        later(desk, 60)
        shown = run(desk, checks, execution_id, "TestSet", "TestCaseExecutions($expand=TestCase)")
        assert (shown["Name"], shown["Status"], shown["TestSet"]) == ("Nightly", "Passed", None)

    def test_what_cannot_run_is_refused_and_leaves_nothing(self, desk: Desk, checks: Checks) -> None:
        off = make_set(desk, checks, Enabled=False)
        empty = make_set(desk, checks, TestCases=[])
        for made, refusal in ((off, Conflict), (empty, InvalidRequest)):
            with pytest.raises(refusal):
                desk.call(START, folder=checks.folder, query={"testsetid": str(made["Id"])})
        query = {"testsetid": str(make_set(desk, checks)["Id"])}
        for options, refused in (
            ({"testCases": [{"uniqueId": "3fa85f64-5717-4562-b3fc-2c963f66afff"}]}, NotFound),
            ({"robotId": 999}, NotFound),
            ({"machineId": 999}, NotFound),
            ({"testCases": [{}]}, InvalidRequest),
            ({"triggerType": "Moon"}, InvalidRequest),
            ({"testCases": [{"uniqueId": LOGIN, "inputArgumentsVariations": [{"a": "x" * 20_000}]}]}, InvalidRequest),
        ):
            with pytest.raises(refused):
                desk.call(START_WITH, options, folder=checks.folder, query=query)
        assert desk.call("TestSetExecutions_Get", folder=checks.folder).content["value"] == []
        assert desk.call("Jobs_Get", folder=checks.folder).content["value"] == []

    def test_a_set_is_named_and_of_the_folder(self, desk: Desk, checks: Checks) -> None:
        made = make_set(desk, checks)
        with pytest.raises(InvalidRequest, match="testSetId"):
            desk.call(START, folder=checks.folder)
        with pytest.raises(InvalidRequest, match="triggerType"):
            desk.call(START, folder=checks.folder, query={"testsetid": str(made["Id"]), "triggertype": "moon"})
        with pytest.raises(NotFound):
            desk.call(START, folder=desk.make_folder("Other"), query={"testsetid": str(made["Id"])})
        with pytest.raises(NotFound):
            desk.call(START, folder=checks.folder, query={"testsetkey": made["Key"]}, tenant=OTHER_TENANT)


class TestCancelling:
    def test_a_whole_run_is_cancelled(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks, options={"enforceExecutionOrder": True})
        later(desk, 1)
        run(desk, checks, execution_id)
        query = {"testsetexecutionid": str(execution_id)}
        assert desk.call(CANCEL_SET, folder=checks.folder, query=query).status == 202
        assert statuses(desk, checks) == ["Cancelling", "Cancelled"]
        later(desk, 60)
        assert statuses(desk, checks) == ["Cancelled", "Cancelled"]
        assert run(desk, checks, execution_id)["Status"] == "Cancelled"
        assert desk.call(CANCEL_SET, folder=checks.folder, query=query).status == 202

    def test_one_case_is_cancelled_and_the_others_go_on(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks)
        query = {"testcaseexecutionid": str(cases(desk, checks)[0]["Id"])}
        assert desk.call(CANCEL_CASE, folder=checks.folder, query=query).status == 202
        later(desk, 60)
        assert statuses(desk, checks) == ["Cancelled", "Passed"]
        assert desk.call(CANCEL_CASE, folder=checks.folder, query=query).status == 202
        assert run(desk, checks, execution_id)["Status"] == "Cancelled"

    @pytest.mark.parametrize("operation", [CANCEL_SET, CANCEL_CASE])
    def test_what_is_cancelled_is_named_and_there(self, desk: Desk, checks: Checks, operation: str) -> None:
        with pytest.raises(InvalidRequest):
            desk.call(operation, folder=checks.folder)
        with pytest.raises(NotFound):
            query = {"testsetexecutionid": "999", "testcaseexecutionid": "999"}
            desk.call(operation, folder=checks.folder, query=query)


class TestRepeating:
    def test_a_case_that_failed_runs_again_within_the_run(self, desk: Desk, checks: Checks) -> None:
        execution_id = start(desk, checks, "Login", ending="fault")
        later(desk, 60)
        failed = cases(desk, checks)[0]
        body = {"testCaseExecutions": [{"testCaseExecutionId": failed["Id"], "inputArguments": {"again": True}}]}
        answer = desk.call(REPEAT, body, folder=checks.folder)
        assert answer.status == 200
        [again] = answer.content
        assert (again["Status"], again["RunId"], again["InputArguments"]) == ("Pending", 2, '{"again":true}')
        assert run(desk, checks, execution_id)["Status"] == "Pending"
        later(desk, 60)
        ended = run(desk, checks, execution_id)
        assert (ended["Status"], ended["RunId"]) == ("Passed", 2)
        assert statuses(desk, checks) == ["Failed", "Passed"]
        with pytest.raises(Conflict, match="again"):
            desk.call(REPEAT, body, folder=checks.folder)

    def test_what_cannot_be_repeated_is_refused(self, desk: Desk, checks: Checks) -> None:
        start(desk, checks)
        start(desk, checks)
        one, _, other, _ = (case["Id"] for case in cases(desk, checks))
        for ids, refusal in (
            ([one], Conflict),
            ([one, other], InvalidRequest),
            ([999], NotFound),
            ([], InvalidRequest),
        ):
            with pytest.raises(refusal):
                body = {"testCaseExecutions": [{"testCaseExecutionId": each} for each in ids]}
                desk.call(REPEAT, body, folder=checks.folder)


class TestSaying:
    def file_of(self, answer: object) -> bytes:
        content = answer.content  # type: ignore[attr-defined]
        assert isinstance(content, FileContent)
        with content.stream as stream:
            return stream.read()

    def test_a_case_with_a_failed_assertion_fails_and_shows_it(self, desk: Desk, checks: Checks) -> None:
        start(desk, checks, "Login", test=REPORT)
        later(desk, 60)
        [case] = cases(desk, checks, "TestCaseAssertions", "TestCaseExecutionAttachments")
        assert (case["Status"], case["HasAssertions"]) == ("Failed", True)
        shown = [(each["Message"], each["Succeeded"], each["HasScreenshot"]) for each in case["TestCaseAssertions"]]
        assert shown == [("Total is 5", True, False), ("Name is Ada", False, True)]
        assert [each["FileName"] for each in case["TestCaseExecutionAttachments"]] == ["a.html"]
        with_picture, without = case["TestCaseAssertions"][1]["Id"], case["TestCaseAssertions"][0]["Id"]
        operation = "TestAutomation_GetAssertionScreenshot"
        answer = desk.call(operation, folder=checks.folder, query={"testcaseassertionid": str(with_picture)})
        assert self.file_of(answer) == PICTURE
        assert answer.headers["Content-Type"] == "image/png"
        for assertion_id, folder in ((without, checks.folder), (with_picture, desk.make_folder("Other"))):
            with pytest.raises(NotFound):
                desk.call(operation, folder=folder, query={"testcaseassertionid": str(assertion_id)})

    @pytest.mark.parametrize(
        ("listing", "reading", "by_id", "by_key", "content"),
        [
            (
                "TestCaseExecutionAttachments",
                "TestCaseExecutionAttachment",
                "testCaseExecutionId",
                "jobKey",
                b"<script>",
            ),
            (
                "TestSetExecutionAttachments",
                "TestSetExecutionAttachment",
                "testSetExecutionId",
                "batchExecutionKey",
                b"all",
            ),
        ],
    )
    def test_attachments_are_listed_and_read(
        self, desk: Desk, checks: Checks, listing: str, reading: str, by_id: str, by_key: str, content: bytes
    ) -> None:
        execution_id = start(desk, checks, "Login", test=REPORT)
        later(desk, 60)
        whole = run(desk, checks, execution_id, "TestCaseExecutions", "Attachments")
        assert [each["FileName"] for each in whole["Attachments"]] == ["cover.txt"]
        case = whole["TestCaseExecutions"][0]
        is_of_case = listing.startswith("TestCase")
        id_and_key = (case["Id"], case["JobKey"]) if is_of_case else (execution_id, whole["BatchExecutionKey"])
        for body in ({by_id: id_and_key[0]}, {by_key: id_and_key[1]}):
            [found] = desk.call(f"TestAutomation_Get{listing}", body, folder=checks.folder).content
        tagged = {by_id: id_and_key[0], "tags": ["log"]}
        assert len(desk.call(f"TestAutomation_Get{listing}", tagged, folder=checks.folder).content) == int(is_of_case)
        query = {f"{reading[0].lower()}{reading[1:]}Id".lower(): str(found["Id"])}
        answer = desk.call(f"TestAutomation_Get{reading}", folder=checks.folder, query=query)
        assert self.file_of(answer) == content
        assert answer.headers["Content-Type"] == "application/octet-stream"
        with pytest.raises(NotFound):
            desk.call(f"TestAutomation_Get{reading}", folder=desk.make_folder("Other"), query=query)
        with pytest.raises(NotFound):
            desk.call(f"TestAutomation_Get{listing}", {by_id: 999}, folder=checks.folder)
        with pytest.raises(InvalidRequest, match=by_id):
            desk.call(f"TestAutomation_Get{listing}", {}, folder=checks.folder)


@pytest.mark.parametrize("operation", ["TestSetExecutions_GetById", "TestCaseExecutions_GetById"])
def test_other_folders_and_tenants_see_no_runs(desk: Desk, checks: Checks, operation: str) -> None:
    execution_id = start(desk, checks)
    key = execution_id if "Set" in operation else cases(desk, checks)[0]["Id"]
    assert desk.call(operation, folder=checks.folder, key=key).content["Id"] == key
    with pytest.raises(NotFound):
        desk.call(operation, folder=desk.make_folder("Other"), key=key)
    with pytest.raises(NotFound):
        desk.call(operation, folder=checks.folder, key=key, tenant=OTHER_TENANT)


def test_a_case_whose_process_went_fails_when_its_turn_comes(desk: Desk, checks: Checks) -> None:
    start(desk, checks, options={"enforceExecutionOrder": True})
    desk.call("Releases_DeleteById", folder=checks.folder, key=checks.release_id)
    later(desk, 60)
    assert statuses(desk, checks) == ["Passed", "Failed"]
