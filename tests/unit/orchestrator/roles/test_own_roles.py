"""Roles that a tenant makes for itself: made, changed, held, and never a way to more than somebody holds."""

from dataclasses import replace

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk
from tests.factories.tasks import AUDITOR, GRACE, caller_of
from tests.factories.tenant_people import ADMINISTRATOR, KEY, TENANT_ADMINISTRATOR, folder_administrator

from stagedoor.access.errors import MethodNotAllowedHere
from stagedoor.access.verdict import Judge
from stagedoor.admin.errors import GrantExceedsMaker
from stagedoor.catalog import CATALOG
from stagedoor.identity.issued_tokens.terms import Credential, person_caller
from stagedoor.identity.users.directory import UserDirectory
from stagedoor.identity.users.errors import RoleNameInUse
from stagedoor.identity.users.models import RoleAssignment
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.roles.errors import RoleIsStatic
from stagedoor.passage import Allowed, Caller, CredentialKind, FolderPlace, TenantPlace

CLERK = {"Name": "Clerk", "Permissions": [{"Name": "Queues.View"}, {"Name": "Jobs.View", "IsGranted": True}]}


def make(house: Desk, body: object = CLERK, by: Caller = ADMINISTRATOR) -> int:
    number = house.call("Roles_Post", body, caller=by).content["Id"]
    assert isinstance(number, int)
    return number


def permissions_of(house: Desk, number: int) -> set[str]:
    row = house.call("Roles_GetById", key=number, query={"$expand": "Permissions"}).content
    return {one["Name"] for one in row["Permissions"]}


class Judged:
    """Whoever holds roles, judged as a request would be: by what is kept in memory of them."""

    def __init__(self, house: Desk) -> None:
        self._house = house
        self._directory = UserDirectory(house.database)
        self._directory.follow(house.changes)
        house.changes.start_from_now()
        self._directory.load()
        self._judge = Judge(CATALOG)

    def may(self, number: int, operation: str, folder: FolderPlace | None = None, tenant: TenantPlace = TENANT) -> bool:
        self._house.changes.catch_up()
        entry = self._directory.find_user(caller_of(number).id)
        assert entry is not None
        caller = person_caller(entry, entry.roles, Credential(CredentialKind.OAUTH_TOKEN, "t1", None))
        verdict = self._judge.judge(
            caller,
            CATALOG.get_operation(operation),
            folder,
            tenant=tenant,
            client_address="127.0.0.1",
            now=self._house.clock.now(),
        )
        return isinstance(verdict, Allowed)


def test_a_role_is_made_of_permissions(house: Desk) -> None:
    answer = house.call("Roles_Post", {**CLERK, "Groups": "office"}, caller=ADMINISTRATOR)
    assert answer.status == 201
    number = answer.content["Id"]
    row = house.call("Roles_GetById", key=number).content
    assert (row["Name"], row["DisplayName"], row["Groups"]) == ("Clerk", "Clerk", "office")
    assert (row["Type"], row["IsStatic"], row["IsEditable"]) == ("Folder", False, True)
    assert permissions_of(house, number) == {"Queues.View", "Jobs.View"}
    assert house.call("Roles_Get", query={"$filter": "not IsStatic"}).content["@odata.count"] == 1


@pytest.mark.parametrize(
    ("permissions", "kind"),
    [(["Users.View"], "Tenant"), (["Jobs.View"], "Folder"), (["Users.View", "Jobs.View"], "Mixed"), ([], "Tenant")],
)
def test_the_type_follows_from_the_permissions(house: Desk, permissions: list[str], kind: str) -> None:
    number = make(house, {"Name": "Some", "Permissions": [{"Name": name} for name in permissions]})
    assert house.call("Roles_GetById", key=number).content["Type"] == kind


def test_what_is_not_granted_is_not_held(house: Desk) -> None:
    entries = [{"Name": "Queues.View", "IsGranted": False}, {"Name": "jobs.view"}]
    assert permissions_of(house, make(house, {"Name": "Some", "Permissions": entries})) == {"Jobs.View"}


def test_a_role_is_changed_for_whoever_holds_it(house: Desk) -> None:
    number = make(house)
    house.call(
        "Roles_SetUsersById", {"addedUserIds": [AUDITOR], "removedUserIds": []}, key=number, caller=ADMINISTRATOR
    )
    changed = {"Name": "Registrar", "Permissions": [{"Name": "Assets.View"}]}
    assert house.call("Roles_PutById", changed, key=number, caller=ADMINISTRATOR).status == 200
    assert permissions_of(house, number) == {"Assets.View"}
    assert house.call("Roles_GetUserIdsForRoleByKey", key=number).content["value"] == [AUDITOR]
    assert "Registrar" in house.call("Users_GetById", key=AUDITOR).content["RolesList"]
    house.call("Roles_PutById", {"Name": "Registrar"}, key=number, caller=ADMINISTRATOR)
    assert permissions_of(house, number) == {"Assets.View"}


def test_deleting_a_role_takes_it_from_everybody(house: Desk) -> None:
    number = make(house)
    before = house.call("Users_GetById", key=AUDITOR).content["RolesList"]
    order = {"addedUserIds": [AUDITOR], "removedUserIds": []}
    house.call("Roles_SetUsersById", order, key=number, caller=ADMINISTRATOR)
    assert "Clerk" in house.call("Users_GetById", key=AUDITOR).content["RolesList"]
    assert house.call("Roles_DeleteById", key=number, caller=ADMINISTRATOR).status == 204
    assert house.call("Users_GetById", key=AUDITOR).content["RolesList"] == before
    with pytest.raises(NotFound):
        house.call("Roles_GetById", key=number)
    assert make(house) > number


def test_the_verdict_enforces_a_role_and_its_changes(house: Desk) -> None:
    top, other = house.make_folder("top"), house.make_folder("other")
    number = make(house)
    judged = Judged(house)
    place = {"UserIds": [AUDITOR], "RolesPerFolder": [{"FolderId": top.id, "RoleIds": [number]}]}
    house.call("Folders_AssignUsers", {"assignments": place}, caller=ADMINISTRATOR)
    assert judged.may(AUDITOR, "Jobs_Get", top)
    assert not judged.may(AUDITOR, "Jobs_StartJobs", top)
    assert not judged.may(AUDITOR, "Jobs_Get", other)
    assert not judged.may(AUDITOR, "Jobs_Get", top, OTHER_TENANT)
    house.call(
        "Roles_PutById",
        {"Name": "Starter", "Permissions": [{"Name": "Jobs.Create"}]},
        key=number,
        caller=ADMINISTRATOR,
    )
    assert judged.may(AUDITOR, "Jobs_StartJobs", top)
    assert not judged.may(AUDITOR, "Jobs_Get", top)
    house.call("Roles_DeleteById", key=number, caller=ADMINISTRATOR)
    assert not judged.may(AUDITOR, "Jobs_StartJobs", top)


def test_who_may_edit_tasks_by_an_own_role_is_offered_them(house: Desk) -> None:
    top = house.make_folder("top")
    number = make(house, {"Name": "Clerk", "Permissions": [{"Name": "Tasks.View"}, {"Name": "Tasks.Edit"}]})
    place = {"UserIds": [AUDITOR], "RolesPerFolder": [{"FolderId": top.id, "RoleIds": [number]}]}
    before = house.call("Tasks_GetTaskUsersByOrganizationunitid", folder=top, organizationUnitId=top.id).content
    assert AUDITOR not in [one["id"] for one in before["value"]]
    house.call("Folders_AssignUsers", {"assignments": place}, caller=ADMINISTRATOR)
    after = house.call("Tasks_GetTaskUsersByOrganizationunitid", folder=top, organizationUnitId=top.id).content
    assert AUDITOR in [one["id"] for one in after["value"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "Name"),
        ({"Name": "x" * 65}, "Name"),
        ({"Name": "Some", "Permissions": [{"Name": "Jobs.Fly"}]}, "Permissions"),
        ({"Name": "Some", "Permissions": [{}]}, "Name"),
        ({"Name": "Some", "Permissions": "all"}, "Permissions"),
        ({"Name": "Some", "Type": "Odd"}, "Type"),
    ],
)
def test_a_wrong_role_is_refused_with_the_field(house: Desk, body: object, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        make(house, body)
    assert refused.value.details["field"] == field
    assert house.call("Roles_Get", query={"$filter": "not IsStatic"}).content["@odata.count"] == 0


@pytest.mark.parametrize("name", ["clerk", "administrator", "CLERK"])
def test_a_name_is_had_once_in_whatever_case(house: Desk, name: str) -> None:
    make(house)
    with pytest.raises(RoleNameInUse):
        make(house, {"Name": name})


def test_the_roles_of_the_catalogue_stay_as_they_are(house: Desk) -> None:
    with pytest.raises(RoleIsStatic):
        house.call("Roles_PutById", {"Name": "Mine"}, key=4, caller=ADMINISTRATOR)
    with pytest.raises(RoleIsStatic):
        house.call("Roles_DeleteById", key=4, caller=ADMINISTRATOR)


def test_another_tenants_role_looks_like_none(house: Desk) -> None:
    number = make(house)
    for operation, body in (("Roles_GetById", None), ("Roles_PutById", CLERK), ("Roles_DeleteById", None)):
        with pytest.raises(NotFound):
            house.call(operation, body, key=number, tenant=OTHER_TENANT, caller=ADMINISTRATOR)
    with pytest.raises(NotFound):
        house.call("Users_AssignRolesById", {"roleIds": [number + 1]}, key=AUDITOR, caller=ADMINISTRATOR)


def test_no_key_makes_changes_or_deletes_a_role(house: Desk) -> None:
    number = make(house)
    with pytest.raises(MethodNotAllowedHere):
        make(house, {"Name": "Mine"}, by=KEY)
    with pytest.raises(MethodNotAllowedHere):
        house.call("Roles_PutById", CLERK, key=number, caller=KEY)
    with pytest.raises(MethodNotAllowedHere):
        house.call("Roles_DeleteById", key=number, caller=KEY)


def test_nobody_makes_or_widens_a_role_beyond_what_they_hold(house: Desk) -> None:
    """Linus holds Roles.Edit in the whole tenant; with a role of his own he could give himself everything."""
    with pytest.raises(GrantExceedsMaker):
        make(house, CLERK, by=TENANT_ADMINISTRATOR)
    own = make(house, {"Name": "Mine", "Permissions": [{"Name": "Users.View"}]}, by=TENANT_ADMINISTRATOR)
    wider = {"Name": "Mine", "Permissions": [{"Name": "Users.View"}, {"Name": "Jobs.Create"}]}
    with pytest.raises(GrantExceedsMaker):
        house.call("Roles_PutById", wider, key=own, caller=TENANT_ADMINISTRATOR)
    assert permissions_of(house, own) == {"Users.View"}


def test_nobody_gives_a_role_of_the_tenant_that_allows_more_than_they_hold(house: Desk) -> None:
    top = house.make_folder("top")
    number = make(house, {"Name": "Some", "Permissions": [{"Name": "Users.Edit"}, {"Name": "Jobs.View"}]})
    to_auditor = {"addedUserIds": [AUDITOR], "removedUserIds": []}
    with pytest.raises(GrantExceedsMaker):
        house.call("Roles_SetUsersById", to_auditor, key=number, caller=TENANT_ADMINISTRATOR)
    grace = folder_administrator(top.key)
    with pytest.raises(GrantExceedsMaker):
        house.call("Users_ToggleRoleById", {"role": "Some", "toggle": True}, key=GRACE, caller=grace)


@pytest.mark.parametrize("renames", [False, True])
def test_a_name_that_somebody_held_before_gives_them_nothing(house: Desk, renames: bool) -> None:
    """Such a row may be left by a catalogue that knew another role."""
    with house.write() as session:
        session.add(RoleAssignment(user_id=caller_of(AUDITOR).id, tenant_id=TENANT.tenant_id, role="Clerk"))
    number = make(house, {**CLERK, "Name": "Other"} if renames else CLERK)
    if renames:
        house.call("Roles_PutById", CLERK, key=number, caller=ADMINISTRATOR)
    assert house.call("Roles_GetUserIdsForRoleByKey", key=number).content["value"] == []
    assert "Clerk" not in house.call("Users_GetById", key=AUDITOR).content["RolesList"]


def test_somebody_who_holds_an_own_role_may_not_administer_through_it(house: Desk) -> None:
    stranger = replace(CALLER, may_administer=False, terms=TENANT_ADMINISTRATOR.terms)
    with pytest.raises(MethodNotAllowedHere):
        make(house, CLERK, by=replace(stranger, credential_kind=CredentialKind.ACCESS_KEY))
