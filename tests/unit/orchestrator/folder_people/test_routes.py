"""People in folders: put there, shown with where their roles come from, and taken out."""

from typing import Any

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.tasks import ADA, AUDITOR, GRACE, LINUS, caller_of
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace, Reach

NOWHERE = Reach(frozenset())
USERS_FOR_FOLDER = "Folders_GetUsersForFolderByKeyAndIncludeinherited"
ALL_ROLES = "Folders_GetAllRolesForUserByUsernameAndSkipAndTake"


@pytest.fixture
def top(house: Desk) -> FolderPlace:
    return house.make_folder("top")


@pytest.fixture
def below(house: Desk, top: FolderPlace) -> FolderPlace:
    return house.make_folder("below", below=top)


def assign(house: Desk, folder: FolderPlace, *users: int, roles: tuple[int, ...] = (4,), **more: Any) -> int:
    places = [{"FolderId": folder.id, "RoleIds": list(roles)}]
    order = {"assignments": {"UserIds": list(users), "RolesPerFolder": places}}
    return house.call("Folders_AssignUsers", order, caller=ADMINISTRATOR, **more).status


def present(
    house: Desk, folder: FolderPlace, *, inherited: bool = False, **more: Any
) -> dict[int, list[tuple[Any, ...]]]:
    written = "true" if inherited else "False"
    rows = house.call(USERS_FOR_FOLDER, key=folder.id, includeInherited=written, **more).content["value"]
    return {
        row["Id"]: [
            (role["Name"], role["Origin"], role["InheritedFromFolder"] and role["InheritedFromFolder"]["Id"])
            for role in row["Roles"]
        ]
        for row in rows
    }


def test_who_is_assigned_is_shown_with_the_role(house: Desk, top: FolderPlace) -> None:
    assert assign(house, top, AUDITOR, LINUS, roles=(4, 5)) == 204
    roles = [("Automation User", "Assigned", None), ("Automation Publisher", "Assigned", None)]
    assert present(house, top) == {LINUS: roles, AUDITOR: roles}


def test_somebody_without_a_role_is_shown_too_and_may_nothing(house: Desk, top: FolderPlace) -> None:
    assert assign(house, top, AUDITOR, roles=()) == 204
    assert present(house, top) == {AUDITOR: []}


def test_what_comes_from_above_is_shown_on_demand(house: Desk, top: FolderPlace, below: FolderPlace) -> None:
    assign(house, top, AUDITOR)
    assert present(house, below) == {}
    shown = present(house, below, inherited=True)
    assert ("Automation User", "Inherited", top.id) in shown[AUDITOR]
    assert shown[GRACE] == [("Automation User", "Inherited", None)]
    assert shown[ADA] == [("Administrator", "Inherited", None)]
    rows = house.call(
        USERS_FOR_FOLDER, key=below.id, includeInherited="true", query={"$skip": "1", "$top": "1"}
    ).content
    assert ([row["Id"] for row in rows["value"]], rows["@odata.count"]) == ([GRACE], 5)
    assert rows["value"][0]["UserEntity"]["IsInherited"] is True


def test_a_folder_out_of_reach_is_not_found(house: Desk, top: FolderPlace) -> None:
    for more in ({"reach": NOWHERE}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            present(house, top, **more)
        with pytest.raises(NotFound):
            assign(house, top, AUDITOR, **more)
    with pytest.raises(InvalidRequest):
        house.call(USERS_FOR_FOLDER, key=top.id, includeInherited="maybe")


def test_all_are_assigned_or_none(house: Desk, top: FolderPlace) -> None:
    for users, roles in (((AUDITOR, 999), (4,)), ((AUDITOR,), (4, 99))):
        with pytest.raises(NotFound):
            assign(house, top, *users, roles=roles)
    assert present(house, top) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"assignments": 1},
        {"assignments": {"UserIds": [], "RolesPerFolder": [{"FolderId": 1}]}},
        {"assignments": {"UserIds": [8], "RolesPerFolder": []}},
        {"assignments": {"UserIds": [8], "RolesPerFolder": [{"RoleIds": [4]}]}},
        {"assignments": {"UserIds": list(range(101)), "RolesPerFolder": [{"FolderId": 1}]}},
    ],
)
def test_a_wrong_assignment_names_its_field(house: Desk, top: FolderPlace, wrong: object) -> None:
    with pytest.raises(InvalidRequest):
        house.call("Folders_AssignUsers", wrong, caller=ADMINISTRATOR)


def test_whoever_is_removed_keeps_what_comes_from_above(house: Desk, top: FolderPlace, below: FolderPlace) -> None:
    assign(house, top, AUDITOR)
    assign(house, below, AUDITOR, roles=(5,))
    removed = house.call("Folders_RemoveUserFromFolderById", {"userId": AUDITOR}, key=below.id, caller=ADMINISTRATOR)
    assert removed.status == 204
    assert present(house, below) == {}
    assert ("Automation User", "Inherited", top.id) in present(house, below, inherited=True)[AUDITOR]
    with pytest.raises(NotFound):
        house.call("Folders_RemoveUserFromFolderById", {"userId": AUDITOR}, key=below.id, caller=ADMINISTRATOR)


def test_somebody_is_removed_by_key(house: Desk, top: FolderPlace) -> None:
    assign(house, top, AUDITOR, roles=())
    key = caller_of(AUDITOR).id
    by_key = "Folders_RemoveUserFromFolderByKey"
    for wrong, refusal in (({"userKey": "auditor"}, InvalidRequest), ({"userKey": top.key}, NotFound)):
        with pytest.raises(refusal):
            house.call(by_key, wrong, key=top.id, caller=ADMINISTRATOR)
    assert house.call(by_key, {"userKey": key}, key=top.id, caller=ADMINISTRATOR).status == 204
    assert present(house, top) == {}


def test_a_person_of_the_directory_is_assigned_by_name_or_identifier(house: Desk, top: FolderPlace) -> None:
    house.call("Users_DeleteById", key=LINUS, caller=ADMINISTRATOR)
    places = {"RolesPerFolder": [{"FolderId": top.id, "RoleIds": [4]}]}
    for who in ({"UserName": "Linus", "Domain": "acme"}, {"DirectoryIdentifier": caller_of(AUDITOR).id}):
        order = {"assignment": {**who, **places}}
        assert house.call("Folders_AssignDomainUser", order, caller=ADMINISTRATOR).status == 204
    assert set(present(house, top)) == {LINUS, AUDITOR}
    for who, refusal in (({"UserName": "nobody"}, NotFound), ({}, InvalidRequest)):
        with pytest.raises(refusal):
            house.call("Folders_AssignDomainUser", {"assignment": {**who, **places}}, caller=ADMINISTRATOR)


def test_where_somebody_works_is_told_page_by_page(house: Desk, top: FolderPlace, below: FolderPlace) -> None:
    assign(house, top, GRACE, roles=(5,))
    assign(house, below, GRACE, roles=())
    first = house.call(ALL_ROLES, username="grace", skip=0, take=1).content
    assert [role["Name"] for role in first["TenantRoles"]] == ["Automation User"]
    assert (first["Count"], first["Id"]) == (2, GRACE)
    (item,) = first["PageItems"]
    assert (item["Folder"]["Id"], [role["Name"] for role in item["Roles"]]) == (top.id, ["Automation Publisher"])
    plain = house.call("FoldersNavigation_GetAllRolesForUser", query={"username": "GRACE", "searchtext": "low"}).content
    assert [item["Folder"]["DisplayName"] for item in plain["PageItems"]] == ["below"]
    nowhere = house.call(ALL_ROLES, username="grace", skip=0, take=9, reach=NOWHERE).content
    assert (nowhere["PageItems"], nowhere["Count"]) == ([], 0)


def test_nobody_and_nothing_else_works_anywhere(house: Desk) -> None:
    for arguments, query in (({"username": "nobody"}, {}), ({"username": "grace"}, {"type": "Group"})):
        with pytest.raises(NotFound):
            house.call(ALL_ROLES, skip=0, take=1, query=query, **arguments)
    with pytest.raises(InvalidRequest):
        house.call(ALL_ROLES, username="grace", skip=-1, take=1)
    with pytest.raises(InvalidRequest):
        house.call("FoldersNavigation_GetAllRolesForUser", query={"username": "grace", "type": "Martian"})


def test_a_deleted_folder_leaves_nobody_behind(house: Desk, top: FolderPlace) -> None:
    assign(house, top, GRACE, roles=())
    assert house.call("Folders_DeleteById", key=top.id).status == 204
    assert house.call(ALL_ROLES, username="grace", skip=0, take=9).content["Count"] == 0
