"""Users of a tenant: listed, made, changed and removed."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk
from tests.factories.tasks import ADA, AUDITOR, GONE, GRACE, LINUS, caller_of
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.identity.users.errors import UserOrderRefused
from stagedoor.identity.users.models import User
from stagedoor.orchestrator.errors import AlreadyExists, Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.settings.store import find_user_setting
from stagedoor.passage import Allowance, GrantTerms

LANGUAGE = "Abp.Localization.DefaultLanguageName"


def make(house: Desk, **more: object) -> dict[str, object]:
    order = {"UserName": "new", "Name": "Nova", "Surname": "Ew", "EmailAddress": "new@example.com", **more}
    answer = house.call("Users_Post", order, caller=ADMINISTRATOR)
    assert answer.status == 201
    return dict(answer.content)


def shown(house: Desk, number: int) -> dict[str, object]:
    return dict(house.call("Users_GetById", key=number).content)


def names(house: Desk, **query: str) -> list[str]:
    rows = house.call("Users_Get", query={f"${name}": value for name, value in query.items()}).content["value"]
    return [row["UserName"] for row in rows]


class TestReading:
    def test_the_tenants_users_are_filtered_and_sorted(self, house: Desk) -> None:
        assert names(house) == ["ada", "grace", "linus", "gone", "auditor"]
        some = names(house, filter="IsActive and startswith(UserName,'A')", orderby="FullName desc")
        assert some == ["auditor", "ada"]
        assert names(house, filter="UserRoles/any(r: r/RoleName eq 'Administrator')") == ["ada"]

    def test_roles_are_shown_by_name_and_on_demand_whole(self, house: Desk) -> None:
        row = house.call("Users_GetById", key=GRACE, query={"$expand": "UserRoles"}).content
        assert (row["RolesList"], row["Type"]) == (["Automation User"], "User")
        assert [(one["RoleName"], one["UserId"]) for one in row["UserRoles"]] == [("Automation User", GRACE)]
        assert shown(house, ADA)["RolesList"] == ["Administrator"]

    def test_a_user_who_is_not_there_is_not_found(self, house: Desk) -> None:
        for more in ({"key": 999}, {"key": GRACE, "tenant": OTHER_TENANT}):
            with pytest.raises(NotFound):
                house.call("Users_GetById", **more)
        with pytest.raises(InvalidRequest):
            house.call("Users_GetById", key="grace")


class TestMaking:
    def test_a_new_user_has_what_was_ordered(self, house: Desk) -> None:
        made = make(house, RolesList=["automation user"], MayHaveUnattendedSession=True, Type="DirectoryUser")
        assert (made["UserName"], made["FullName"], made["RolesList"]) == ("new", "Nova Ew", ["Automation User"])
        assert (made["MayHaveUnattendedSession"], made["MayHaveRobotSession"]) == (True, False)
        assert (made["Type"], made["CreatorUserId"]) == ("DirectoryUser", ADA)

    def test_a_password_is_kept_as_identity_keeps_it_and_never_shown(self, house: Desk) -> None:
        made = make(house, Password="a long enough password")
        assert "Password" not in made
        with house.database.read() as session:
            user = session.scalars(select(User).where(User.username == "new")).one()
            assert user.password_hash is not None
            assert "long enough" not in user.password_hash
            assert not user.is_administrator

    def test_without_a_password_nobody_signs_in(self, house: Desk) -> None:
        make(house)
        with house.database.read() as session:
            assert session.scalars(select(User.password_hash).where(User.username == "new")).one() is None

    def test_somebody_of_the_organization_comes_back_into_the_tenant(self, house: Desk) -> None:
        assert house.call("Users_DeleteById", key=LINUS, caller=ADMINISTRATOR).status == 204
        assert "linus" not in names(house)
        assert make(house, UserName="LINUS")["Id"] == LINUS
        assert shown(house, LINUS)["RolesList"] == []

    def test_a_user_of_the_tenant_is_not_made_twice(self, house: Desk) -> None:
        with pytest.raises(AlreadyExists):
            make(house, UserName="Grace")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"UserName": None},
            {"UserName": 7},
            {"RolesList": ["Nobody"]},
            {"RolesList": "Administrator"},
            {"Type": "DirectoryGroup"},
            {"Type": "Martian"},
            {"MayHaveRobotSession": "perhaps"},
            {"Name": "x" * 129},
        ],
    )
    def test_a_wrong_order_makes_nobody(self, house: Desk, wrong: dict[str, object]) -> None:
        with pytest.raises(InvalidRequest):
            make(house, **wrong)
        assert "new" not in names(house)

    def test_what_identity_refuses_is_refused(self, house: Desk) -> None:
        with pytest.raises(UserOrderRefused):
            make(house, EmailAddress="nowhere")


class TestChanging:
    def test_put_changes_what_is_sent(self, house: Desk) -> None:
        change: dict[str, object] = {"UserName": "Grace", "Surname": "Hopper", "RolesList": ["Automation Publisher"]}
        change |= {"MayHaveRobotSession": True}
        assert house.call("Users_PutById", change, key=GRACE, caller=ADMINISTRATOR).status == 200
        row = shown(house, GRACE)
        assert (row["FullName"], row["RolesList"]) == ("Grace Hopper", ["Automation Publisher"])
        assert (row["MayHaveRobotSession"], row["LastModifierUserId"]) == (True, ADA)

    def test_what_was_read_may_be_sent_back(self, house: Desk) -> None:
        before = shown(house, GRACE)
        assert house.call("Users_PutById", before, key=GRACE, caller=ADMINISTRATOR).status == 200
        after = shown(house, GRACE)
        assert {**after, "LastModificationTime": None, "LastModifierUserId": None} == before

    def test_whoever_is_deactivated_stays_listed(self, house: Desk) -> None:
        house.call("Users_PatchById", {"IsActive": False}, key=GRACE, caller=ADMINISTRATOR)
        assert shown(house, GRACE)["IsActive"] is False
        assert names(house, filter="IsActive eq false") == ["grace", "gone"]

    @pytest.mark.parametrize("wrong", [{"UserName": "other"}, {"Password": "secret words here"}, {"IsActive": "no"}])
    def test_some_things_are_not_changed_here(self, house: Desk, wrong: dict[str, object]) -> None:
        for operation in ("Users_PutById", "Users_PatchById"):
            with pytest.raises(InvalidRequest):
                house.call(operation, wrong, key=GRACE, caller=ADMINISTRATOR)

    def test_patch_changes_no_roles(self, house: Desk) -> None:
        with pytest.raises(InvalidRequest, match="RolesList"):
            house.call("Users_PatchById", {"RolesList": []}, key=GRACE, caller=ADMINISTRATOR)
        with pytest.raises(NotFound):
            house.call("Users_PatchById", {"Name": "X"}, key=999, caller=ADMINISTRATOR)


class TestRemoving:
    def test_every_role_in_the_tenant_goes_and_none_elsewhere(self, house: Desk) -> None:
        folder = house.make_folder("shared")
        order = {"assignments": {"UserIds": [GRACE], "RolesPerFolder": [{"FolderId": folder.id, "RoleIds": [5]}]}}
        house.call("Folders_AssignUsers", order, caller=ADMINISTRATOR)
        assert house.call("Users_DeleteById", key=GRACE, caller=ADMINISTRATOR).status == 204
        assert "grace" not in names(house)
        with pytest.raises(NotFound):
            house.call("Users_DeleteById", key=GRACE, caller=ADMINISTRATOR)

    def test_administrators_belong_everywhere(self, house: Desk) -> None:
        with pytest.raises(Conflict):
            house.call("Users_DeleteById", key=ADA, caller=ADMINISTRATOR)


class TestRoles:
    def test_assigned_roles_replace_those_of_the_tenant(self, house: Desk) -> None:
        assert house.call("Users_AssignRolesById", {"roleIds": [3, 5]}, key=GRACE, caller=ADMINISTRATOR).status == 200
        assert shown(house, GRACE)["RolesList"] == ["Automation Publisher", "Folder Administrator"]
        refusals = (({"roleIds": [99]}, NotFound), ({}, InvalidRequest), ({"roleIds": ["x"]}, InvalidRequest))
        for wrong, refusal in refusals:
            with pytest.raises(refusal):
                house.call("Users_AssignRolesById", wrong, key=GRACE, caller=ADMINISTRATOR)

    def test_a_role_is_switched_on_and_off(self, house: Desk) -> None:
        allowed, working = "Allow to be Automation User", "Automation User"
        for role, toggle, roles in ((allowed.upper(), True, [allowed, working]), (working, False, [allowed])):
            order = {"role": role, "toggle": toggle}
            assert house.call("Users_ToggleRoleById", order, key=GRACE, caller=ADMINISTRATOR).status == 200
            assert shown(house, GRACE)["RolesList"] == roles
        with pytest.raises(InvalidRequest, match="no role"):
            house.call("Users_ToggleRoleById", {"role": "Nobody", "toggle": True}, key=GRACE, caller=ADMINISTRATOR)


class TestCulture:
    def test_each_sets_their_own_and_others_if_they_may(self, house: Desk) -> None:
        assert house.call("Users_ChangeCulture", {"culture": "de"}, caller=caller_of(GRACE)).status == 200
        assert house.call("Users_ChangeUserCultureById", {"culture": "pt-BR"}, key=LINUS).status == 200
        with house.database.read() as session:
            for number, culture in ((GRACE, "de"), (LINUS, "pt-BR")):
                found = find_user_setting(session, TENANT.tenant_id, caller_of(number).id, LANGUAGE)
                assert found is not None
                assert found.value == culture

    @pytest.mark.parametrize("culture", ["", "x", "en_US", "../../etc", "e" * 40, None, 7])
    def test_what_is_no_language_is_refused(self, house: Desk, culture: object) -> None:
        with pytest.raises(InvalidRequest):
            house.call("Users_ChangeCulture", {"culture": culture})


def test_permissions_are_those_of_the_grant(house: Desk) -> None:
    content = house.call("Users_GetCurrentPermissions", caller=ADMINISTRATOR).content
    assert content["UserId"] == ADA
    assert {"Users.Create", "Assets.View"} <= set(content["Permissions"])
    terms = GrantTerms((Allowance(("permission:Jobs.View", "tag:Webhooks", "role:Nobody"), ("some-folder",)),))
    narrow = house.call("Users_GetCurrentPermissions", caller=caller_of(AUDITOR)).content
    assert narrow["Permissions"] == []
    some = house.call("Users_GetCurrentPermissions", caller=replace(CALLER, terms=terms)).content["Permissions"]
    assert "Jobs.View" in some
    assert "Webhooks.Edit" in some
    assert "Users.View" not in some


def test_whose_robots_are_busy_is_told(house: Desk) -> None:
    assert house.call("Users_ValidateByUserids", userIds=f"{GRACE}, {LINUS}").content["value"] == {
        str(GRACE): False,
        str(LINUS): False,
    }
    for wrong, refusal in (("x", InvalidRequest), (f"{GRACE},999", NotFound), (str(GONE * 10**20), InvalidRequest)):
        with pytest.raises(refusal):
            house.call("Users_ValidateByUserids", userIds=wrong)
