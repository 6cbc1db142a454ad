"""What suspended jobs wait for."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.package_files.content import NewPackage
from stagedoor.orchestrator.processes.service import create_package
from stagedoor.orchestrator.scripted_robots.scripts import Ending, Script
from stagedoor.orchestrator.scripted_robots.service import create_rule
from stagedoor.passage import FolderPlace

Json = dict[str, object]
STRANGE = "00000000-0000-4000-8000-000000000099"
SOON = timedelta(seconds=10)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    with desk.write() as session:
        create_package(session, TENANT.tenant_id, NewPackage(name="InvoiceBot", version="1.0.0"), clock=desk.clock)
        create_rule(session, TENANT.tenant_id, "*", Script(ending=Ending.SUSPEND))
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "InvoiceBot", "ProcessKey": "InvoiceBot"}, folder=folder)
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
