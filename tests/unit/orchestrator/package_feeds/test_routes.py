"""Which feeds a tenant has, who sees them, and which one a folder uses."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import FolderPlace, Reach


def give_feed(desk: Desk, folder: FolderPlace, *, feed_type: int = 4, folder_type: int = 0) -> None:
    with desk.write() as session:
        row = session.get_one(Folder, folder.id)
        row.feed_type, row.folder_type = feed_type, folder_type


def folder_feed(desk: Desk, folder: FolderPlace, **more: object) -> object:
    return desk.call("PackageFeeds_GetFolderFeed", query={"folderid": str(folder.id)}, **more).content  # type: ignore[arg-type]


def test_a_tenant_has_a_feed_of_processes_and_one_of_libraries(desk: Desk) -> None:
    feeds = desk.call("PackageFeeds_GetFeeds").content
    assert [feed["purpose"] for feed in feeds] == ["Processes", "Libraries"]
    assert feeds[0]["id"] == TENANT.tenant_id
    assert len({feed["id"] for feed in feeds + desk.call("PackageFeeds_GetFeeds", tenant=OTHER_TENANT).content}) == 4


def test_folders_with_a_feed_of_their_own_are_listed_within_reach(desk: Desk) -> None:
    plain, own, workspace = (desk.make_folder(name) for name in ("Plain", "Own", "Ann's"))
    give_feed(desk, own)
    give_feed(desk, workspace, feed_type=1, folder_type=1)
    names = [feed["name"] for feed in desk.call("PackageFeeds_GetFeeds").content[2:]]
    assert names == ["Orchestrator Ann's Feed", "Orchestrator Own Feed"]
    near = desk.call("PackageFeeds_GetFeeds", reach=Reach(folder_keys=frozenset({own.key, plain.key}))).content
    assert [feed["name"] for feed in near[2:]] == ["Orchestrator Own Feed"]


def test_a_folder_uses_the_feed_of_the_topmost_folder_that_has_one(desk: Desk) -> None:
    top = desk.make_folder("Top")
    below = desk.make_folder("Below", below=top)
    assert folder_feed(desk, below) == TENANT.tenant_id
    give_feed(desk, below)
    assert folder_feed(desk, below) == below.key
    give_feed(desk, top)
    assert folder_feed(desk, below) == folder_feed(desk, top) == top.key


def test_the_feed_of_a_folder_that_is_not_to_be_seen_is_not_told(desk: Desk) -> None:
    folder = desk.make_folder("Top")
    for hidden in ({"tenant": OTHER_TENANT}, {"reach": Reach(folder_keys=frozenset())}):
        with pytest.raises(NotFound):
            folder_feed(desk, folder, **hidden)
    for query in ({}, {"folderid": "x"}):
        with pytest.raises(InvalidRequest, match="folderId"):
            desk.call("PackageFeeds_GetFolderFeed", query=query)
