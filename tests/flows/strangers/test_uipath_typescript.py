"""The npm package ``@uipath/uipath-typescript`` 1.3, unmodified, in Node with an access key as its secret."""

from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator
from tests.factories.node import run_node
from tests.factories.served import Served
from tests.factories.suspended import start_suspended_job

PROGRAM = "uipath-typescript.cjs"
ALLOWED = (
    *("Assets_Get", "Assets_GetAssetsAcrossFolders", "Assets_GetById", "Assets_GetFiltered"),
    *("QueueDefinitions_Get", "QueueDefinitions_GetById", "QueueDefinitions_GetQueuesAcrossFolders"),
    *("Releases_Get", "Releases_GetById"),
    *("Jobs_Get", "Jobs_GetByKeyByIdentifier", "Jobs_RestartJob", "Jobs_ResumeJob", "Jobs_StartJobs"),
    "tag:Buckets",
    *("Attachments_GetById", "Attachments_Post"),
)


def facts_of(administrator: Administrator, access_key: str) -> dict[str, Any]:
    house = administrator.house
    return {
        "baseUrl": house.base_url,
        "orgName": house.organization,
        "tenantName": house.tenant,
        "accessKey": access_key,
        "folderId": 1,
        "folderPath": house.folder,
    }


@pytest.fixture(scope="module")
def facts(administrator: Administrator) -> dict[str, Any]:
    """What a program is configured with; its key may not stop jobs."""
    return facts_of(administrator, administrator.make_key("typescript", ALLOWED))


def test_assets_are_found_by_name_and_id_and_across_folders(facts: dict[str, Any]) -> None:
    found = run_node(PROGRAM, "assets", **facts)
    assert (found["byName"]["valueType"], found["byName"]["value"]) == ("Integer", "1000")
    assert found["byId"]["key"] == found["byName"]["key"]
    assert found["everywhere"] == ["ApprovalLimit"]
    assert found["absent"] == {"type": "NotFoundError", "status": 404, "message": found["absent"]["message"]}


def test_pages_are_followed_by_cursor_to_the_end(
    facts: dict[str, Any], administrator: Administrator, house: Served
) -> None:
    for number in range(5):
        asset = {"Name": f"ScriptPage{number}", "ValueScope": "Global", "ValueType": "Text", "StringValue": "x"}
        administrator.create("Assets", asset, folder=house.folder)
    read = run_node(PROGRAM, "pages", filter="startswith(Name, 'ScriptPage')", **facts)
    assert read["pages"] == [["ScriptPage0", "ScriptPage1"], ["ScriptPage2", "ScriptPage3"], ["ScriptPage4"]]
    assert read["totalCount"] == 5


def test_queues_are_listed_in_a_folder_and_across_folders(facts: dict[str, Any]) -> None:
    read = run_node(PROGRAM, "queues", **facts)
    assert (read["inFolder"], read["everywhere"]) == (["Invoices"], ["Invoices"])
    assert (read["byId"]["name"], read["byId"]["maxNumberOfRetries"]) == ("Invoices", 1)


def test_processes_are_listed_and_found(facts: dict[str, Any]) -> None:
    read = run_node(PROGRAM, "processes", **facts)
    assert "InvoiceBot" in read["listed"]
    assert read["byId"]["key"] == read["byName"]["key"]


def test_a_started_job_is_watched_to_its_output_and_restarted(facts: dict[str, Any]) -> None:
    assert run_node(PROGRAM, "job", **facts) == {
        "state": "Successful",
        "output": {"Approved": True, "Message": "The invoice may be paid."},
        "again": True,
    }


def test_a_job_is_killed_by_its_key(administrator: Administrator) -> None:
    access_key = administrator.make_key("typescript, stopping", [*ALLOWED, "Jobs_StopJobs"])
    assert run_node(PROGRAM, "stop", **facts_of(administrator, access_key)) == "Stopped"


def test_a_suspended_job_is_found_and_resumed(facts: dict[str, Any], administrator: Administrator) -> None:
    job = start_suspended_job(administrator)
    assert run_node(PROGRAM, "suspended", jobId=job["Id"], **facts) == {"listed": ["Suspended"], "ended": "Successful"}


def test_files_of_buckets_are_uploaded_listed_and_downloaded(
    facts: dict[str, Any], administrator: Administrator, house: Served
) -> None:
    bucket = {"Name": "ScriptFiles", "Identifier": "5b0cf7c1-3b0b-4d3c-9f6d-6a4f5d9f0a11"}
    administrator.create("Buckets", bucket, folder=house.folder)
    read = run_node(PROGRAM, "buckets", bucket="ScriptFiles", **facts)
    assert (read["inFolder"], read["everywhere"]) == (["ScriptFiles"], ["ScriptFiles"])
    assert (read["byId"]["identifier"], read["byId"]["options"]) == (bucket["Identifier"], "None")
    assert read["uploads"] == [{"success": True, "statusCode": 201}] * 3
    assert read["files"] == [{"path": "/in/one.txt", "size": 10}, {"path": "/in/two.txt", "size": 10}]
    assert read["pages"] == [["/in/one.txt", "/in/two.txt"], ["/three.txt"]]
    assert read["content"] == "in/one.txt"
    assert (read["absent"]["type"], read["absent"]["status"]) == ("NotFoundError", 404)


def test_an_attachment_is_found_without_its_folder_and_downloaded(
    facts: dict[str, Any], administrator: Administrator, house: Served
) -> None:
    made = administrator.create("Attachments", {"Name": "note.txt"}, folder=house.folder)
    # No credential goes along: the address is enough.
    assert httpx2.put(made["BlobFileAccess"]["Uri"], content=b"hello").status_code == 201
    read = run_node(PROGRAM, "attachment", attachment=made["Id"], **facts)
    assert read == {"name": "note.txt", "content": "hello"}


def test_refusals_reach_the_program_in_the_types_it_knows(facts: dict[str, Any]) -> None:
    refused = run_node(PROGRAM, "refusals", **facts)
    assert refused["forbidden"] == {
        "type": "AuthorizationError",
        "status": 403,
        "message": "You are not authorized! This credential may not use Jobs_StopJobs.",
    }
    assert refused["unknownKey"]["status"] == 401
