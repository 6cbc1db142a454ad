"""Callers find the folders that their grant covers, and no others."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import Reach

SEARCH = "FoldersNavigation_GetFoldersForCurrentUser"
TREE = "FoldersNavigation_GetAllFoldersForCurrentUser"
CONTEXT = "FoldersNavigation_GetFolderNavigationContextForCurrentUser"


def found(desk: Desk, reach: Reach = Reach(), **query: str) -> list[str]:  # noqa: B008  # a frozen value
    return [item["FullyQualifiedName"] for item in desk.call(SEARCH, query=query, reach=reach).content["PageItems"]]


class TestSearching:
    def test_a_page_has_items_and_the_count_of_all(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        for name in ("a", "b", "c"):
            desk.make_folder(name, below=shared)
        content = desk.call(SEARCH, query={"skip": "1", "take": "2"}).content
        assert content["Count"] == 4
        assert [item["FolderPath"] for item in content["PageItems"]] == ["Shared", "Shared"]
        assert [item["DisplayName"] for item in content["PageItems"]] == ["a", "b"]

    def test_the_way_the_vendors_library_finds_a_path(self, desk: Desk) -> None:
        finance = desk.make_folder("Finance", below=desk.make_folder("Shared"))
        content = desk.call(SEARCH, query={"searchtext": "Finance", "skip": "0", "take": "20"}).content
        match = next(item for item in content["PageItems"] if item["FullyQualifiedName"] == "Shared/Finance")
        assert match["Key"] == finance.key

    def test_names_are_searched_in_any_letter_case_and_wildcards_mean_themselves(self, desk: Desk) -> None:
        desk.make_folder("Über 100%")
        desk.make_folder("Other")
        assert found(desk, searchtext="ÜBER") == ["Über 100%"]
        assert found(desk, searchtext="0%") == ["Über 100%"]
        assert found(desk, searchtext="_") == []

    def test_a_name_does_not_bring_in_what_lies_below_it_but_a_path_does(self, desk: Desk) -> None:
        desk.make_folder("Inner", below=desk.make_folder("Shared"))
        assert found(desk, searchtext="shared") == ["Shared"]
        assert found(desk, searchtext="shared/in") == ["Shared/Inner"]

    def test_types_narrow_the_search(self, desk: Desk) -> None:
        desk.make_folder("Shared")
        assert found(desk, foldertypes="standard,Personal") == ["Shared"]
        assert found(desk, foldertypes="Personal") == []
        with pytest.raises(InvalidRequest):
            found(desk, foldertypes="Odd")

    def test_a_grant_narrows_items_and_count_alike(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        desk.make_folder("Hidden")
        content = desk.call(SEARCH, reach=Reach(frozenset({shared.key}))).content
        assert content["Count"] == 1
        assert found(desk, Reach(frozenset({shared.key}))) == ["Shared"]

    @pytest.mark.parametrize("query", [{"take": "many"}, {"skip": "-1"}])
    def test_paging_by_something_else_than_numbers_is_refused(self, desk: Desk, query: dict[str, str]) -> None:
        with pytest.raises(InvalidRequest):
            desk.call(SEARCH, query=query)


class TestTheTree:
    def test_each_folder_comes_after_its_parent_with_its_level(self, desk: Desk) -> None:
        desk.make_folder("Inner", below=desk.make_folder("Shared"))
        shape = [(f["FullyQualifiedName"], f["Level"], f["HasChildren"]) for f in desk.call(TREE).content]
        assert shape == [("Shared", 0, True), ("Shared/Inner", 1, False)]

    def test_a_tenant_sees_its_own(self, desk: Desk) -> None:
        desk.make_folder("Shared", tenant=OTHER_TENANT)
        assert desk.call(TREE).content == []


class TestTheContext:
    def test_it_starts_at_the_tops(self, desk: Desk) -> None:
        desk.make_folder("Inner", below=desk.make_folder("Shared"))
        context = desk.call(CONTEXT).content
        assert context["Id"] is None
        assert [(child["DisplayName"], child["HasChildren"]) for child in context["ChildrenPage"]] == [("Shared", True)]
        assert context["ChildrenCount"] == 1

    def test_it_shows_the_way_up_and_one_page_down(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        finance = desk.make_folder("Finance", below=shared)
        for name in ("a", "b", "c"):
            desk.make_folder(name, below=finance)
        context = desk.call(CONTEXT, query={"folderid": str(finance.id), "skip": "1", "take": "1"}).content
        assert [above["FullyQualifiedName"] for above in context["Ancestors"]] == ["Shared"]
        assert [child["DisplayName"] for child in context["ChildrenPage"]] == ["b"]
        assert context["ChildrenCount"] == 3

    def test_a_branch_alone_starts_at_its_top_and_names_nothing_above(self, desk: Desk) -> None:
        finance = desk.make_folder("Finance", below=desk.make_folder("Secret"))
        reach = Reach(frozenset({finance.key}))
        assert [child["DisplayName"] for child in desk.call(CONTEXT, reach=reach).content["ChildrenPage"]] == [
            "Finance"
        ]
        context = desk.call(CONTEXT, query={"folderid": str(finance.id)}, reach=reach).content
        assert context["Ancestors"] == []

    def test_a_folder_out_of_reach_is_not_there(self, desk: Desk) -> None:
        shared, hidden = desk.make_folder("Shared"), desk.make_folder("Hidden")
        with pytest.raises(NotFound):
            desk.call(CONTEXT, query={"folderid": str(hidden.id)}, reach=Reach(frozenset({shared.key})))
