"""Personal workspaces: listed, explored, and made ordinary folders."""

from dataclasses import replace

import pytest
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.passage import FolderPlace, Reach

OWNER = replace(CALLER, user_id="00000000-0000-4000-8000-0000000000e1", number=41)
VISITOR = replace(CALLER, user_id="00000000-0000-4000-8000-0000000000e2", number=42)


@pytest.fixture
def workspace(desk: Desk) -> FolderPlace:
    place = desk.make_folder("ada's workspace")
    with desk.write() as session:
        folder = session.get_one(Folder, place.id)
        folder.folder_type = FOLDER_TYPE.members["Personal"]
        folder.owner_user_id = OWNER.user_id
    return place


def listed(desk: Desk, **more: object) -> list[dict]:
    return desk.call("PersonalWorkspaces_Get", **more).content["value"]


def test_workspaces_are_listed_and_other_folders_are_not(desk: Desk, workspace: FolderPlace) -> None:
    desk.make_folder("Shared")
    shown = listed(desk)
    assert [(one["Id"], one["Key"], one["Name"]) for one in shown] == [(workspace.id, workspace.key, workspace.path)]
    assert (shown[0]["OwnerKey"], shown[0]["ExploringUserIds"], shown[0]["IsActive"]) == (OWNER.user_id, [], True)
    assert listed(desk, reach=Reach(frozenset())) == []
    assert listed(desk, tenant=OTHER_TENANT) == []


def test_a_user_finds_its_own_and_others_find_none(desk: Desk, workspace: FolderPlace) -> None:
    own = desk.call("PersonalWorkspaces_GetPersonalWorkspace", caller=OWNER).content
    assert (own["Id"], own["FullyQualifiedName"]) == (workspace.id, workspace.path)
    for caller in (VISITOR, replace(VISITOR, user_id=None)):
        with pytest.raises(NotFound):
            desk.call("PersonalWorkspaces_GetPersonalWorkspace", caller=caller)


def test_who_explores_is_shown_until_it_stops(desk: Desk, workspace: FolderPlace) -> None:
    for caller in (VISITOR, replace(VISITOR, number=7), VISITOR):
        assert desk.call("PersonalWorkspaces_StartExploringById", key=workspace.id, caller=caller).status == 204
    assert listed(desk)[0]["ExploringUserIds"] == [7, 42]
    for _ in range(2):
        assert desk.call("PersonalWorkspaces_StopExploringById", key=workspace.id, caller=VISITOR).status == 204
    assert listed(desk)[0]["ExploringUserIds"] == [7]


def test_nobody_explores_its_own_workspace_and_programs_explore_none(desk: Desk, workspace: FolderPlace) -> None:
    for caller in (OWNER, replace(CALLER, user_id=None, number=0)):
        with pytest.raises(InvalidRequest):
            desk.call("PersonalWorkspaces_StartExploringById", key=workspace.id, caller=caller)


def test_a_workspace_becomes_an_ordinary_folder(desk: Desk, workspace: FolderPlace) -> None:
    desk.call("PersonalWorkspaces_StartExploringById", key=workspace.id, caller=VISITOR)
    body = {"folderName": "Finance"}
    assert desk.call("PersonalWorkspaces_ConvertToFolderById", body, key=workspace.id).status == 204
    assert listed(desk) == []
    folder = desk.call("Folders_GetById", key=workspace.id).content
    assert (folder["DisplayName"], folder["FolderType"], folder["IsPersonal"]) == ("Finance", "Standard", False)


def test_the_new_name_is_free_and_given(desk: Desk, workspace: FolderPlace) -> None:
    desk.make_folder("Finance")
    with pytest.raises(NameInUse):
        desk.call("PersonalWorkspaces_ConvertToFolderById", {"folderName": "FINANCE"}, key=workspace.id)
    with pytest.raises(InvalidRequest, match="folderName"):
        desk.call("PersonalWorkspaces_ConvertToFolderById", {}, key=workspace.id)


@pytest.mark.parametrize("operation", ["StartExploringById", "StopExploringById", "ConvertToFolderById"])
def test_other_folders_tenants_and_what_is_out_of_reach_are_no_workspaces(
    desk: Desk, workspace: FolderPlace, operation: str
) -> None:
    body = {"folderName": "Finance"} if operation.startswith("Convert") else None
    attempts = (
        {"key": desk.make_folder("Shared").id},
        {"key": workspace.id, "tenant": OTHER_TENANT},
        {"key": workspace.id, "reach": Reach(frozenset())},
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            desk.call(f"PersonalWorkspaces_{operation}", body, caller=VISITOR, **attempt)
