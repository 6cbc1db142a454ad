"""Machines of a tenant, their names and keys, and the folders they may run in."""

from dataclasses import replace

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.machines.errors import MachineInUse
from stagedoor.orchestrator.machines.store import list_with_secrets
from stagedoor.passage import CredentialKind, FolderPlace, Reach

ASSIGNED = "Machines_GetAssignedMachinesByFolderid"


def make(desk: Desk, name: str = "builder", **more: object) -> dict:
    return desk.call("Machines_Post", {"Name": name, **more}).content


def assign(desk: Desk, machine_id: int, folder: FolderPlace, reach: Reach | None = None) -> None:
    body = {"assignments": {"MachineIds": [machine_id], "FolderIds": [folder.id]}}
    desk.call("Folders_AssignMachines", body, **({"reach": reach} if reach else {}))


def assigned(desk: Desk, folder: FolderPlace) -> list[str]:
    return [machine["Name"] for machine in desk.call(ASSIGNED, folderId=folder.id).content["value"]]


class TestMachines:
    def test_a_new_machine_has_a_key_and_a_licence_key(self, desk: Desk) -> None:
        answer = desk.call("Machines_Post", {"Name": " builder ", "Type": "template", "UnattendedSlots": 2})
        assert answer.status == 201
        content = answer.content
        assert (content["Name"], content["Type"], content["UnattendedSlots"]) == ("builder", "Template", 2)
        assert len(content["LicenseKey"]) == len(content["Key"]) == 36
        assert content["ClientSecret"].startswith("sdm_")
        assert desk.call("Machines_GetById", key=content["Id"]).content["ClientSecret"] is None
        assert desk.call("Machines_GetById", key=content["Id"]).content["Key"] == content["Key"]

    def test_a_narrowed_key_is_given_no_secret_that_outlives_it(self, desk: Desk) -> None:
        narrowed = replace(CALLER, credential_kind=CredentialKind.NARROWED_KEY, narrowing_id="n1")
        content = desk.call("Machines_Post", {"Name": "builder"}, caller=narrowed).content
        assert (content["Name"], content["ClientSecret"]) == ("builder", None)
        with desk.database.read() as session:
            assert list_with_secrets(session) == []

    def test_a_licence_key_may_be_brought(self, desk: Desk) -> None:
        assert make(desk, LicenseKey="mine")["LicenseKey"] == "mine"

    def test_names_are_used_once_in_a_tenant(self, desk: Desk) -> None:
        make(desk, "builder")
        with pytest.raises(NameInUse):
            make(desk, "BUILDER")
        assert desk.call("Machines_Post", {"Name": "builder"}, tenant=OTHER_TENANT).status == 201

    @pytest.mark.parametrize("operation", ["Machines_PutById", "Machines_PatchById"])
    def test_what_is_sent_changes(self, desk: Desk, operation: str) -> None:
        machine = make(desk, Description="old", UnattendedSlots=1)
        desk.call(operation, {"Name": "Builder", "HeadlessSlots": 3, "Description": None}, key=machine["Id"])
        content = desk.call("Machines_GetById", key=machine["Id"]).content
        assert (content["Name"], content["Description"]) == ("Builder", None)
        assert (content["UnattendedSlots"], content["HeadlessSlots"]) == (1, 3)
        make(desk, "other")
        with pytest.raises(NameInUse):
            desk.call(operation, {"Name": "OTHER"}, key=machine["Id"])

    def test_what_is_not_sent_stays(self, desk: Desk) -> None:
        machine = make(desk, UnattendedSlots=1)
        desk.call("Machines_PatchById", {"Type": "Template"}, key=machine["Id"])
        content = desk.call("Machines_GetById", key=machine["Id"]).content
        assert (content["Name"], content["Type"], content["UnattendedSlots"]) == ("builder", "Template", 1)

    def test_lists_are_filtered(self, desk: Desk) -> None:
        make(desk, "a", Type="Template")
        make(desk, "b")
        query = {"$filter": "Type eq 'Template' and UnattendedSlots lt 1", "$select": "Name"}
        content = desk.call("Machines_Get", query=query).content
        assert content["value"] == [{"Name": "a"}]

    def test_another_tenants_machine_is_not_there(self, desk: Desk) -> None:
        theirs = desk.call("Machines_Post", {"Name": "builder"}, tenant=OTHER_TENANT).content["Id"]
        assert desk.call("Machines_Get").content["value"] == []
        for operation in ("Machines_GetById", "Machines_PutById", "Machines_DeleteById"):
            with pytest.raises(NotFound):
                desk.call(operation, {"Name": "x"}, key=theirs)
        with pytest.raises(NotFound):
            desk.call("Machines_DeleteBulk", {"machineIds": [theirs]})

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "Name"),
            ({"Name": 1}, "Name"),
            ({"Name": "a\u0007b"}, "Name"),
            ({"Name": "a", "Type": "Odd"}, "Type"),
            ({"Name": "a", "UnattendedSlots": -1}, "UnattendedSlots"),
            ({"Name": "a", "UnattendedSlots": 2**31}, "UnattendedSlots"),
            ({"Name": "a", "UnattendedSlots": 1.5}, "UnattendedSlots"),
        ],
    )
    def test_a_wrong_field_is_named(self, desk: Desk, body: dict, field: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            desk.call("Machines_Post", body)
        assert refusal.value.details["field"] == field


class TestDeleting:
    def test_several_go_together(self, desk: Desk) -> None:
        ids = [make(desk, name)["Id"] for name in ("a", "b")]
        assert desk.call("Machines_DeleteBulk", {"machineIds": ids}).status == 204
        assert desk.call("Machines_Get").content["value"] == []

    def test_one_that_is_missing_keeps_the_others(self, desk: Desk) -> None:
        machine = make(desk)
        with pytest.raises(NotFound):
            desk.call("Machines_DeleteBulk", {"machineIds": [machine["Id"], machine["Id"] + 1]})
        assert len(desk.call("Machines_Get").content["value"]) == 1

    def test_a_robots_machine_stays(self, desk: Desk) -> None:
        machine, folder = make(desk), desk.make_folder("Shared")
        robot = {"Name": "r", "Type": "Unattended", "MachineId": machine["Id"]}
        robot_id = desk.call("Robots_Post", robot, folder=folder).content["Id"]
        with pytest.raises(MachineInUse):
            desk.call("Machines_DeleteById", key=machine["Id"])
        desk.call("Robots_DeleteById", key=robot_id, folder=folder)
        assert desk.call("Machines_DeleteById", key=machine["Id"]).status == 204

    def test_assignments_go_with_the_machine_and_with_the_folder(self, desk: Desk) -> None:
        first, second, folder = make(desk, "a"), make(desk, "b"), desk.make_folder("Shared")
        assign(desk, first["Id"], folder)
        assign(desk, second["Id"], folder)
        desk.call("Machines_DeleteById", key=first["Id"])
        assert assigned(desk, folder) == ["b"]
        assert desk.call("Folders_DeleteById", key=folder.id).status == 204


class TestAssignment:
    def test_a_machine_runs_where_it_is_assigned(self, desk: Desk) -> None:
        machine, folder, other = make(desk), desk.make_folder("Shared"), desk.make_folder("Other")
        assign(desk, machine["Id"], folder)
        assign(desk, machine["Id"], folder)
        assert assigned(desk, folder) == ["builder"]
        assert assigned(desk, other) == []

    def test_it_is_inherited_when_it_is_passed_on(self, desk: Desk) -> None:
        machine, top = make(desk), desk.make_folder("Top")
        below = desk.make_folder("Below", below=desk.make_folder("Middle", below=top))
        assign(desk, machine["Id"], top)
        assert assigned(desk, below) == []
        body = {"MachineId": machine["Id"], "FolderId": top.id, "InheritEnabled": True}
        desk.call("Folders_ToggleFolderMachineInherit", body)
        assert assigned(desk, below) == ["builder"]
        desk.call("Folders_ToggleFolderMachineInherit", {**body, "InheritEnabled": False})
        assert assigned(desk, below) == []
        with pytest.raises(NotFound):
            desk.call("Folders_ToggleFolderMachineInherit", {**body, "FolderId": below.id})

    def test_associations_add_and_remove_at_once(self, desk: Desk) -> None:
        old, new, folder = make(desk, "old"), make(desk, "new"), desk.make_folder("Shared")
        assign(desk, old["Id"], folder)
        associations = {"FolderId": folder.id, "AddedMachineIds": [new["Id"]], "RemovedMachineIds": [old["Id"]]}
        desk.call("Folders_UpdateMachinesToFolderAssociations", {"associations": associations})
        assert assigned(desk, folder) == ["new"]
        desk.call("Folders_RemoveMachinesFromFolderById", {"machineIds": [new["Id"]]}, key=folder.id)
        assert assigned(desk, folder) == []

    def test_a_folder_out_of_reach_or_in_another_tenant_is_not_there(self, desk: Desk) -> None:
        machine, shared, hidden = make(desk), desk.make_folder("Shared"), desk.make_folder("Hidden")
        theirs = desk.make_folder("Theirs", tenant=OTHER_TENANT)
        narrow = Reach(frozenset({shared.key}))
        assign(desk, machine["Id"], shared, narrow)
        for folder in (hidden, theirs):
            with pytest.raises(NotFound):
                assign(desk, machine["Id"], folder, narrow)
            with pytest.raises(NotFound):
                desk.call(ASSIGNED, folderId=folder.id, reach=narrow)
            with pytest.raises(NotFound):
                desk.call("Folders_RemoveMachinesFromFolderById", {"machineIds": []}, key=folder.id, reach=narrow)

    @pytest.mark.parametrize(
        ("operation", "body"),
        [
            ("Folders_AssignMachines", {}),
            ("Folders_AssignMachines", {"assignments": []}),
            ("Folders_AssignMachines", {"assignments": {"MachineIds": [1]}}),
            ("Folders_AssignMachines", {"assignments": {"MachineIds": ["x"], "FolderIds": [1]}}),
            ("Folders_UpdateMachinesToFolderAssociations", {"associations": {}}),
            ("Folders_ToggleFolderMachineInherit", {"MachineId": 1}),
            ("Machines_DeleteBulk", {"machineIds": 1}),
        ],
    )
    def test_wrong_bodies_are_refused(self, desk: Desk, operation: str, body: dict) -> None:
        with pytest.raises(InvalidRequest):
            desk.call(operation, body)


def test_further_slots_labels_and_the_policy_of_updates_are_kept(desk: Desk) -> None:
    body = {
        "Name": "labelled",
        "HostingSlots": 2,
        "AutomationCloudTestAutomationSlots": 3,
        "UpdatePolicy": {"Type": "specificversion", "SpecificVersion": "25.10"},
        "Tags": [{"Name": "site", "Value": "north"}],
    }
    machine = desk.call("Machines_Post", body).content
    assert (machine["HostingSlots"], machine["AutomationCloudTestAutomationSlots"], machine["AppTestSlots"]) == (
        2,
        3,
        0,
    )
    assert machine["UpdatePolicy"] == {"Type": "SpecificVersion", "SpecificVersion": "25.10"}
    assert [(tag["Name"], tag["Value"]) for tag in machine["Tags"]] == [("site", "north")]
    desk.call("Machines_PatchById", {"Tags": [], "UpdatePolicy": None}, key=machine["Id"])
    changed = desk.call("Machines_GetById", key=machine["Id"]).content
    assert (changed["Tags"], changed["UpdatePolicy"], changed["HostingSlots"]) == ([], None, 2)
    for wrong in ({"Tags": [{}]}, {"UpdatePolicy": "None"}, {"UpdatePolicy": {"Type": "Sometimes"}}):
        with pytest.raises(InvalidRequest):
            desk.call("Machines_PatchById", wrong, key=machine["Id"])


def test_deleting_several_machines_needs_one_at_least(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match="machineIds"):
        desk.call("Machines_DeleteBulk", {"machineIds": []})
