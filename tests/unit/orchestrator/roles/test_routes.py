"""The catalogue's roles: what they may do and who holds them."""

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.tasks import ADA, AUDITOR, GONE, GRACE, LINUS
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.catalog.roles import PERMISSIONS, list_roles
from stagedoor.orchestrator.errors import InvalidRequest, NotFound


def test_every_role_is_listed_with_what_it_may_do(house: Desk) -> None:
    rows = house.call("Roles_Get", query={"$expand": "Permissions"}).content["value"]
    assert [(row["Id"], row["Name"]) for row in rows] == [(role.number, role.name) for role in list_roles()]
    for row, role in zip(rows, list_roles(), strict=True):
        assert {one["Name"] for one in row["Permissions"]} == role.permissions
        assert all(one["IsGranted"] and one["RoleId"] == role.number for one in row["Permissions"])


def test_a_role_is_found_by_number(house: Desk) -> None:
    row = house.call("Roles_GetById", key=4).content
    assert (row["Name"], row["IsStatic"], row["IsEditable"], row["Type"]) == ("Automation User", True, False, "Mixed")
    with pytest.raises(NotFound):
        house.call("Roles_GetById", key=99)
    assert house.call("Roles_Get", query={"$filter": "contains(Name,'publisher')"}).content["@odata.count"] == 2


def test_holders_come_first_and_are_told_by_number(house: Desk) -> None:
    rows = house.call("Roles_GetUsersForRoleByKey", key=4).content["value"]
    assert [row["Id"] for row in rows] == [GRACE, LINUS, GONE, ADA, AUDITOR]
    sorted_rows = house.call("Roles_GetUsersForRoleByKey", key=4, query={"$orderby": "UserName", "$top": "2"}).content
    assert [row["UserName"] for row in sorted_rows["value"]] == ["ada", "auditor"]
    assert house.call("Roles_GetUserIdsForRoleByKey", key=4).content["value"] == [GRACE, LINUS, GONE]
    assert house.call("Roles_GetUserIdsForRoleByKey", key=1).content["value"] == [ADA]
    for operation in ("Roles_GetUsersForRoleByKey", "Roles_GetUserIdsForRoleByKey"):
        with pytest.raises(NotFound):
            house.call(operation, key=99)


def test_a_role_is_given_to_some_and_taken_from_others(house: Desk) -> None:
    order = {"addedUserIds": [AUDITOR], "removedUserIds": [GRACE]}
    assert house.call("Roles_SetUsersById", order, key=4, caller=ADMINISTRATOR).status == 204
    assert house.call("Roles_GetUserIdsForRoleByKey", key=4).content["value"] == [LINUS, GONE, AUDITOR]


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"addedUserIds": [AUDITOR, 999], "removedUserIds": []}, NotFound),
        ({"addedUserIds": [AUDITOR]}, InvalidRequest),
        ({"addedUserIds": "all", "removedUserIds": []}, InvalidRequest),
    ],
)
def test_a_wrong_order_changes_nothing(house: Desk, order: object, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        house.call("Roles_SetUsersById", order, key=4, caller=ADMINISTRATOR)
    assert house.call("Roles_GetUserIdsForRoleByKey", key=4).content["value"] == [GRACE, LINUS, GONE]


def test_every_permission_is_listed_once(house: Desk) -> None:
    rows = house.call("Permissions_Get", query={"$top": "1000"}).content["value"]
    assert {row["Name"] for row in rows} == PERMISSIONS
    assert len(rows) == len(PERMISSIONS)
    scopes = {row["Name"]: row["Scope"] for row in rows}
    shown = [scopes[name] for name in ("Users.View", "Jobs.View", "SubFolders.View")]
    assert shown == ["Global", "Folder", "GlobalOrFolder"]
