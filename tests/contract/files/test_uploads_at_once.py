"""Many upload the same file, and files of one directory, at once: each file is there once, with one content."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.factories.bucket_files import get, put
from tests.factories.orchestrator import Desk

from stagedoor.kit.db import Database
from stagedoor.passage import FolderPlace

KEY = "11111111-1111-4111-8111-111111111111"
UPLOADS = 24


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def test_a_file_that_many_write_has_one_content_and_one_directory(desk: Desk, folder: FolderPlace) -> None:
    bucket = desk.call("Buckets_Post", {"Name": "B", "Identifier": KEY}, folder=folder).content["Id"]

    def upload(number: int) -> None:
        for path in ("in/deep/same", f"in/deep/{number}"):
            query = {"path": path}
            put(
                desk,
                desk.call("Buckets_GetWriteUriByKey", key=bucket, folder=folder, query=query).content,
                str(number).encode(),
            )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(upload, range(UPLOADS)))
    read = desk.call("Buckets_GetReadUriByKey", key=bucket, folder=folder, query={"path": "in/deep/same"}).content
    assert int(get(desk, read)) in range(UPLOADS)
    with desk.database.read() as session:
        counted = session.execute(text("SELECT is_directory, count(*) FROM bucket_entries GROUP BY 1 ORDER BY 1")).all()
        assert [tuple(row) for row in counted] == [(False, UPLOADS + 1), (True, 2)]
        assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == UPLOADS + 1


def test_an_attachment_that_many_write_has_one_content(desk: Desk, folder: FolderPlace) -> None:
    made = desk.call("Attachments_Post", {"Name": "a"}, folder=folder).content

    def upload(number: int) -> None:
        put(desk, made["BlobFileAccess"], str(number).encode())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(upload, range(UPLOADS)))
    with desk.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 1
