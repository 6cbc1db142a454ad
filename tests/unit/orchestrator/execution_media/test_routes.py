"""Recordings of jobs: listed, downloaded together, deleted; put there by hand, as no robot here records."""

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import text
from tests.factories.jobs import make_job
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.kit.files import FileMissing
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.execution_media.models import ExecutionMedium
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.stored_files.models import StoredFile
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def job(desk: Desk, folder: FolderPlace) -> Job:
    return make_job(desk, folder)


def record(desk: Desk, folder: FolderPlace, job: Job, name: str, content: bytes) -> None:
    kept = desk.files.keep(desk.chance.random_bytes(16).hex(), BytesIO(content))
    shared = {"tenant_id": TENANT.tenant_id, "created_at": desk.clock.now()}
    with desk.write() as session:
        session.add(StoredFile(name=kept.name, size=kept.size, sha256=kept.sha256, **shared))
        session.add(
            ExecutionMedium(
                folder_id=folder.id,
                job_id=job.id,
                name=name,
                storage_location="files",
                release_name="InvoiceBot",
                stored_name=kept.name,
                **shared,
            )
        )


def test_recordings_are_listed_shown_and_downloaded_in_one_archive(desk: Desk, folder: FolderPlace, job: Job) -> None:
    record(desk, folder, job, "first.png", b"one")
    record(desk, folder, job, "../first.png", b"two")
    rows = desk.call("ExecutionMedia_Get", folder=folder).content["value"]
    assert [(row["Name"], row["JobId"]) for row in rows] == [("first.png", job.id), ("../first.png", job.id)]
    one = desk.call("ExecutionMedia_GetById", key=rows[0]["Id"], folder=folder).content
    assert (one["ReleaseName"], one["StorageLocation"]) == ("InvoiceBot", "files")
    answer = desk.call("ExecutionMedia_DownloadMediaByJobId", jobId=job.id, folder=folder)
    with answer.content.stream as stream:
        content = stream.read()
    assert len(content) == answer.content.size
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert sorted(archive.read(name) for name in archive.namelist()) == [b"one", b"two"]
        assert not any("/" in name for name in archive.namelist())


def test_an_archive_that_cannot_be_made_is_no_half_one(desk: Desk, folder: FolderPlace, job: Job) -> None:
    record(desk, folder, job, "first.png", b"one")
    record(desk, folder, job, "second.png", b"two")
    desk.files.remove(min(desk.files.names_before(2**40)))
    with pytest.raises(FileMissing):
        desk.call("ExecutionMedia_DownloadMediaByJobId", jobId=job.id, folder=folder)


def test_recordings_of_a_job_are_deleted_with_their_files(desk: Desk, folder: FolderPlace, job: Job) -> None:
    record(desk, folder, job, "first.png", b"one")
    other = make_job(desk, folder)
    record(desk, folder, other, "other.png", b"other")
    for _ in range(2):
        assert desk.call("ExecutionMedia_DeleteMediaByJobId", {"jobId": job.id}, folder=folder).status == 204
    rows = desk.call("ExecutionMedia_Get", folder=folder).content["value"]
    assert [row["Name"] for row in rows] == ["other.png"]
    with desk.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 1
    with pytest.raises(NotFound, match="no recordings"):
        desk.call("ExecutionMedia_DownloadMediaByJobId", jobId=job.id, folder=folder)


def test_what_lies_in_another_folder_or_tenant_is_not_found(desk: Desk, folder: FolderPlace, job: Job) -> None:
    record(desk, folder, job, "first.png", b"one")
    (row,) = desk.call("ExecutionMedia_Get", folder=folder).content["value"]
    other, far = desk.make_folder("Other"), desk.make_folder("Far", tenant=OTHER_TENANT)
    for how in ({"folder": other}, {"folder": far, "tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            desk.call("ExecutionMedia_GetById", key=row["Id"], **how)
        with pytest.raises(NotFound):
            desk.call("ExecutionMedia_DownloadMediaByJobId", jobId=job.id, **how)
        with pytest.raises(NotFound):
            desk.call("ExecutionMedia_DeleteMediaByJobId", {"jobId": job.id}, **how)


@pytest.mark.parametrize("body", [{}, {"jobId": "x"}, {"jobId": -1}, {"jobId": None}])
def test_a_bad_body_is_refused(desk: Desk, folder: FolderPlace, body: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("ExecutionMedia_DeleteMediaByJobId", body, folder=folder)
