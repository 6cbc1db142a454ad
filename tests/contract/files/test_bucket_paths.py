"""Paths in a bucket are compared byte by byte, on every store that Stagedoor runs on."""

from pathlib import Path
from typing import Any

import pytest
from tests.factories.bucket_files import get, put_in_bucket
from tests.factories.orchestrator import Desk

from stagedoor.kit.db import Database
from stagedoor.passage import FolderPlace

PATHS = ("a", "A", "a-b", "a/b", "a/B.txt", "a.b", "ä/ö", "z", "é", "a/b/c", "Z/1", "\U0001f600/x", "a_b", "a%b")
KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def bucket(desk: Desk, folder: FolderPlace) -> int:
    bucket = int(desk.call("Buckets_Post", {"Name": "B", "Identifier": KEY}, folder=folder).content["Id"])
    for path in PATHS:
        put_in_bucket(desk, folder, bucket, path, path.encode())
    return bucket


def items(desk: Desk, folder: FolderPlace, bucket: int, **query: str) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("Buckets_ListFilesById", id=bucket, folder=folder, query=query).content
    return content


def listed(desk: Desk, folder: FolderPlace, bucket: int, what: str, **query: str) -> list[str]:
    answer = desk.call(f"Buckets_Get{what}ByKey", key=bucket, folder=folder, query=query)
    return [row["FullPath"] for row in answer.content["value"]]


def test_pages_hold_every_file_once_in_the_order_of_their_bytes(desk: Desk, folder: FolderPlace, bucket: int) -> None:
    found, token = [], ""
    while True:
        page = items(desk, folder, bucket, takehint="3", continuationtoken=token)
        found += [item["fullPath"] for item in page["items"]]
        token = page.get("continuationToken", "")
        if not token:
            break
    assert found == sorted((f"/{path}" for path in PATHS), key=str.encode)


def test_a_prefix_finds_what_begins_so_and_nothing_else(desk: Desk, folder: FolderPlace, bucket: int) -> None:
    for prefix in ("a", "A", "a/", "a/b", "ä", "a%", "a_", "\U0001f600", "zz"):
        found = [item["fullPath"] for item in items(desk, folder, bucket, prefix=prefix)["items"]]
        assert found == sorted((f"/{path}" for path in PATHS if path.startswith(prefix)), key=str.encode)


def test_directories_patterns_and_files_are_found(desk: Desk, folder: FolderPlace, bucket: int) -> None:
    assert sorted(listed(desk, folder, bucket, "Directories")) == ["/Z", "/a", "/ä", "/\U0001f600"]
    assert listed(desk, folder, bucket, "Files", directory="a") == ["/a/B.txt", "/a/b"]
    assert listed(desk, folder, bucket, "Files", recursive="true", filenameglob="b*") == ["/a/B.txt", "/a/b"]
    assert listed(desk, folder, bucket, "Files", filenameglob="a%*") == ["/a%b"]
    for path in ("a", "A", "ä/ö"):
        read = desk.call("Buckets_GetReadUriByKey", key=bucket, folder=folder, query={"path": path}).content
        assert get(desk, read) == path.encode()


def test_a_bucket_loses_its_files_one_by_one_and_whole(desk: Desk, folder: FolderPlace, bucket: int) -> None:
    for path in ("a/b/c", "a/b", "a/B.txt"):
        assert desk.call("Buckets_DeleteFileByKey", key=bucket, folder=folder, query={"path": path}).status == 204
    assert "/a" not in listed(desk, folder, bucket, "Directories")
    assert "/a" in listed(desk, folder, bucket, "Files")
    assert desk.call("Buckets_DeleteById", key=bucket, folder=folder).status == 204
