"""The statements over identity's tables mean the same on every store."""

from pathlib import Path

import pytest
from tests.factories.orchestrator import Desk
from tests.factories.tasks import ADA, AUDITOR, GONE, GRACE, LINUS, caller_of
from tests.factories.tenant_people import ADMINISTRATOR, with_people

from stagedoor.audit.event_names import EventName
from stagedoor.audit.models import AuditRow
from stagedoor.kit.db import Database


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Desk:
    return with_people(Desk(database, directory=tmp_path))


def test_users_are_read_with_their_roles(house: Desk) -> None:
    query = {
        "$expand": "UserRoles($orderby=RoleName)",
        "$filter": "MayHaveUserSession and UserRoles/any(r: contains(r/RoleName,'user')) and startswith(FullName,'G')",
        "$orderby": "Type,FullName desc",
    }
    rows = house.call("Users_Get", query=query).content["value"]
    assert [(row["Id"], row["RolesList"]) for row in rows] == [
        (GRACE, ["Automation User"]),
        (GONE, ["Automation User"]),
    ]
    assert [role["RoleName"] for row in rows for role in row["UserRoles"]] == ["Automation User"] * 2


def test_roles_are_read_with_their_permissions(house: Desk) -> None:
    query = {
        "$expand": "Permissions($filter=startswith(Name,'Tasks.') and IsGranted;$orderby=Name desc)",
        "$filter": "Id lt 5 and Permissions/any(p: p/Name eq 'Tasks.View' and p/Scope eq 'Folder')",
    }
    rows = house.call("Roles_Get", query=query).content["value"]
    assert [row["Id"] for row in rows] == [1, 3, 4]
    assert [one["Name"] for one in rows[2]["Permissions"]] == ["Tasks.View", "Tasks.Edit", "Tasks.Create"]
    assert len(house.call("Permissions_Get", query={"$filter": "Scope eq 'Global'"}).content["value"]) > 20


def test_roles_of_a_tenants_own_are_read_and_held(house: Desk) -> None:
    top = house.make_folder("top")
    order = {"Name": "Clerk", "Permissions": [{"Name": "Tasks.View"}, {"Name": "Tasks.Edit"}, {"Name": "Jobs.View"}]}
    number = house.call("Roles_Post", order, caller=ADMINISTRATOR).content["Id"]
    query = {
        "$expand": "Permissions($filter=startswith(Name,'Tasks.');$orderby=Name desc)",
        "$filter": "IsEditable and Type eq 'Folder' and Permissions/any(p: p/Name eq 'Jobs.View')",
    }
    [row] = house.call("Roles_Get", query=query).content["value"]
    assert [one["Name"] for one in row["Permissions"]] == ["Tasks.View", "Tasks.Edit"]
    place = {"UserIds": [AUDITOR], "RolesPerFolder": [{"FolderId": top.id, "RoleIds": [number]}]}
    house.call("Folders_AssignUsers", {"assignments": place}, caller=ADMINISTRATOR)
    able = house.call("Tasks_GetTaskUsersByOrganizationunitid", folder=top, organizationUnitId=top.id).content
    assert AUDITOR in [one["id"] for one in able["value"]]
    house.call("Roles_PutById", {"Name": "Registrar"}, key=number, caller=ADMINISTRATOR)
    held = house.call("Folders_GetUsersForFolderByKeyAndIncludeinherited", key=top.id, includeInherited="false")
    assert [role["Name"] for role in held.content["value"][0]["Roles"]] == ["Registrar"]
    assert house.call("Roles_DeleteById", key=number, caller=ADMINISTRATOR).status == 204
    again = house.call("Folders_GetUsersForFolderByKeyAndIncludeinherited", key=top.id, includeInherited="false")
    assert [role for one in again.content["value"] for role in one["Roles"]] == []


def test_holders_come_first(house: Desk) -> None:
    rows = house.call("Roles_GetUsersForRoleByKey", key=4, query={"$select": "Id"}).content["value"]
    assert [row["Id"] for row in rows] == [GRACE, LINUS, GONE, ADA, AUDITOR]


def test_people_and_machines_in_folders_are_read(house: Desk) -> None:
    top = house.make_folder("top")
    below = house.make_folder("below", below=top)
    order = {"UserIds": [AUDITOR], "RolesPerFolder": [{"FolderId": top.id, "RoleIds": [5]}]}
    house.call("Folders_AssignUsers", {"assignments": order}, caller=ADMINISTRATOR)
    machine = house.call("Machines_Post", {"Name": "one"}).content["Id"]
    house.call("Folders_AssignMachines", {"assignments": {"MachineIds": [machine], "FolderIds": [top.id]}})
    passed_on = {"FolderId": top.id, "MachineId": machine, "InheritEnabled": True}
    house.call("Folders_ToggleFolderMachineInherit", passed_on)
    query = {"$filter": "IsInherited and InheritedFromFolderName eq 'top'"}
    rows = house.call("Folders_GetMachinesForFolderByKey", key=below.id, query=query).content["value"]
    assert [(row["Name"], row["IsAssignedToFolder"], row["HasMachineRobots"]) for row in rows] == [
        ("one", False, False)
    ]
    for_folder = "Folders_GetUsersForFolderByKeyAndIncludeinherited"
    present = house.call(for_folder, key=below.id, includeInherited="true").content["value"]
    assert [row["Id"] for row in present] == [ADA, GRACE, LINUS, GONE, AUDITOR]
    units = house.call("OrganizationUnits_GetUsersForUnitByKey", key=top.id, query={"$top": "1"}).content["value"]
    assert [row["Id"] for row in units] == [AUDITOR]


def test_sign_ins_tenants_and_the_directory_are_read(house: Desk) -> None:
    with house.write() as session:
        event = EventName.IDENTITY_SIGN_IN_SUCCEEDED.value
        session.add(AuditRow(time=house.clock.now(), event=event, caller_id=caller_of(GRACE).id))
    assert len(house.call("UserLoginAttempts_GetById", key=GRACE).content["value"]) == 1
    assert house.call("Tenants_GetById", key=1, query={"$filter": "IsActive"}).content["Name"] == "dev"
    found = house.call("DirectoryService_SearchForUsersAndGroups", query={"prefix": "grace ex"}).content
    assert [one["identityName"] for one in found] == ["grace"]


def test_a_user_is_changed_and_removed(house: Desk) -> None:
    house.call("Users_PutById", {"RolesList": [], "MayHaveRobotSession": True}, key=GRACE, caller=ADMINISTRATOR)
    row = house.call("Users_GetById", key=GRACE).content
    assert (row["RolesList"], row["MayHaveRobotSession"]) == ([], True)
    assert house.call("Users_DeleteById", key=GRACE, caller=ADMINISTRATOR).status == 204
    assert GRACE not in [one["Id"] for one in house.call("Users_Get").content["value"]]
    assert house.call("Users_ValidateByUserids", userIds=str(LINUS)).content["value"] == {str(LINUS): False}
