"""Files by the vendor's Python library, unmodified: each call of buckets, attachments, and attachments of jobs."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.factories.administrator import Administrator
from uipath.platform import UiPath
from uipath.platform.attachments import Attachment, AttachmentMode
from uipath.platform.errors import EnrichedException

# The library opens connections for each service it hands out and leaves them to the collector.
pytestmark = [
    pytest.mark.usefixtures("in_the_shared_folder"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

ALLOWED = ("tag:Attachments", "tag:Buckets", "tag:FoldersNavigation", "tag:JobAttachments", "tag:Jobs", "Releases_Get")
T = TypeVar("T")


@pytest.fixture(scope="module")
def access_key(administrator: Administrator) -> str:
    """A key for what the library is asked to do here."""
    return administrator.make_key("uipath library, files", ALLOWED)


def awaited(service: Any, use: Callable[[Any], Awaitable[T]]) -> T:
    """Use a service asynchronously, and close it in the loop that it was used in."""

    async def run() -> T:
        try:
            return await use(service)
        finally:
            await service.aclose()

    return asyncio.run(run())


class TestBuckets:
    def test_a_bucket_is_made_found_and_deleted(self, uipath: UiPath) -> None:
        buckets = uipath.buckets
        assert not buckets.exists("Library bucket")
        made = buckets.create("Library bucket", description="made by the library")
        assert (made.name, made.description) == ("Library bucket", "made by the library")
        assert buckets.retrieve(name="Library bucket").id == made.id
        assert buckets.retrieve(key=made.identifier).id == made.id
        assert buckets.exists("Library bucket")
        assert [bucket.name for bucket in buckets.list(name="library BUCK").items] == ["Library bucket"]
        buckets.delete(name="Library bucket")
        with pytest.raises(LookupError):
            buckets.retrieve(name="Library bucket")

    def test_a_bucket_is_made_found_and_deleted_asynchronously(self, uipath: UiPath) -> None:
        async def live(buckets: Any) -> None:
            made = await buckets.create_async("Library bucket, async")
            assert await buckets.exists_async("Library bucket, async")
            assert (await buckets.retrieve_async(name=made.name)).id == made.id
            assert (await buckets.retrieve_async(key=made.identifier)).id == made.id
            assert [bucket.id for bucket in (await buckets.list_async(name=made.name)).items] == [made.id]
            await buckets.delete_async(key=made.identifier)
            assert not await buckets.exists_async("Library bucket, async")

        awaited(uipath.buckets, live)

    def test_files_are_uploaded_listed_downloaded_and_deleted(self, uipath: UiPath, tmp_path: Path) -> None:
        buckets = uipath.buckets
        buckets.create("Library files")
        source, target = tmp_path / "source.json", tmp_path / "target"
        source.write_bytes(b'{"a": 1}' * 300_000)
        buckets.upload(name="Library files", blob_file_path="in/large.json", source_path=str(source))
        buckets.upload(name="Library files", blob_file_path="in/deep/small.txt", content="hällo")
        buckets.upload(name="Library files", blob_file_path="a b;c#d%41?.bin", content=b"\x00\xff")
        buckets.download(name="Library files", blob_file_path="in/large.json", destination_path=str(target))
        assert target.read_bytes() == source.read_bytes()
        buckets.download(name="Library files", blob_file_path="a b;c#d%41?.bin", destination_path=str(target))
        assert target.read_bytes() == b"\x00\xff"
        listed = buckets.list_files(name="Library files", prefix="in").items
        assert [(file.path, file.size) for file in listed] == [("/in/deep/small.txt", 6), ("/in/large.json", 2_400_000)]
        assert listed[1].content_type == "application/json"
        assert buckets.exists_file(name="Library files", blob_file_path="in/large.json")
        assert not buckets.exists_file(name="Library files", blob_file_path="in/large")
        found = buckets.get_files(name="Library files", recursive=True, file_name_glob="*.txt").items
        assert [file.path for file in found] == ["/in/deep/small.txt"]
        assert [file.name for file in buckets.get_files(name="Library files", prefix="in").items] == ["large.json"]
        buckets.delete_file(name="Library files", blob_file_path="in/large.json")
        assert not buckets.exists_file(name="Library files", blob_file_path="in/large.json")
        with pytest.raises(EnrichedException) as refused:
            buckets.download(name="Library files", blob_file_path="in/large.json", destination_path=str(target))
        assert refused.value.status_code == 404

    def test_files_are_uploaded_listed_downloaded_and_deleted_asynchronously(
        self, uipath: UiPath, tmp_path: Path
    ) -> None:
        source, target = tmp_path / "source.bin", tmp_path / "target"
        source.write_bytes(b"from a file")

        async def live(buckets: Any) -> None:
            where = {"name": "Library files, async"}
            await buckets.create_async(where["name"])
            await buckets.upload_async(**where, blob_file_path="one", source_path=str(source))
            await buckets.upload_async(**where, blob_file_path="two", content=b"2", content_type="text/plain")
            await buckets.download_async(**where, blob_file_path="one", destination_path=str(target))
            assert target.read_bytes() == b"from a file"
            assert [file.path for file in (await buckets.list_files_async(**where)).items] == ["/one", "/two"]
            assert [file.path for file in (await buckets.get_files_async(**where, top=1)).items] == ["/one"]
            assert await buckets.exists_file_async(**where, blob_file_path="two")
            await buckets.delete_file_async(**where, blob_file_path="two")
            assert not await buckets.exists_file_async(**where, blob_file_path="two")

        awaited(uipath.buckets, live)

    def test_pages_of_files_are_followed_by_token(self, uipath: UiPath) -> None:
        buckets = uipath.buckets
        buckets.create("Library pages")
        for number in range(5):
            buckets.upload(name="Library pages", blob_file_path=f"{number}", content="x")
        found, token = [], None
        while True:
            page = buckets.list_files(name="Library pages", take_hint=2, continuation_token=token)
            found.append([file.path for file in page.items])
            token = page.continuation_token
            if not page.has_more:
                break
        assert found == [["/0", "/1"], ["/2", "/3"], ["/4"]]


class TestAttachments:
    def test_an_attachment_is_uploaded_downloaded_and_deleted(self, uipath: UiPath, tmp_path: Path) -> None:
        attachments = uipath.attachments
        source, target = tmp_path / "source.pdf", tmp_path / "target"
        source.write_bytes(b"%PDF")
        by_file = attachments.upload(name="source.pdf", source_path=str(source))
        by_content = attachments.upload(name="note.txt", content="hällo")
        assert attachments.download(key=by_file, destination_path=str(target)) == "source.pdf"
        assert target.read_bytes() == b"%PDF"
        access = attachments.get_blob_file_access_uri(key=by_content)
        assert (access.id, access.name) == (by_content, "note.txt")
        attachments.delete(key=by_file)
        with pytest.raises(Exception, match="not found"):
            attachments.download(key=by_file, destination_path=str(target))

    def test_an_attachment_is_uploaded_downloaded_and_deleted_asynchronously(
        self, uipath: UiPath, tmp_path: Path
    ) -> None:
        target = tmp_path / "target"

        async def live(attachments: Any) -> None:
            key = await attachments.upload_async(name="note.txt", content=b"x" * 100_000)
            assert await attachments.download_async(key=key, destination_path=str(target)) == "note.txt"
            assert target.read_bytes() == b"x" * 100_000
            assert (await attachments.get_blob_file_access_uri_async(key=key)).name == "note.txt"
            await attachments.delete_async(key=key)

        awaited(uipath.attachments, live)

    def test_an_attachment_is_opened_to_write_and_to_read(self, uipath: UiPath) -> None:
        attachments = uipath.attachments
        new = Attachment(ID=uuid.uuid4(), FullName="opened.txt", MimeType="text/plain", Metadata=None)
        with attachments.open(attachment=new, mode=AttachmentMode.WRITE, content=b"written") as (made, response):
            assert response.status_code == 201
        with attachments.open(attachment=made) as (read, response):
            assert (read.id, response.read()) == (made.id, b"written")

    def test_an_attachment_is_opened_asynchronously(self, uipath: UiPath) -> None:
        async def live(attachments: Any) -> None:
            new = Attachment(ID=uuid.uuid4(), FullName="opened.txt", MimeType="text/plain", Metadata=None)
            opened = attachments.open_async(attachment=new, mode=AttachmentMode.WRITE, content=b"written")
            async with opened as (made, response):
                assert response.status_code == 201
            async with attachments.open_async(attachment=made) as (_, response):
                assert await response.aread() == b"written"

        awaited(uipath.attachments, live)


class TestAttachmentsOfJobs:
    def test_attachments_are_made_for_a_job_linked_and_listed(self, uipath: UiPath, tmp_path: Path) -> None:
        job_key = uuid.UUID(uipath.processes.invoke("InvoiceBot", {"InvoiceNumber": "1", "Amount": 1}).key)
        jobs = uipath.jobs
        source = tmp_path / "source.txt"
        source.write_text("x")
        by_content = jobs.create_attachment(name="a.txt", content="a", job_key=job_key, category="Result")
        by_file = jobs.create_attachment(name="b.txt", source_path=str(source), job_key=job_key)
        loose = uipath.attachments.upload(name="c.txt", content="c")
        jobs.link_attachment(attachment_key=loose, job_key=job_key, category="Later")
        assert {uuid.UUID(key) for key in jobs.list_attachments(job_key=job_key)} == {by_content, by_file, loose}

    def test_attachments_are_made_for_a_job_linked_and_listed_asynchronously(self, uipath: UiPath) -> None:
        job_key = uuid.UUID(uipath.processes.invoke("InvoiceBot", {"InvoiceNumber": "1", "Amount": 1}).key)
        loose = uipath.attachments.upload(name="c.txt", content="c")

        async def live(jobs: Any) -> None:
            made = await jobs.create_attachment_async(name="a.txt", content="a", job_key=job_key)
            await jobs.link_attachment_async(attachment_key=loose, job_key=job_key)
            listed = await jobs.list_attachments_async(job_key=job_key)
            assert {uuid.UUID(key) for key in listed} == {made, loose}

        awaited(uipath.jobs, live)
