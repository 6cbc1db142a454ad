"""Files in buckets: listed by directory, by pattern and page by page, overwritten and deleted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.bucket_files import get, put, put_in_bucket
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.file_addresses.errors import FileAddressExpired
from stagedoor.passage import CredentialKind, FolderPlace

KEY = "11111111-1111-4111-8111-111111111111"
TREE = ("a.txt", "B.csv", "in/one.txt", "in/two.csv", "in/deep/three.txt", "in2/four.txt", "50%_off.txt")


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def bucket(desk: Desk, folder: FolderPlace) -> int:
    made = desk.call("Buckets_Post", {"Name": "Files", "Identifier": KEY}, folder=folder)
    return int(made.content["Id"])


@pytest.fixture
def tree(desk: Desk, folder: FolderPlace, bucket: int) -> int:
    for path in TREE:
        put_in_bucket(desk, folder, bucket, path, path.encode())
    return bucket


def paths(desk: Desk, folder: FolderPlace, bucket: int, what: str = "Files", **query: str) -> list[str]:
    answer = desk.call(f"Buckets_Get{what}ByKey", key=bucket, folder=folder, query=query)
    return [row["FullPath"] for row in answer.content["value"]]


def page(desk: Desk, folder: FolderPlace, bucket: int, **query: str) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("Buckets_ListFilesById", id=bucket, folder=folder, query=query).content
    return content


class TestDirectories:
    def test_files_of_a_directory_are_those_in_it_or_below_it_too(
        self, desk: Desk, folder: FolderPlace, tree: int
    ) -> None:
        assert paths(desk, folder, tree) == ["/50%_off.txt", "/B.csv", "/a.txt"]
        assert paths(desk, folder, tree, directory="/in") == ["/in/one.txt", "/in/two.csv"]
        below = ["/in/deep/three.txt", "/in/one.txt", "/in/two.csv"]
        assert paths(desk, folder, tree, directory="in\\", recursive="True") == below
        assert len(paths(desk, folder, tree, recursive="true")) == len(TREE)

    @pytest.mark.parametrize(
        ("glob", "found"),
        [
            ("*.csv", ["/B.csv", "/in/two.csv"]),
            ("B*", ["/B.csv"]),
            ("b.CSV", ["/B.csv"]),
            ("?.txt", ["/a.txt"]),
            ("*%_*", ["/50%_off.txt"]),
            ("*\\*", []),
        ],
    )
    def test_a_pattern_goes_by_the_name_alone(
        self, desk: Desk, folder: FolderPlace, tree: int, glob: str, found: list[str]
    ) -> None:
        assert paths(desk, folder, tree, recursive="true", filenameglob=glob) == found

    def test_directories_follow_from_the_paths_and_go_with_the_last_file(
        self, desk: Desk, folder: FolderPlace, tree: int
    ) -> None:
        assert paths(desk, folder, tree, "Directories") == ["/in", "/in2"]
        assert paths(desk, folder, tree, "Directories", directory="in") == ["/in/deep"]
        desk.call("Buckets_DeleteFileByKey", key=tree, folder=folder, query={"path": "in/deep/three.txt"})
        assert paths(desk, folder, tree, "Directories", directory="in") == []
        assert paths(desk, folder, tree, "Directories") == ["/in", "/in2"]
        for path in ("in/one.txt", "in/two.csv"):
            desk.call("Buckets_DeleteFileByKey", key=tree, folder=folder, query={"path": path})
        assert paths(desk, folder, tree, "Directories") == ["/in2"]

    def test_lists_are_filtered_sorted_and_paged(self, desk: Desk, folder: FolderPlace, tree: int) -> None:
        query = {"recursive": "true", "$filter": "Size gt 8 and IsDirectory eq false", "$orderby": "Size desc"}
        assert paths(desk, folder, tree, **query, **{"$top": "1"}) == ["/in/deep/three.txt"]
        counted = desk.call("Buckets_GetFilesByKey", key=tree, folder=folder, query={"$count": "true", "$top": "1"})
        assert (counted.content["@odata.count"], len(counted.content["value"])) == (3, 1)

    @pytest.mark.parametrize(
        "query",
        [
            {"directory": "../x"},
            {"recursive": "perhaps"},
            {"filenameglob": "a*" * 9},
            {"filenameglob": "a" * 256},
            {"directory": "a" * 256},
            {"directory": "/".join("a" * 65)},
            {"directory": ("a" * 200 + "/") * 6},
        ],
    )
    def test_what_is_out_of_bounds_is_refused(
        self, desk: Desk, folder: FolderPlace, bucket: int, query: dict[str, str]
    ) -> None:
        with pytest.raises(InvalidRequest):
            paths(desk, folder, bucket, **query)


class TestPages:
    def test_pages_are_followed_to_the_end(self, desk: Desk, folder: FolderPlace, tree: int) -> None:
        found, query = [], {"takehint": "2"}
        for _ in range(4):
            content = page(desk, folder, tree, **query)
            found += [item["fullPath"] for item in content["items"]]
            query["continuationtoken"] = content.get("continuationToken", "")
        assert found == sorted(f"/{path}" for path in TREE)
        assert query["continuationtoken"] == ""

    @pytest.mark.parametrize(
        ("prefix", "count"), [("", 7), ("/in", 4), ("in/", 3), ("/in/deep/three.txt", 1), ("IN", 0), ("in/z", 0)]
    )
    def test_a_prefix_ends_anywhere(self, desk: Desk, folder: FolderPlace, tree: int, prefix: str, count: int) -> None:
        assert len(page(desk, folder, tree, prefix=prefix)["items"]) == count

    def test_items_are_as_the_document_has_them(self, desk: Desk, folder: FolderPlace, tree: int) -> None:
        (item,) = page(desk, folder, tree, prefix="a.txt")["items"]
        assert item == {
            "fullPath": "/a.txt",
            "contentType": "text/plain",
            "size": 5,
            "lastModified": desk.clock.now(),
        }
        (item,) = page(desk, folder, tree, prefix="a.txt", expiryinminutes="5")["items"]
        assert get(desk, item["accessInfo"]) == b"a.txt"

    @pytest.mark.parametrize("token", ["x", "????", "Zm9v", "AAAA", "é"])
    def test_a_token_that_no_page_ended_with_is_refused(
        self, desk: Desk, folder: FolderPlace, bucket: int, token: str
    ) -> None:
        with pytest.raises(InvalidRequest, match="continuationToken"):
            page(desk, folder, bucket, continuationtoken=token)


class TestFiles:
    def test_a_file_is_written_over_and_its_old_content_is_swept(
        self, desk: Desk, folder: FolderPlace, bucket: int
    ) -> None:
        put_in_bucket(desk, folder, bucket, "a.txt", b"old")
        put_in_bucket(desk, folder, bucket, "/a.txt", b"newer", "application/json")
        (row,) = desk.call("Buckets_GetFilesByKey", key=bucket, folder=folder).content["value"]
        assert (row["Size"], row["ContentType"], row["Id"]) == (5, "application/json", "/a.txt")
        read = desk.call("Buckets_GetReadUriByKey", key=bucket, folder=folder, query={"path": "a.txt"}).content
        assert get(desk, read) == b"newer"
        with desk.database.read() as session:
            assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 1

    @pytest.mark.parametrize(
        ("kind", "is_open"), [(CredentialKind.NARROWED_KEY, False), (CredentialKind.OAUTH_TOKEN, True)]
    )
    def test_an_address_that_a_narrowed_key_was_given_ends_with_it(
        self, kind: CredentialKind, is_open: bool, desk: Desk, folder: FolderPlace, bucket: int
    ) -> None:
        put_in_bucket(desk, folder, bucket, "a.txt", b"1")
        ends = replace(CALLER.terms, not_after=desk.clock.now() + timedelta(minutes=1))
        read = desk.call(
            "Buckets_GetReadUriByKey",
            key=bucket,
            folder=folder,
            query={"path": "a.txt", "expiryinminutes": "10080"},
            caller=replace(CALLER, credential_kind=kind, terms=ends),
        ).content
        desk.clock.advance(timedelta(seconds=59))
        assert get(desk, read) == b"1"
        desk.clock.advance(timedelta(seconds=1))
        if is_open:
            assert get(desk, read) == b"1"
        else:
            with pytest.raises(FileAddressExpired):
                get(desk, read)

    def test_a_file_and_a_directory_may_have_one_name(self, desk: Desk, folder: FolderPlace, bucket: int) -> None:
        put_in_bucket(desk, folder, bucket, "a")
        put_in_bucket(desk, folder, bucket, "a/b")
        assert (paths(desk, folder, bucket), paths(desk, folder, bucket, "Directories")) == (["/a"], ["/a"])

    def test_letter_case_makes_another_file(self, desk: Desk, folder: FolderPlace, bucket: int) -> None:
        put_in_bucket(desk, folder, bucket, "a.txt", b"1")
        put_in_bucket(desk, folder, bucket, "A.txt", b"22")
        one = desk.call("Buckets_GetFileByKey", key=bucket, folder=folder, query={"path": "A.txt"}).content
        assert (one["FullPath"], one["Size"]) == ("/A.txt", 2)
        query = {"$filter": "FullPath eq '/a.txt'"}
        assert paths(desk, folder, bucket, **query) == ["/a.txt"]

    @pytest.mark.parametrize("operation", ["GetFileByKey", "GetReadUriByKey", "DeleteFileByKey"])
    def test_a_file_that_is_not_there_is_not_found(
        self, desk: Desk, folder: FolderPlace, bucket: int, operation: str
    ) -> None:
        with pytest.raises(NotFound):
            desk.call(f"Buckets_{operation}", key=bucket, folder=folder, query={"path": "nothing"})
        with pytest.raises(InvalidRequest):
            desk.call(f"Buckets_{operation}", key=bucket, folder=folder)

    def test_a_bucket_that_is_only_read_takes_and_loses_no_file(
        self, desk: Desk, folder: FolderPlace, bucket: int
    ) -> None:
        put_in_bucket(desk, folder, bucket, "a.txt")
        write = desk.call("Buckets_GetWriteUriByKey", key=bucket, folder=folder, query={"path": "b.txt"}).content
        body = {"Name": "Files", "Identifier": KEY, "Options": "ReadOnly"}
        desk.call("Buckets_PutById", body, key=bucket, folder=folder)
        with pytest.raises(Conflict, match="read-only"):
            put(desk, write, b"x")
        for operation in ("GetWriteUriByKey", "DeleteFileByKey"):
            with pytest.raises(Conflict, match="read-only"):
                desk.call(f"Buckets_{operation}", key=bucket, folder=folder, query={"path": "a.txt"})
        assert paths(desk, folder, bucket) == ["/a.txt"]

    def test_a_bucket_goes_with_its_files_and_so_do_its_addresses(
        self, desk: Desk, folder: FolderPlace, tree: int
    ) -> None:
        write = desk.call("Buckets_GetWriteUriByKey", key=tree, folder=folder, query={"path": "b.txt"}).content
        read = desk.call("Buckets_GetReadUriByKey", key=tree, folder=folder, query={"path": "a.txt"}).content
        desk.call("Buckets_DeleteById", key=tree, folder=folder)
        with pytest.raises(NotFound):
            put(desk, write, b"x")
        with pytest.raises(NotFound):
            get(desk, read)
        with desk.database.read() as session:
            for table in ("stored_files", "bucket_entries"):
                assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # fixed

    def test_a_permit_opens_nothing_in_another_tenant(self, desk: Desk, folder: FolderPlace, tree: int) -> None:
        read = desk.call("Buckets_GetReadUriByKey", key=tree, folder=folder, query={"path": "a.txt"}).content
        with pytest.raises(NotFound):
            get(desk, read, OTHER_TENANT)

    @pytest.mark.parametrize("content_type", ["x" * 256, "text/plainé"])
    def test_a_strange_type_is_refused(self, desk: Desk, folder: FolderPlace, bucket: int, content_type: str) -> None:
        query = {"path": "a", "contenttype": content_type}
        with pytest.raises(InvalidRequest, match="contentType"):
            desk.call("Buckets_GetWriteUriByKey", key=bucket, folder=folder, query=query)
