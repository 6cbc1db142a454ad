"""Robots of a folder: made, found, changed, switched off and deleted, and never seen from another folder."""

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.kit.db import Base
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.seed import seed_tenant
from stagedoor.passage import FolderPlace, Reach


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    desk.call("Machines_Post", {"Name": "builder"})
    return desk.make_folder("Shared")


def make(desk: Desk, folder: FolderPlace, name: str = "robot", **more: object) -> dict:
    body = {"Name": name, "Type": "Unattended", "MachineName": "BUILDER", "Username": "corp\\bot", **more}
    return desk.call("Robots_Post", body, folder=folder).content


def names(desk: Desk, operation: str, **more: object) -> list[str]:
    return [robot["Name"] for robot in desk.call(operation, **more).content["value"]]


class TestCreating:
    def test_the_answer_is_201_with_the_machine_found_by_name(self, desk: Desk, folder: FolderPlace) -> None:
        body = {"Name": "robot", "Type": "unattended", "MachineName": "BUILDER", "Password": "hunter2"}
        answer = desk.call("Robots_Post", body, folder=folder)
        assert answer.status == 201
        assert (answer.content["MachineName"], answer.content["Type"]) == ("builder", "Unattended")
        assert (answer.content["HostingType"], answer.content["Enabled"]) == ("Standard", True)
        assert answer.content["Password"] is None

    def test_the_accounts_password_is_nowhere_in_the_store(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, Password="canary-7f3a")
        with desk.database.read() as session:
            rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
        assert rows
        assert "canary-7f3a" not in repr(rows)

    def test_it_connects_at_once(self, desk: Desk, folder: FolderPlace) -> None:
        robot = make(desk, folder)
        sessions = desk.call("Sessions_Get", folder=folder, query={"$expand": "Robot"}).content["value"]
        assert [(one["State"], one["Robot"]["Id"]) for one in sessions] == [("Available", robot["Id"])]

    def test_a_floating_robot_needs_no_machine_and_a_standard_one_does(self, desk: Desk, folder: FolderPlace) -> None:
        assert make(desk, folder, "floats", MachineName=None, HostingType="Floating")["MachineId"] is None
        with pytest.raises(InvalidRequest, match="MachineName"):
            make(desk, folder, "stands", MachineName=None)

    def test_names_are_used_once_in_a_tenant(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "robot")
        with pytest.raises(NameInUse):
            make(desk, desk.make_folder("Other"), "ROBOT")

    def test_a_machine_that_is_not_the_tenants_is_not_there(self, desk: Desk, folder: FolderPlace) -> None:
        theirs = desk.call("Machines_Post", {"Name": "theirs"}, tenant=OTHER_TENANT).content["Id"]
        with pytest.raises(NotFound):
            make(desk, folder, MachineName="theirs")
        with pytest.raises(NotFound):
            make(desk, folder, MachineId=theirs)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"Name": "x" * 20}, "Name"),
            ({"Name": ""}, "Name"),
            ({"Type": None}, "Type"),
            ({"Type": "Human"}, "Type"),
            ({"Enabled": 1}, "Enabled"),
            ({"MachineId": "x"}, "MachineId"),
            ({"ExecutionSettings": "x"}, "ExecutionSettings"),
        ],
    )
    def test_a_wrong_field_is_named(self, desk: Desk, folder: FolderPlace, changes: dict, field: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            make(desk, folder, **changes)
        assert refusal.value.details["field"] == field


class TestReading:
    def test_a_folder_shows_its_own(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        here, there = make(desk, folder, "here"), make(desk, other, "there")
        assert names(desk, "Robots_Get", folder=folder) == ["here"]
        assert names(desk, "Robots_GetConfiguredRobots", folder=folder) == ["here"]
        assert desk.call("Robots_GetById", key=here["Id"], folder=folder).content["Name"] == "here"
        with pytest.raises(NotFound):
            desk.call("Robots_GetById", key=there["Id"], folder=folder)
        with pytest.raises(FolderRequired):
            desk.call("Robots_Get")

    def test_across_folders_reach_bounds_the_list(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        make(desk, folder, "here")
        make(desk, other, "there")
        assert names(desk, "Robots_FindAllAcrossFolders") == ["here", "there"]
        assert names(desk, "Robots_FindAllAcrossFolders", reach=Reach(frozenset({other.key}))) == ["there"]
        assert names(desk, "Robots_FindAllAcrossFolders", reach=Reach(frozenset())) == []

    def test_a_folder_named_in_the_path_is_bounded_by_reach(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        robot = make(desk, other, "there")
        by_folder = "Robots_GetRobotsFromFolderByFolderid"
        by_machine = "Robots_GetFolderRobotsByFolderidAndMachineid"
        assert names(desk, by_folder, folder=folder, folderId=other.id) == ["there"]
        assert names(desk, by_folder, folder=folder, folderId=other.id, query={"machineid": "999"}) == []
        assert names(desk, by_machine, folder=folder, folderId=other.id, machineId=robot["MachineId"]) == ["there"]
        narrow = Reach(frozenset({folder.key}))
        with pytest.raises(NotFound):
            desk.call(by_folder, folder=folder, folderId=other.id, reach=narrow)
        with pytest.raises(NotFound):
            desk.call(by_machine, folder=folder, folderId=other.id, machineId=robot["MachineId"], reach=narrow)

    def test_lists_are_filtered(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "a")
        make(desk, folder, "b", Type="Development")
        query = {"$filter": "Type eq 'Development' and MachineName eq 'builder'", "$select": "Name"}
        assert desk.call("Robots_Get", folder=folder, query=query).content["value"] == [{"Name": "b"}]

    def test_accounts_are_listed_once(self, desk: Desk, folder: FolderPlace) -> None:
        for name in ("a", "b"):
            make(desk, folder, name)
        make(desk, folder, "c", Username=None)
        assert desk.call("Robots_GetUsernames", folder=folder).content["value"] == ["corp\\bot"]


class TestChanging:
    @pytest.mark.parametrize("operation", ["Robots_PutById", "Robots_PatchById"])
    def test_what_is_sent_changes(self, desk: Desk, folder: FolderPlace, operation: str) -> None:
        robot = make(desk, folder, Description="old")
        desk.call("Machines_Post", {"Name": "second"})
        body = {"Name": "Robot", "MachineName": "second", "ExecutionSettings": {"A": 1}, "Enabled": False}
        desk.call(operation, body, key=robot["Id"], folder=folder)
        content = desk.call("Robots_GetById", key=robot["Id"], folder=folder).content
        assert (content["Name"], content["MachineName"], content["Description"]) == ("Robot", "second", "old")
        assert (content["ExecutionSettings"], content["Enabled"]) == ({"A": 1}, False)
        assert content["LastModifierUserId"] == 7

    def test_what_is_not_sent_stays(self, desk: Desk, folder: FolderPlace) -> None:
        robot = make(desk, folder)
        desk.call("Robots_PatchById", {"Description": "new"}, key=robot["Id"], folder=folder)
        content = desk.call("Robots_GetById", key=robot["Id"], folder=folder).content
        assert (content["Name"], content["MachineName"], content["Description"]) == ("robot", "builder", "new")

    def test_a_name_in_use_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        make(desk, folder, "a")
        robot = make(desk, folder, "b")
        with pytest.raises(NameInUse):
            desk.call("Robots_PatchById", {"Name": "A"}, key=robot["Id"], folder=folder)

    def test_several_are_switched_off_together_or_not_at_all(self, desk: Desk, folder: FolderPlace) -> None:
        ids = [make(desk, folder, name)["Id"] for name in ("a", "b")]
        elsewhere = make(desk, desk.make_folder("Other"), "c")["Id"]
        with pytest.raises(NotFound):
            desk.call("Robots_ToggleEnabledStatus", {"robotIds": [*ids, elsewhere], "enabled": False}, folder=folder)
        desk.call("Robots_ToggleEnabledStatus", {"robotIds": ids, "enabled": False}, folder=folder)
        across = desk.call("Robots_FindAllAcrossFolders").content["value"]
        assert [robot["Enabled"] for robot in across] == [False, False, True]

    def test_they_are_deleted_with_their_sessions_together_or_not_at_all(self, desk: Desk, folder: FolderPlace) -> None:
        ids = [make(desk, folder, name)["Id"] for name in ("a", "b")]
        elsewhere = make(desk, desk.make_folder("Other"), "c")["Id"]
        with pytest.raises(NotFound):
            desk.call("Robots_DeleteBulk", {"robotIds": [*ids, elsewhere]}, folder=folder)
        assert desk.call("Robots_DeleteBulk", {"robotIds": ids}, folder=folder).status == 204
        assert names(desk, "Robots_FindAllAcrossFolders") == ["c"]
        assert desk.call("Sessions_Get", folder=folder).content["value"] == []

    def test_another_folders_robot_is_not_there(self, desk: Desk, folder: FolderPlace) -> None:
        robot = make(desk, desk.make_folder("Other"))
        for operation in ("Robots_PutById", "Robots_PatchById", "Robots_DeleteById"):
            with pytest.raises(NotFound):
                desk.call(operation, {"Name": "x"}, key=robot["Id"], folder=folder)


class TestFloating:
    def test_an_attended_robot_leaves_its_machine(self, desk: Desk, folder: FolderPlace) -> None:
        robot = make(desk, folder, Type="Attended")
        assert desk.call("Robots_ConvertToFloating", {"robotId": robot["Id"]}, folder=folder).status == 200
        after = desk.call("Robots_GetById", folder=folder, key=robot["Id"]).content
        assert (after["HostingType"], after["MachineId"]) == ("Floating", None)
        assert after["LicenseKey"] != robot["LicenseKey"]
        with pytest.raises(Conflict):
            desk.call("Robots_ConvertToFloating", {"robotId": robot["Id"]}, folder=folder)

    def test_an_unattended_robot_does_not_and_elsewhere_there_is_none(self, desk: Desk, folder: FolderPlace) -> None:
        robot = make(desk, folder)
        with pytest.raises(InvalidRequest, match="not attended"):
            desk.call("Robots_ConvertToFloating", {"robotId": robot["Id"]}, folder=folder)
        with pytest.raises(NotFound):
            desk.call("Robots_ConvertToFloating", {"robotId": robot["Id"]}, folder=desk.make_folder("Other"))
        with pytest.raises(InvalidRequest, match="robotId"):
            desk.call("Robots_ConvertToFloating", {}, folder=folder)


def test_machines_are_listed_by_name_with_their_keys(desk: Desk, folder: FolderPlace) -> None:
    desk.call("Machines_Post", {"Name": "another", "LicenseKey": "key-2"})
    desk.call("Machines_Post", {"Name": "theirs"}, tenant=OTHER_TENANT)
    pairs = desk.call("Robots_GetMachineNameToLicenseKeyMappings", folder=folder).content["value"]
    assert [pair["Key"] for pair in pairs] == ["another", "builder"]
    assert pairs[0] == {"Key": "another", "Value": "key-2"}


def test_a_process_is_run_by_the_folders_robots_that_are_on(desk: Desk, folder: FolderPlace) -> None:
    with desk.write() as session:
        seed_tenant(session, OTHER_TENANT.tenant_id, clock=desk.clock, chance=desk.chance)
        shared = session.scalars(select(Folder).where(Folder.tenant_id == OTHER_TENANT.tenant_id)).one()
        place = FolderPlace(id=shared.id, key=shared.key, path="Shared", lineage=(shared.key,))
    robots = desk.call(
        "Robots_GetRobotsForProcessByProcessid", folder=place, tenant=OTHER_TENANT, processId="InvoiceBot"
    ).content["value"]
    assert [robot["Name"] for robot in robots] == ["invoice-robot"]
    body = {"robotIds": [robots[0]["Id"]], "enabled": False}
    desk.call("Robots_ToggleEnabledStatus", body, folder=place, tenant=OTHER_TENANT)
    release = desk.call("Releases_Get", folder=place, tenant=OTHER_TENANT).content["value"][0]
    for process_id in (release["Id"], release["Key"]):
        off = desk.call(
            "Robots_GetRobotsForProcessByProcessid", folder=place, tenant=OTHER_TENANT, processId=process_id
        )
        assert off.content["value"] == []
    with pytest.raises(NotFound):
        desk.call("Robots_GetRobotsForProcessByProcessid", folder=folder, processId="InvoiceBot")
