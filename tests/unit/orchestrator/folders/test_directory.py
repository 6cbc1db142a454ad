"""The index of folders in memory follows the store, tenant by tenant."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.kit.changes import ChangeFeed
from stagedoor.orchestrator.folders.directory import FolderDirectory

DEV, PROD = TENANT.tenant_id, OTHER_TENANT.tenant_id


@pytest.fixture
def feed(desk: Desk) -> ChangeFeed:
    return ChangeFeed(desk.database)


@pytest.fixture
def directory(desk: Desk, feed: ChangeFeed) -> FolderDirectory:
    directory = FolderDirectory(desk.database, feed)
    feed.start_from_now()
    directory.load()
    return directory


def test_what_was_there_at_the_start_is_found(desk: Desk, feed: ChangeFeed) -> None:
    shared = desk.make_folder("Shared")
    inner = desk.make_folder("Finance", below=shared)
    directory = FolderDirectory(desk.database, feed)
    feed.start_from_now()
    directory.load()
    assert directory.find_by_id(DEV, inner.id) == inner
    assert directory.find_by_key(DEV, inner.key.upper()) == inner
    assert directory.find_by_path(DEV, "/shared/FINANCE") == inner
    assert directory.find_by_id(DEV, inner.id).lineage == (shared.key, inner.key)
    assert directory.list_places(DEV) == (shared, inner)


def test_nothing_of_another_tenant_is_found(desk: Desk, directory: FolderDirectory, feed: ChangeFeed) -> None:
    shared = desk.make_folder("Shared")
    feed.catch_up()
    assert directory.find_by_id(PROD, shared.id) is None
    assert directory.find_by_key(PROD, shared.key) is None
    assert directory.find_by_path(PROD, shared.path) is None
    assert directory.list_places(PROD) == ()


def test_each_kind_of_change_is_followed(desk: Desk, directory: FolderDirectory, feed: ChangeFeed) -> None:
    shared = desk.make_folder("Shared")
    inner = desk.make_folder("Inner", below=shared)
    assert directory.find_by_id(DEV, shared.id) is None, "the index is renewed by the feed alone"
    feed.catch_up()
    assert directory.find_by_path(DEV, "Shared/Inner") == inner

    desk.call("Folders_PutById", {"DisplayName": "Common"}, key=shared.id)
    feed.catch_up()
    assert directory.find_by_path(DEV, "Shared/Inner") is None
    assert directory.find_by_path(DEV, "Common/Inner").id == inner.id

    desk.call("Folders_MoveFolderByFolderid", folderId=inner.id)
    feed.catch_up()
    assert directory.find_by_id(DEV, inner.id).lineage == (inner.key,)

    desk.call("Folders_DeleteById", key=inner.id)
    feed.catch_up()
    assert directory.find_by_key(DEV, inner.key) is None
    assert [place.path for place in directory.list_places(DEV)] == ["Common"]
