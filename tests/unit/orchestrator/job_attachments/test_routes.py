"""Attachments of jobs: linked, listed, and gone with either end."""

from typing import Any

import pytest
from tests.factories.jobs import make_job
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace

STRANGE = "00000000-0000-4000-8000-000000000099"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def attachment(desk: Desk, folder: FolderPlace) -> str:
    return str(desk.call("Attachments_Post", {"Name": "a.txt"}, folder=folder).content["Id"])


def link(desk: Desk, folder: FolderPlace, **body: object) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("JobAttachments_Post", body, folder=folder).content
    return content


def listed(desk: Desk, folder: FolderPlace, job_key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = desk.call(
        "JobAttachments_GetByJobKey", folder=folder, query={"jobkey": job_key}
    ).content
    return rows


def test_an_attachment_is_linked_to_a_job_and_goes_with_itself(
    desk: Desk, folder: FolderPlace, attachment: str
) -> None:
    job = make_job(desk, folder)
    assert listed(desk, folder, job.key) == []
    link(desk, folder, attachmentId=attachment, jobKey=job.key, category=None)
    again = link(desk, folder, attachmentId=attachment, jobKey=job.key, category="Result")
    assert listed(desk, folder, job.key) == [again]
    assert (again["attachmentId"], again["attachmentName"], again["category"]) == (attachment, "a.txt", "Result")
    desk.call("Attachments_DeleteById", key=attachment, folder=folder)
    assert listed(desk, folder, job.key) == []


def test_neither_end_may_lie_in_another_folder_or_tenant(desk: Desk, folder: FolderPlace, attachment: str) -> None:
    other = desk.make_folder("Other")
    here, there = make_job(desk, folder), make_job(desk, other)
    for where, key in ((folder, there.key), (other, there.key), (folder, STRANGE)):
        with pytest.raises(NotFound):
            link(desk, where, attachmentId=attachment, jobKey=key)
    with pytest.raises(NotFound):
        link(desk, folder, attachmentId=STRANGE, jobKey=here.key)
    far = desk.make_folder("Far", tenant=OTHER_TENANT)
    with pytest.raises(NotFound):
        desk.call("JobAttachments_GetByJobKey", folder=far, tenant=OTHER_TENANT, query={"jobkey": here.key})


@pytest.mark.parametrize("body", [{}, {"attachmentId": "x"}, {"attachmentId": STRANGE}, {"jobKey": STRANGE}])
def test_a_bad_body_is_refused(desk: Desk, folder: FolderPlace, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        link(desk, folder, **body)
    with pytest.raises(InvalidRequest):
        listed(desk, folder, "x")
