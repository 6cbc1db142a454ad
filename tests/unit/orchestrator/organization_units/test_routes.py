"""Organization units are folders by their old name."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.tasks import AUDITOR, GRACE, LINUS
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.passage import Reach

SET_USERS = "OrganizationUnits_SetUsersById"


def make(house: Desk, name: str) -> int:
    answer = house.call("OrganizationUnits_Post", {"DisplayName": name})
    assert answer.status == 201
    return int(answer.content["Id"])


def test_a_unit_lives_as_a_folder(house: Desk) -> None:
    number = make(house, "Finance")
    assert house.call("Folders_GetById", key=number).content["DisplayName"] == "Finance"
    assert house.call("OrganizationUnits_PutById", {"DisplayName": "Money"}, key=number).status == 200
    assert house.call("OrganizationUnits_GetById", key=number).content["DisplayName"] == "Money"
    rows = house.call("OrganizationUnits_Get", query={"$filter": "DisplayName eq 'MONEY'"}).content["value"]
    assert rows == [{"DisplayName": "Money", "Id": number}]
    assert house.call("OrganizationUnits_DeleteById", key=number).status == 204
    assert house.call("OrganizationUnits_Get").content["value"] == []


def test_what_is_out_of_reach_is_not_there(house: Desk) -> None:
    number = make(house, "Finance")
    for more in ({"tenant": OTHER_TENANT}, {"reach": Reach(frozenset())}):
        assert house.call("OrganizationUnits_Get", **more).content["value"] == []
        for operation in ("OrganizationUnits_GetById", "OrganizationUnits_GetUsersForUnitByKey"):
            with pytest.raises(NotFound):
                house.call(operation, key=number, **more)
        with pytest.raises(NotFound):
            house.call("OrganizationUnits_DeleteById", key=number, **more)


def test_a_unit_needs_a_name_of_its_own(house: Desk) -> None:
    make(house, "Finance")
    with pytest.raises(NameInUse):
        house.call("OrganizationUnits_Post", {"DisplayName": "finance"})
    for wrong in ({}, {"DisplayName": " "}, {"DisplayName": "a/b"}, {"DisplayName": 7}):
        with pytest.raises(InvalidRequest):
            house.call("OrganizationUnits_Post", wrong)


def test_users_are_put_in_and_taken_out(house: Desk) -> None:
    number = make(house, "Finance")
    order = {"addedUserIds": [AUDITOR, LINUS], "removedUserIds": []}
    assert house.call(SET_USERS, order, key=number, caller=ADMINISTRATOR).status == 204
    assert house.call("OrganizationUnits_GetUserIdsForUnitByKey", key=number).content["value"] == [LINUS, AUDITOR]
    rows = house.call("OrganizationUnits_GetUsersForUnitByKey", key=number).content["value"]
    assert [row["Id"] for row in rows][:3] == [LINUS, AUDITOR, 7]
    order = {"addedUserIds": [], "removedUserIds": [LINUS]}
    assert house.call(SET_USERS, order, key=number, caller=ADMINISTRATOR).status == 204
    assert house.call("OrganizationUnits_GetUserIdsForUnitByKey", key=number).content["value"] == [AUDITOR]


def test_users_change_all_or_none(house: Desk) -> None:
    number = make(house, "Finance")
    for added, removed in (([AUDITOR], [GRACE]), ([AUDITOR, 999], [])):
        with pytest.raises(NotFound):
            order = {"addedUserIds": added, "removedUserIds": removed}
            house.call(SET_USERS, order, key=number, caller=ADMINISTRATOR)
    with pytest.raises(InvalidRequest):
        house.call(SET_USERS, {"addedUserIds": [AUDITOR]}, key=number, caller=ADMINISTRATOR)
    assert house.call("OrganizationUnits_GetUserIdsForUnitByKey", key=number).content["value"] == []
