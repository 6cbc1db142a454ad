"""Attachments: made, filled, read and deleted, each in its folder."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.bucket_files import get, put
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace, Reach

STRANGE = "00000000-0000-4000-8000-000000000099"


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def make(desk: Desk, folder: FolderPlace, name: str = "report.pdf") -> dict[str, Any]:
    answer = desk.call("Attachments_Post", {"Name": name}, folder=folder)
    assert answer.status == 201
    made: dict[str, Any] = answer.content
    return made


def read(desk: Desk, folder: FolderPlace | None, key: str, **how: Any) -> dict[str, Any]:
    content: dict[str, Any] = desk.call("Attachments_GetById", key=key, folder=folder, **how).content
    return content


def test_an_attachment_is_made_filled_and_read(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder)
    assert (made["Name"], made["CreatorUserId"], made["BlobFileAccess"]["Verb"]) == ("report.pdf", CALLER.number, "PUT")
    assert made["LastModificationTime"] is None
    put(desk, made["BlobFileAccess"], b"%PDF")
    there = read(desk, folder, made["Id"])
    assert (there["Name"], there["BlobFileAccess"]["Verb"]) == ("report.pdf", "GET")
    assert get(desk, there["BlobFileAccess"]) == b"%PDF"
    put(desk, made["BlobFileAccess"], b"%PDF-2")
    assert get(desk, there["BlobFileAccess"]) == b"%PDF-2"
    with desk.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 1


def test_an_attachment_without_a_file_is_read_and_its_file_is_not_found(desk: Desk, folder: FolderPlace) -> None:
    access = read(desk, folder, make(desk, folder)["Id"])["BlobFileAccess"]
    with pytest.raises(NotFound, match="Nothing was uploaded"):
        get(desk, access)


def test_attachments_of_the_folder_are_listed_without_addresses(desk: Desk, folder: FolderPlace) -> None:
    make(desk, folder, "a.txt")
    make(desk, folder, "b.txt")
    make(desk, desk.make_folder("Other"), "c.txt")
    query = {"$orderby": "Name desc"}
    rows = desk.call("Attachments_Get", folder=folder, query=query).content["value"]
    assert [row["Name"] for row in rows] == ["b.txt", "a.txt"]
    assert "BlobFileAccess" not in rows[0]


def test_an_attachment_is_found_without_a_folder_where_its_own_is_within_reach(desk: Desk, folder: FolderPlace) -> None:
    other = desk.make_folder("Other")
    key = make(desk, folder)["Id"]
    assert read(desk, None, key, reach=Reach(frozenset({folder.key})))["Id"] == key
    for how in ({"reach": Reach(frozenset({other.key}))}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            read(desk, None, key, **how)
    with pytest.raises(NotFound):
        read(desk, other, key)


def test_an_attachment_goes_with_its_file_and_its_addresses(desk: Desk, folder: FolderPlace) -> None:
    made = make(desk, folder)
    put(desk, made["BlobFileAccess"], b"x")
    access = read(desk, folder, made["Id"])["BlobFileAccess"]
    assert desk.call("Attachments_DeleteById", key=made["Id"], folder=folder).status == 204
    for use in (lambda: get(desk, access), lambda: put(desk, made["BlobFileAccess"], b"y")):
        with pytest.raises(NotFound):
            use()
    with pytest.raises(NotFound):
        desk.call("Attachments_DeleteById", key=made["Id"], folder=folder)
    with desk.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 0


@pytest.mark.parametrize("body", [{}, {"Name": " "}, {"Name": "a" * 257}, {"Name": 5}, [], None])
def test_a_bad_name_is_refused(desk: Desk, folder: FolderPlace, body: object) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Attachments_Post", body, folder=folder)


def test_a_key_has_to_be_a_guid(desk: Desk, folder: FolderPlace) -> None:
    with pytest.raises(InvalidRequest):
        read(desk, folder, "5")
    with pytest.raises(NotFound):
        read(desk, folder, STRANGE)
