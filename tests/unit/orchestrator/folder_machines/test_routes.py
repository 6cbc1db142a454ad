"""Which machines may run in a folder, and what moving it would change."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.passage import FolderPlace, Reach

NOWHERE = Reach(frozenset())


@pytest.fixture
def top(desk: Desk) -> FolderPlace:
    return desk.make_folder("top")


@pytest.fixture
def below(desk: Desk, top: FolderPlace) -> FolderPlace:
    return desk.make_folder("below", below=top)


def machine(desk: Desk, name: str, *folders: FolderPlace, passed_on: bool = False) -> int:
    number = int(desk.call("Machines_Post", {"Name": name}).content["Id"])
    for folder in folders:
        assignments = {"MachineIds": [number], "FolderIds": [folder.id]}
        desk.call("Folders_AssignMachines", {"assignments": assignments})
        if passed_on:
            order = {"FolderId": folder.id, "MachineId": number, "InheritEnabled": True}
            desk.call("Folders_ToggleFolderMachineInherit", order)
    return number


def shown(desk: Desk, folder: FolderPlace, **more: object) -> list[tuple[str, bool, bool, str | None]]:
    rows = desk.call("Folders_GetMachinesForFolderByKey", key=folder.id, **more).content["value"]
    return [
        (row["Name"], row["IsAssignedToFolder"], row["IsInherited"], row["InheritedFromFolderName"]) for row in rows
    ]


def test_machines_show_how_they_came_to_a_folder(desk: Desk, top: FolderPlace, below: FolderPlace) -> None:
    machine(desk, "kept", top)
    machine(desk, "passed", top, passed_on=True)
    machine(desk, "own", below)
    assert shown(desk, below) == [("passed", False, True, "top"), ("own", True, False, None)]
    assert shown(desk, top) == [("kept", True, False, None), ("passed", True, False, None)]


def test_a_machine_that_is_assigned_twice_is_shown_once_by_its_nearest(
    desk: Desk, top: FolderPlace, below: FolderPlace
) -> None:
    machine(desk, "twice", top, below, passed_on=True)
    assert shown(desk, below) == [("twice", True, False, None)]
    lowest = desk.make_folder("lowest", below=below)
    assert shown(desk, lowest) == [("twice", False, True, "top/below")]


def test_the_list_takes_options(desk: Desk, top: FolderPlace) -> None:
    for name in ("a", "b"):
        machine(desk, name, top)
    query = {"$filter": "Name eq 'B' and IsAssignedToFolder", "$select": "Name"}
    rows = desk.call("Folders_GetMachinesForFolderByKey", key=top.id, query=query).content["value"]
    assert rows == [{"Name": "b"}]


def test_a_folder_out_of_reach_shows_none(desk: Desk, top: FolderPlace) -> None:
    for more in ({"reach": NOWHERE}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            shown(desk, top, **more)


def test_folders_below_with_the_machine_itself_are_listed(desk: Desk, top: FolderPlace, below: FolderPlace) -> None:
    desk.make_folder("without", below=top)
    number = machine(desk, "one", top, below)
    query = {"rootfolderid": str(top.id), "machineid": str(number)}
    rows = desk.call("Folders_GetSubfoldersWithAssignedMachine", query=query).content["value"]
    assert [row["DisplayName"] for row in rows] == ["below"]
    for wrong in ({**query, "machineid": "999"}, {**query, "rootfolderid": "999"}):
        with pytest.raises(NotFound):
            desk.call("Folders_GetSubfoldersWithAssignedMachine", query=wrong)
    with pytest.raises(InvalidRequest, match="machineId"):
        desk.call("Folders_GetSubfoldersWithAssignedMachine", query={"rootfolderid": str(top.id)})


def test_a_move_tells_what_is_lost_and_gained(desk: Desk, top: FolderPlace, below: FolderPlace) -> None:
    lost = machine(desk, "lost", top, passed_on=True)
    machine(desk, "carried", below)
    target = desk.make_folder("target")
    gained = machine(desk, "gained", target, passed_on=True)
    query = {"folderid": str(below.id), "targetparentid": str(target.id)}
    changes = desk.call("Folders_GetMoveFolderMachinesChanges", query=query).content["value"]
    assert [(row["MachineId"], row["OldMachineFolderState"], row["NewMachineFolderState"]) for row in changes] == [
        (lost, "Inherited", "NotAssigned"),
        (gained, "NotAssigned", "Inherited"),
    ]
    to_root = desk.call("Folders_GetMoveFolderMachinesChanges", query={"folderid": str(below.id)}).content["value"]
    assert [row["MachineName"] for row in to_root] == ["lost"]
    with pytest.raises(NotFound):
        desk.call("Folders_GetMoveFolderMachinesChanges", query={"folderid": str(below.id)}, reach=NOWHERE)
