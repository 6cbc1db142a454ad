"""What suspended jobs wait for."""

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.passage import FolderPlace, Reach

Json = dict[str, object]
STRANGE = "00000000-0000-4000-8000-000000000099"
SOON = timedelta(seconds=10)


@pytest.fixture
def folder(desk: Desk, folder: FolderPlace) -> FolderPlace:
    """The folder, and a script that suspends each job of its process."""
    with desk.write() as session:
        create_rule(session, TENANT.tenant_id, "*", Script(ending=Ending.SUSPEND))
    return folder


@pytest.fixture
def job(desk: Desk, folder: FolderPlace) -> Json:
    body = {"startInfo": {"ReleaseName": "InvoiceBot"}}
    [started] = desk.call("Jobs_StartJobs", body, folder=folder).content["value"]
    desk.clock.advance(SOON)
    return seen(desk, folder, started)


def seen(desk: Desk, folder: FolderPlace, job: Json) -> Json:
    return desk.call("Jobs_GetById", key=job["Id"], folder=folder).content


def wait_of(desk: Desk, folder: FolderPlace, job: Json) -> Json:
    [wait] = desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=folder).content["value"]
    return wait


def deliver(desk: Desk, folder: FolderPlace, inbox: object, payload: object) -> int:
    return desk.call("JobTriggers_DeliverPayloadByInboxid", payload, inboxId=inbox, folder=folder).status


def test_a_suspended_job_waits_at_an_inbox(desk: Desk, folder: FolderPlace, job: Json) -> None:
    assert job["State"] == "Suspended"
    wait = wait_of(desk, folder, job)
    assert (wait["JobId"], wait["TriggerType"], wait["Status"]) == (job["Id"], "Inbox", "New")
    assert desk.call("JobTriggers_Get", folder=folder).content["value"] == [wait]
    [told] = desk.call("JobTriggers_GetWithWaitEventsByJobid", jobId=job["Id"], folder=folder).content["value"]
    assert (told["ItemKey"], told["CreationTime"]) == (wait["ItemKey"], "2030-01-31T08:00:03Z")


def test_a_payload_resumes_the_job_and_is_kept_and_comes_once(desk: Desk, folder: FolderPlace, job: Json) -> None:
    inbox = wait_of(desk, folder, job)["ItemKey"]
    with pytest.raises(NotFound):
        desk.call("JobTriggers_GetPayloadByInboxid", inboxId=inbox, folder=folder)
    assert deliver(desk, folder, inbox, {"approved": {"by": "Ada"}}) == 202
    assert seen(desk, folder, job)["State"] == "Resumed"
    assert wait_of(desk, folder, job)["Status"] == "Fired"
    assert deliver(desk, folder, inbox, {"approved": False}) == 208
    payload = desk.call("JobTriggers_GetPayloadByInboxid", inboxId=inbox, folder=folder).content
    assert payload == {"approved": {"by": "Ada"}}
    desk.clock.advance(SOON)
    assert seen(desk, folder, job)["State"] == "Successful"


def test_a_job_resumed_by_hand_waits_no_more_and_a_late_payload_changes_nothing(
    desk: Desk, folder: FolderPlace, job: Json
) -> None:
    desk.call("Jobs_ResumeJob", {"jobKey": job["Key"]}, folder=folder)
    wait = wait_of(desk, folder, job)
    assert wait["Status"] == "Fired"
    desk.clock.advance(SOON)
    assert deliver(desk, folder, wait["ItemKey"], {}) == 202
    assert seen(desk, folder, job)["State"] == "Successful"


def test_a_payload_has_a_bound(desk: Desk, folder: FolderPlace, job: Json) -> None:
    inbox = wait_of(desk, folder, job)["ItemKey"]
    with pytest.raises(InvalidRequest):
        deliver(desk, folder, inbox, {"x": "y" * 4000})
    with pytest.raises(InvalidRequest):
        deliver(desk, folder, "no-guid", {})
    assert seen(desk, folder, job)["State"] == "Suspended"


def test_waits_of_another_folder_or_tenant_look_like_none(desk: Desk, folder: FolderPlace, job: Json) -> None:
    inbox = wait_of(desk, folder, job)["ItemKey"]
    elsewhere = desk.make_folder("Elsewhere")
    assert desk.call("JobTriggers_Get", folder=elsewhere).content["value"] == []
    with pytest.raises(NotFound):
        deliver(desk, elsewhere, inbox, {})
    with pytest.raises(NotFound):
        deliver(desk, folder, STRANGE, {})
    with pytest.raises(NotFound):
        desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=elsewhere)
    with pytest.raises(NotFound):
        desk.call("JobTriggers_GetWithWaitEventsByJobid", jobId=job["Id"], folder=folder, tenant=OTHER_TENANT)


def make_task(desk: Desk, folder: FolderPlace, job: Json) -> Json:
    body = {"title": "May it be paid?", "type": "ExternalTask", "creatorJobKey": job["Key"]}
    return desk.call("GenericTasks_CreateTask", body, folder=folder).content


def complete(desk: Desk, folder: FolderPlace, task: Json) -> None:
    desk.call("GenericTasks_CompleteTask", {"taskId": task["id"], "data": {}, "action": "Yes"}, folder=folder)


class TestTasks:
    def test_completing_the_task_of_a_suspended_job_resumes_it(
        self, desk: Desk, folder: FolderPlace, job: Json
    ) -> None:
        task = make_task(desk, folder, job)
        waits = desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=folder).content["value"]
        assert [(wait["TriggerType"], wait["ItemKey"]) for wait in waits][1:] == [("Task", task["key"])]
        complete(desk, folder, task)
        assert seen(desk, folder, job)["State"] == "Resumed"
        waits = desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=folder).content["value"]
        assert {wait["Status"] for wait in waits} == {"Fired"}
        desk.clock.advance(SOON)
        assert seen(desk, folder, job)["State"] == "Successful"

    def test_a_task_that_is_completed_before_its_job_is_suspended_lets_it_go_on_at_once(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        body = {"startInfo": {"ReleaseName": "InvoiceBot"}}
        [started] = desk.call("Jobs_StartJobs", body, folder=folder).content["value"]
        complete(desk, folder, make_task(desk, folder, started))
        desk.clock.advance(timedelta(seconds=3))
        assert seen(desk, folder, started)["State"] == "Resumed"

    def test_a_deleted_task_resumes_its_job_and_another_folders_task_does_not(
        self, desk: Desk, folder: FolderPlace, job: Json
    ) -> None:
        elsewhere = desk.make_folder("Elsewhere")
        complete(desk, elsewhere, make_task(desk, elsewhere, job))
        assert seen(desk, folder, job)["State"] == "Suspended"
        task = make_task(desk, folder, job)
        desk.call("Tasks_DeleteTasks", {"taskIds": [task["id"]]}, folder=folder)
        assert seen(desk, folder, job)["State"] == "Resumed"

    def test_a_task_of_a_job_that_is_over_changes_nothing(self, desk: Desk, folder: FolderPlace, job: Json) -> None:
        desk.call("Jobs_StopJobById", {"strategy": "Kill"}, key=job["Id"], folder=folder)
        assert wait_of(desk, folder, job)["Status"] == "Fired"
        complete(desk, folder, make_task(desk, folder, job))
        assert seen(desk, folder, job)["State"] == "Stopped"


SAVE = "JobTriggers_SaveExternalTrigger"
OUTSIDE = "11111111-2222-4333-8444-555555555555"


class TestWhatLiesOutside:
    def test_whoever_takes_the_inbox_that_another_job_would_have_stops_no_job(
        self, desk: Desk, folder: FolderPlace, job: Json
    ) -> None:
        body = {"startInfo": {"ReleaseName": "InvoiceBot"}}
        [other] = desk.call("Jobs_StartJobs", body, folder=folder).content["value"]
        for name in ("inbox 0", "API x"):
            theirs = str(uuid5(UUID(other["Key"]), name))
            headers = {"x-uipath-jobkey": str(job["Key"])}
            desk.call(SAVE, {"type": "DeepRag", "externalId": theirs}, headers=headers)
        desk.clock.advance(SOON)
        assert seen(desk, folder, other)["State"] == "Suspended"
        saved = {"type": "DeepRag", "externalId": "x"}
        assert desk.call(SAVE, saved, headers={"x-uipath-jobkey": other["Key"]}).status == 204
        waits = desk.call("JobTriggers_GetByJobKey", jobKey=other["Key"], folder=folder).content["value"]
        assert [wait["TriggerType"] for wait in waits] == ["Inbox", "Api"]

    def test_a_job_waits_for_what_it_saved_and_its_end_resumes_it(
        self, desk: Desk, folder: FolderPlace, job: Json
    ) -> None:
        headers = {"x-uipath-jobkey": str(job["Key"])}
        assert desk.call(SAVE, {"type": "deepRag", "externalId": OUTSIDE}, headers=headers).status == 204
        waits = desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=folder).content["value"]
        assert (waits[1]["TriggerType"], waits[1]["ItemKey"]) == ("Api", OUTSIDE)
        assert waits[1]["TriggerConfiguration"] == f'{{"type":"DeepRag","externalId":"{OUTSIDE}"}}'
        assert deliver(desk, folder, OUTSIDE, {"done": True}) == 202
        assert seen(desk, folder, job)["State"] == "Resumed"

    def test_the_job_is_found_by_its_trace_and_one_out_of_reach_is_not(
        self, desk: Desk, folder: FolderPlace, job: Json
    ) -> None:
        trace = f"00-{str(job['Key']).replace('-', '')}-00f067aa0ba902b7-01"
        body = {"type": "IxpVsEscalation", "externalId": "7"}
        headers = {"x-uipath-traceparent-id": trace}
        for reach, expected in ((Reach(frozenset({STRANGE})), 1), (Reach(), 2)):
            desk.call(SAVE, body, headers=headers, reach=reach)
            waits = desk.call("JobTriggers_GetByJobKey", jobKey=job["Key"], folder=folder).content["value"]
            assert len(waits) == expected

    @pytest.mark.parametrize("headers", [{}, {"x-uipath-traceparent-id": "x-y-z"}, {"x-uipath-jobkey": STRANGE}])
    def test_without_a_job_nothing_is_kept(self, desk: Desk, folder: FolderPlace, headers: dict[str, str]) -> None:
        assert desk.call(SAVE, {"type": "batchRag", "externalId": "7"}, headers=headers).status == 204
        assert desk.call("JobTriggers_Get", folder=folder).content["value"] == []

    @pytest.mark.parametrize(
        "body", [{"type": "deepRag"}, {"type": "Task", "externalId": "1"}, {"type": "deepRag", "externalId": "x" * 256}]
    )
    def test_what_is_no_such_trigger_is_refused(self, desk: Desk, folder: FolderPlace, body: Json) -> None:
        with pytest.raises(InvalidRequest):
            desk.call(SAVE, body)
