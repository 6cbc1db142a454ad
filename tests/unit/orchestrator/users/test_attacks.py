"""Nobody hands on more than they hold, and no key makes people or says what they may do, whatever it holds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.tasks import ADA, AUDITOR, GRACE, LINUS
from tests.factories.tenant_people import (
    ADMINISTRATOR,
    KEY,
    KEY_OF_A_PERSON,
    SOMEBODYS_PROGRAM,
    TENANT_ADMINISTRATOR,
    folder_administrator,
)

from stagedoor.access.errors import MethodNotAllowedHere
from stagedoor.admin.errors import AdministratorNeeded, GrantExceedsMaker
from stagedoor.admin.users.errors import OwnRightsKept
from stagedoor.identity.users.models import RoleAssignment, User
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.people_changes import PeopleKeptElsewhere
from stagedoor.passage import Caller

Attack = Callable[[Desk, Caller], object]


def facts(desk: Desk) -> tuple[list[object], list[object]]:
    """Return everybody and every role, to be compared."""
    with desk.database.read() as session:
        people = [(user.username, user.email, user.is_active) for user in session.scalars(select(User))]
        roles = [
            (one.user_id, one.tenant_id, one.folder_key, one.role) for one in session.scalars(select(RoleAssignment))
        ]
    return list(people), list(roles)


def at(folder_id: int, *roles: int) -> dict[str, object]:
    return {"RolesPerFolder": [{"FolderId": folder_id, "RoleIds": list(roles)}]}


def change(operation: str, body: object = None, **arguments: object) -> Attack:
    return lambda desk, by: desk.call(operation, body, caller=by, **arguments)


TO_GRACE = {"addedUserIds": [GRACE], "removedUserIds": []}
CHANGES: dict[str, Attack] = {
    "Users_Post": change("Users_Post", {"UserName": "mallory"}),
    "Users_PutById": change("Users_PutById", {"RolesList": ["Administrator"]}, key=GRACE),
    "Users_PatchById": change("Users_PatchById", {"EmailAddress": "m@example.org"}, key=GRACE),
    "Users_DeleteById": change("Users_DeleteById", key=GRACE),
    "Users_AssignRolesById": change("Users_AssignRolesById", {"roleIds": [1]}, key=GRACE),
    "Users_ToggleRoleById": change("Users_ToggleRoleById", {"role": "Administrator", "toggle": True}, key=GRACE),
    "Roles_SetUsersById": change("Roles_SetUsersById", TO_GRACE, key=1),
    "Folders_AssignUsers": change("Folders_AssignUsers", {"assignments": {"UserIds": [GRACE], **at(1, 1)}}),
    "Folders_AssignDomainUser": change("Folders_AssignDomainUser", {"assignment": {"UserName": "grace", **at(1, 1)}}),
    "Folders_RemoveUserFromFolderById": change("Folders_RemoveUserFromFolderById", {"userId": GRACE}, key=1),
    "OrganizationUnits_SetUsersById": change("OrganizationUnits_SetUsersById", TO_GRACE, key=1),
}


@pytest.mark.parametrize("by", [KEY, KEY_OF_A_PERSON, SOMEBODYS_PROGRAM], ids=["key", "token", "program"])
@pytest.mark.parametrize("attack", CHANGES.values(), ids=CHANGES)
def test_no_key_and_no_program_changes_people_whatever_it_holds(house: Desk, attack: Attack, by: Caller) -> None:
    house.make_folder("shared")
    before = facts(house)
    with pytest.raises(MethodNotAllowedHere):
        attack(house, by)
    assert facts(house) == before


@pytest.mark.parametrize("attack", CHANGES.values(), ids=CHANGES)
def test_nobody_changes_people_where_nobody_keeps_them(house: Desk, attack: Attack) -> None:
    house.make_folder("shared")
    house.orchestrator = type(house.orchestrator)(
        house.database, house.clock, house.chance, house.vault, changes=house.changes, files=house.files
    )
    before = facts(house)
    with pytest.raises(PeopleKeptElsewhere):
        attack(house, ADMINISTRATOR)
    assert facts(house) == before


class TestWhoRunsATenant:
    def test_gives_and_takes_what_lies_within_their_own(self, house: Desk) -> None:
        order = {"role": "tenant administrator", "toggle": True}
        assert house.call("Users_ToggleRoleById", order, key=GRACE, caller=TENANT_ADMINISTRATOR).status == 200
        shown = house.call("Users_GetById", key=GRACE).content
        assert shown["RolesList"] == ["Automation User", "Tenant Administrator"]

    @pytest.mark.parametrize("role", ["Administrator", "Folder Administrator", "Automation Publisher"])
    def test_gives_no_role_that_allows_more(self, house: Desk, role: str) -> None:
        with pytest.raises(GrantExceedsMaker):
            house.call("Users_ToggleRoleById", {"role": role, "toggle": True}, key=LINUS, caller=TENANT_ADMINISTRATOR)

    def test_takes_no_role_that_allows_more(self, house: Desk) -> None:
        with pytest.raises(GrantExceedsMaker):
            house.call("Users_AssignRolesById", {"roleIds": []}, key=GRACE, caller=TENANT_ADMINISTRATOR)

    def test_makes_no_people_and_renames_none(self, house: Desk) -> None:
        before = facts(house)
        with pytest.raises(AdministratorNeeded):
            house.call("Users_Post", {"UserName": "new"}, caller=TENANT_ADMINISTRATOR)
        for order in ({"EmailAddress": "mine@example.com"}, {"IsActive": False}, {"Name": "X"}):
            with pytest.raises(AdministratorNeeded):
                house.call("Users_PatchById", order, key=ADA, caller=TENANT_ADMINISTRATOR)
        assert facts(house) == before

    def test_keeps_what_a_robot_of_a_user_may(self, house: Desk) -> None:
        order = {"MayHaveRobotSession": True, "EmailAddress": "grace@example.com"}
        assert house.call("Users_PatchById", order, key=GRACE, caller=TENANT_ADMINISTRATOR).status == 200
        assert house.call("Users_GetById", key=GRACE).content["MayHaveRobotSession"] is True


class TestWhoRunsAFolder:
    def test_gives_roles_in_it_and_below_alone(self, house: Desk) -> None:
        mine, other = house.make_folder("mine"), house.make_folder("other")
        below = house.make_folder("below", below=mine)
        house.changes.catch_up()
        by = folder_administrator(mine.key)
        for folder in (mine, below):
            order = {"assignments": {"UserIds": [AUDITOR], **at(folder.id, 4)}}
            assert house.call("Folders_AssignUsers", order, caller=by).status == 204
        before = facts(house)
        for folder, role in ((other, 4), (mine, 1), (mine, 2)):
            order = {"assignments": {"UserIds": [AUDITOR], **at(folder.id, role)}}
            with pytest.raises(GrantExceedsMaker):
                house.call("Folders_AssignUsers", order, caller=by)
        assert facts(house) == before

    def test_turns_no_folders_role_into_one_of_the_tenant(self, house: Desk) -> None:
        mine = house.make_folder("mine")
        with pytest.raises(GrantExceedsMaker):
            house.call("Users_AssignRolesById", {"roleIds": [4, 5]}, key=AUDITOR, caller=folder_administrator(mine.key))


def test_an_administrator_neither_deactivates_nor_removes_themselves(house: Desk) -> None:
    with pytest.raises(OwnRightsKept):
        house.call("Users_PatchById", {"IsActive": False}, key=ADA, caller=ADMINISTRATOR)


def test_people_of_another_organization_are_out_of_sight(house: Desk) -> None:
    for operation, body in (("Users_PutById", {"Name": "X"}), ("Users_AssignRolesById", {"roleIds": [4]})):
        with pytest.raises(NotFound):
            house.call(operation, body, key=GRACE, tenant=OTHER_TENANT, caller=ADMINISTRATOR)
    assert house.call("Users_Get", tenant=OTHER_TENANT).content["value"] == []


def test_a_ceiling_of_scopes_bounds_what_is_handed_on(house: Desk) -> None:
    terms = replace(TENANT_ADMINISTRATOR.terms, ceiling=("scope:OR.Users",))
    narrowed = replace(TENANT_ADMINISTRATOR, terms=terms)
    with pytest.raises(GrantExceedsMaker):
        house.call("Users_ToggleRoleById", {"role": "Tenant Administrator", "toggle": True}, key=GRACE, caller=narrowed)
