"""The operations of folders: what comes back, what is refused, and what another tenant or a narrow grant sees."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folders.errors import FolderNotEmpty, FolderOutOfReach, FolderTooDeep
from stagedoor.orchestrator.folders.service import DEPTH_MAX
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import FolderPlace, Reach


def put_something_into(desk: Desk, folder: FolderPlace) -> None:
    with desk.write() as session:
        session.add(
            Robot(
                tenant_id=TENANT.tenant_id,
                key="k",
                folder_id=folder.id,
                license_key="",
                name="r",
                name_folded="r",
                created_at=desk.clock.now(),
            )
        )


def paths(content: dict) -> list[str]:
    return [folder["FullyQualifiedName"] for folder in content["value"]]


class TestReading:
    def test_a_list_speaks_the_vendors_words(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        desk.make_folder("Finance", below=shared)
        content = desk.call("Folders_Get").content
        assert content["@odata.context"].endswith("/odata/$metadata#Folders")
        assert content["@odata.count"] == 2
        assert content["value"][1] == {
            "Key": content["value"][1]["Key"],
            "DisplayName": "Finance",
            "FullyQualifiedName": "Shared/Finance",
            "Description": None,
            "FolderType": "Standard",
            "IsPersonal": False,
            "ProvisionType": "Automatic",
            "PermissionModel": "FineGrained",
            "ParentId": shared.id,
            "ParentKey": shared.key,
            "FeedType": "Processes",
            "Id": content["value"][1]["Id"],
        }

    def test_one_folder_is_found_by_number_and_by_key(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        assert desk.call("Folders_GetById", key=shared.id).content["Key"] == shared.key
        by_key = desk.call("Folders_GetByKeyByIdentifier", identifier=shared.key.upper())
        assert by_key.content["Id"] == shared.id

    def test_another_tenants_folder_is_not_there(self, desk: Desk) -> None:
        theirs = desk.make_folder("Shared", tenant=OTHER_TENANT)
        assert desk.call("Folders_Get").content["value"] == []
        with pytest.raises(NotFound):
            desk.call("Folders_GetById", key=theirs.id)
        with pytest.raises(NotFound):
            desk.call("Folders_GetByKeyByIdentifier", identifier=theirs.key)

    def test_a_grant_for_a_folder_covers_its_subtree_and_nothing_else(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        inner = desk.make_folder("Inner", below=desk.make_folder("Finance", below=shared))
        outside = desk.make_folder("Shared2")
        reach = Reach(frozenset({shared.key}))
        assert paths(desk.call("Folders_Get", reach=reach).content) == [
            "Shared",
            "Shared/Finance",
            "Shared/Finance/Inner",
        ]
        assert desk.call("Folders_GetById", key=inner.id, reach=reach).status == 200
        with pytest.raises(NotFound):
            desk.call("Folders_GetById", key=outside.id, reach=reach)
        with pytest.raises(NotFound):
            desk.call("Folders_GetByKeyByIdentifier", identifier=outside.key, reach=reach)

    def test_a_grant_for_a_folder_that_is_gone_covers_nothing(self, desk: Desk) -> None:
        desk.make_folder("Shared")
        gone = Reach(frozenset({"00000000-0000-4000-8000-000000000099"}))
        assert desk.call("Folders_Get", reach=gone).content["value"] == []
        assert desk.call("Folders_Get", reach=Reach(frozenset())).content["value"] == []

    def test_the_plain_api_pages(self, desk: Desk) -> None:
        for name in ("a", "b", "c"):
            desk.make_folder(name)
        content = desk.call("Folders_GetAllForCurrentUser", query={"skip": "1", "take": "1"}).content
        assert content["Count"] == 3
        assert [item["DisplayName"] for item in content["PageItems"]] == ["b"]

    @pytest.mark.parametrize(
        ("filter_text", "found"),
        [
            ("FullyQualifiedName eq 'shared/STRASSE'", ["Shared/Straße"]),
            ("FullyQualifiedName eq 'None' or Id eq 1", ["Shared"]),
            ("contains(DisplayName, 'STRA')", ["Shared/Straße"]),
            ("ParentId eq null", ["Shared"]),
            ("FolderType eq 'Personal'", []),
            ("IsPersonal eq false and startswith(DisplayName, 'sh')", ["Shared"]),
        ],
    )
    def test_lists_are_filtered(self, desk: Desk, filter_text: str, found: list[str]) -> None:
        desk.make_folder("Straße", below=desk.make_folder("Shared"))
        assert paths(desk.call("Folders_Get", query={"$filter": filter_text}).content) == found

    @pytest.mark.parametrize("key", ["abc", "5;x", "9" * 30, "٣", ""])
    def test_a_key_that_is_no_number_is_an_invalid_request(self, desk: Desk, key: str) -> None:
        with pytest.raises(InvalidRequest):
            desk.call("Folders_GetById", key=key)

    @pytest.mark.parametrize("key", ["abc", "x" * 36, ""])
    def test_a_key_that_is_no_guid_is_an_invalid_request(self, desk: Desk, key: str) -> None:
        with pytest.raises(InvalidRequest, match="identifier"):
            desk.call("Folders_GetByKeyByIdentifier", identifier=key)


class TestCreating:
    def test_the_answer_is_201_with_the_folder(self, desk: Desk) -> None:
        answer = desk.call("Folders_Post", {"DisplayName": " Shared ", "Description": "for all", "Unknown": 1})
        assert answer.status == 201
        assert answer.content["FullyQualifiedName"] == "Shared"
        assert answer.content["Description"] == "for all"

    def test_property_names_and_words_are_read_in_any_case(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        answer = desk.call("Folders_Post", {"displayname": "x", "PARENTID": shared.id, "feedType": "folderhierarchy"})
        assert answer.content["FullyQualifiedName"] == "Shared/x"
        assert answer.content["FeedType"] == "FolderHierarchy"

    def test_a_parent_is_named_by_key_too(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        answer = desk.call("Folders_Post", {"DisplayName": "x", "ParentKey": shared.key})
        assert answer.content["ParentId"] == shared.id

    def test_siblings_have_different_names_in_any_letter_case(self, desk: Desk) -> None:
        desk.make_folder("Straße")
        with pytest.raises(NameInUse):
            desk.call("Folders_Post", {"DisplayName": "STRASSE"})
        assert len(desk.call("Folders_Get").content["value"]) == 1

    def test_cousins_and_other_tenants_may_share_a_name(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        assert desk.call("Folders_Post", {"DisplayName": "Shared", "ParentId": shared.id}).status == 201
        assert desk.call("Folders_Post", {"DisplayName": "Shared"}, tenant=OTHER_TENANT).status == 201

    def test_the_tree_ends_at_seven_levels(self, desk: Desk) -> None:
        place = desk.make_folder("1")
        for level in range(2, DEPTH_MAX + 1):
            place = desk.make_folder(str(level), below=place)
        with pytest.raises(FolderTooDeep):
            desk.call("Folders_Post", {"DisplayName": "8", "ParentId": place.id})

    def test_a_parent_in_another_tenant_is_not_there(self, desk: Desk) -> None:
        theirs = desk.make_folder("Shared", tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            desk.call("Folders_Post", {"DisplayName": "x", "ParentId": theirs.id})

    def test_a_narrow_grant_makes_folders_below_its_own_alone(self, desk: Desk) -> None:
        shared, outside = desk.make_folder("Shared"), desk.make_folder("Outside")
        reach = Reach(frozenset({shared.key}))
        assert desk.call("Folders_Post", {"DisplayName": "x", "ParentId": shared.id}, reach=reach).status == 201
        with pytest.raises(NotFound):
            desk.call("Folders_Post", {"DisplayName": "x", "ParentId": outside.id}, reach=reach)
        with pytest.raises(FolderOutOfReach):
            desk.call("Folders_Post", {"DisplayName": "x"}, reach=reach)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "DisplayName"),
            ({"DisplayName": ""}, "DisplayName"),
            ({"DisplayName": "  "}, "DisplayName"),
            ({"DisplayName": 5}, "DisplayName"),
            ({"DisplayName": "x" * 116}, "DisplayName"),
            ({"DisplayName": "a/b"}, "DisplayName"),
            ({"DisplayName": ".."}, "DisplayName"),
            ({"DisplayName": "a\u202eb"}, "DisplayName"),
            ({"DisplayName": "a\x00b"}, "DisplayName"),
            ({"DisplayName": "a", "Description": "x" * 501}, "Description"),
            ({"DisplayName": "a", "ParentId": "one"}, "ParentId"),
            ({"DisplayName": "a", "ParentId": True}, "ParentId"),
            ({"DisplayName": "a", "ParentId": 2**63}, "ParentId"),
            ({"DisplayName": "a", "ParentKey": "nope"}, "ParentKey"),
            ({"DisplayName": "a", "FolderType": "Odd"}, "FolderType"),
            ({"DisplayName": "a", "FolderType": "personal"}, "FolderType"),
        ],
    )
    def test_a_wrong_field_is_named(self, desk: Desk, body: dict, field: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            desk.call("Folders_Post", body)
        assert refusal.value.details["field"] == field
        assert (refusal.value.status, refusal.value.error_code) == (400, 1000)


class TestChanging:
    def test_a_rename_moves_every_path_below(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        inner = desk.make_folder("Inner", below=desk.make_folder("Finance", below=shared))
        beside = desk.make_folder("SharedBeside")
        answer = desk.call("Folders_PutById", {"DisplayName": "Common", "Description": "new"}, key=shared.id)
        assert answer.status == 200
        assert answer.content["Description"] == "new"
        assert desk.call("Folders_GetById", key=inner.id).content["FullyQualifiedName"] == "Common/Finance/Inner"
        assert desk.call("Folders_GetById", key=beside.id).content["FullyQualifiedName"] == "SharedBeside"

    def test_only_the_case_of_a_name_may_change(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        assert desk.call("Folders_PutById", {"DisplayName": "SHARED"}, key=shared.id).content["DisplayName"] == "SHARED"

    def test_the_same_name_again_changes_nothing_but_the_rest(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        content = desk.call("Folders_PutById", {"DisplayName": "Shared"}, key=shared.id).content
        assert (content["DisplayName"], content["Key"]) == ("Shared", shared.key)

    def test_a_path_has_bounds_in_bytes_and_a_rename_looks_at_everything_below(self, desk: Desk) -> None:
        long_name = "𠀀" * 110
        top = place = desk.make_folder("Top")
        for _ in range(4):
            place = desk.make_folder(long_name, below=place)
        with pytest.raises(InvalidRequest, match="too long"):
            desk.make_folder(long_name, below=place)
        with pytest.raises(InvalidRequest, match="too long"):
            desk.call("Folders_PutById", {"DisplayName": "𠀀" * 115}, key=top.id)
        assert desk.call("Folders_GetById", key=place.id).content["FullyQualifiedName"].startswith("Top/")

    def test_a_rename_to_a_siblings_name_is_refused(self, desk: Desk) -> None:
        desk.make_folder("a")
        other = desk.make_folder("b")
        with pytest.raises(NameInUse):
            desk.call("Folders_PutById", {"DisplayName": "A"}, key=other.id)

    def test_a_patch_changes_what_it_names(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        desk.call("Folders_PatchNameDescription", {"description": "d"}, query={"key": shared.key})
        desk.call("Folders_PatchNameDescription", {"name": "Common"}, query={"key": shared.key})
        content = desk.call("Folders_GetById", key=shared.id).content
        assert (content["DisplayName"], content["Description"]) == ("Common", "d")

    def test_a_patch_to_an_empty_name_is_refused(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        with pytest.raises(InvalidRequest, match="DisplayName"):
            desk.call("Folders_PatchNameDescription", {"name": " "}, query={"key": shared.key})

    def test_a_patch_without_a_key_names_it(self, desk: Desk) -> None:
        with pytest.raises(InvalidRequest, match="key"):
            desk.call("Folders_PatchNameDescription", {"name": "x"})

    def test_a_move_takes_the_subtree_along(self, desk: Desk) -> None:
        old, new = desk.make_folder("Old"), desk.make_folder("New")
        moved = desk.make_folder("Moved", below=old)
        leaf = desk.make_folder("Leaf", below=moved)
        assert (
            desk.call("Folders_MoveFolderByFolderid", folderId=moved.id, query={"targetparentid": str(new.id)}).status
            == 204
        )
        assert desk.call("Folders_GetById", key=leaf.id).content["FullyQualifiedName"] == "New/Moved/Leaf"
        assert paths(desk.call("Folders_Get", reach=Reach(frozenset({new.key}))).content) == [
            "New",
            "New/Moved",
            "New/Moved/Leaf",
        ]
        assert paths(desk.call("Folders_Get", reach=Reach(frozenset({old.key}))).content) == ["Old"]
        desk.call("Folders_MoveFolderByFolderid", folderId=moved.id)
        assert desk.call("Folders_GetById", key=leaf.id).content["FullyQualifiedName"] == "Moved/Leaf"

    def test_a_folder_never_moves_into_itself(self, desk: Desk) -> None:
        top = desk.make_folder("Top")
        inner = desk.make_folder("Inner", below=top)
        for target in (top, inner):
            with pytest.raises(InvalidRequest):
                desk.call("Folders_MoveFolderByFolderid", folderId=top.id, query={"targetparentid": str(target.id)})

    def test_a_move_counts_the_levels_below(self, desk: Desk) -> None:
        deep = desk.make_folder("1")
        for level in range(2, DEPTH_MAX):
            deep = desk.make_folder(str(level), below=deep)
        two = desk.make_folder("Two")
        desk.make_folder("Levels", below=two)
        with pytest.raises(FolderTooDeep):
            desk.call("Folders_MoveFolderByFolderid", folderId=two.id, query={"targetparentid": str(deep.id)})

    def test_a_narrow_grant_moves_nothing_out(self, desk: Desk) -> None:
        shared, outside = desk.make_folder("Shared"), desk.make_folder("Outside")
        inner = desk.make_folder("Inner", below=shared)
        reach = Reach(frozenset({shared.key}))
        with pytest.raises(NotFound):
            desk.call(
                "Folders_MoveFolderByFolderid",
                folderId=inner.id,
                query={"targetparentid": str(outside.id)},
                reach=reach,
            )
        with pytest.raises(FolderOutOfReach):
            desk.call("Folders_MoveFolderByFolderid", folderId=inner.id, reach=reach)
        with pytest.raises(NotFound):
            desk.call("Folders_PutById", {"DisplayName": "x"}, key=outside.id, reach=reach)


class TestDeleting:
    def test_an_empty_folder_goes_with_the_empty_ones_below(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        desk.make_folder("Inner", below=shared)
        assert desk.call("Folders_DeleteById", key=shared.id).status == 204
        assert desk.call("Folders_Get").content["value"] == []

    def test_it_goes_by_key_too(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        assert desk.call("Folders_DeleteByKey", query={"key": shared.key}).status == 204
        with pytest.raises(NotFound):
            desk.call("Folders_DeleteByKey", query={"key": shared.key})

    def test_content_anywhere_below_keeps_all_of_it(self, desk: Desk) -> None:
        shared = desk.make_folder("Shared")
        put_something_into(desk, desk.make_folder("Inner", below=shared))
        with pytest.raises(FolderNotEmpty, match="robots"):
            desk.call("Folders_DeleteById", key=shared.id)
        assert len(desk.call("Folders_Get").content["value"]) == 2

    def test_another_tenants_folder_cannot_be_deleted(self, desk: Desk) -> None:
        theirs = desk.make_folder("Shared", tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            desk.call("Folders_DeleteById", key=theirs.id)
        with pytest.raises(NotFound):
            desk.call("Folders_DeleteByKey", query={"key": theirs.key})
