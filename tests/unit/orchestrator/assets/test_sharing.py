"""Assets that several folders share."""

import pytest
from tests.factories.assets import Asset, add, seen
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.errors import Conflict, NameInUse, NotFound
from stagedoor.passage import FolderPlace, Reach


class TestSharing:
    def share(self, desk: Desk, folder: FolderPlace, asset: Asset, **folders: list[int]) -> int:
        body = {"AssetIds": [asset["Id"]], **folders}
        return desk.call("Assets_ShareToFolders", body, folder=folder).status

    def test_a_shared_asset_is_seen_from_both_folders_and_one_may_leave(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        asset = add(desk, folder)
        for _ in range(2):
            assert self.share(desk, folder, asset, ToAddFolderIds=[other.id]) == 204
        assert seen(desk, other, asset)["FoldersCount"] == 2
        answer = desk.call("Assets_GetFoldersForAssetById", id=asset["Id"], folder=folder).content
        assert [place["FullyQualifiedName"] for place in answer["AccessibleFolders"]] == ["Shared", "Other"]
        self.share(desk, other, asset, ToRemoveFolderIds=[folder.id])
        with pytest.raises(NotFound):
            seen(desk, folder, asset)
        with pytest.raises(Conflict):
            self.share(desk, other, asset, ToRemoveFolderIds=[other.id])
        assert seen(desk, other, asset)["FoldersCount"] == 1

    def test_nobody_deletes_an_asset_that_a_folder_out_of_reach_sees(self, desk: Desk, folder: FolderPlace) -> None:
        guest = desk.make_folder("Guest")
        asset = add(desk, folder)
        self.share(desk, folder, asset, ToAddFolderIds=[guest.id])
        reach = Reach(frozenset({guest.key}))
        with pytest.raises(Conflict, match="not open to you"):
            desk.call("Assets_DeleteById", key=asset["Id"], folder=guest, reach=reach)
        assert seen(desk, folder, asset)["FoldersCount"] == 2

    def test_a_folder_with_another_asset_of_that_name_refuses_it(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        add(desk, other)
        with pytest.raises(NameInUse):
            self.share(desk, folder, add(desk, folder), ToAddFolderIds=[other.id])
