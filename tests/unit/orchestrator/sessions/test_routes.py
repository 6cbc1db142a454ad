"""Sessions and runtimes: who is connected from where, counted, and bounded by folder and reach."""

import pytest
from sqlalchemy import select
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.seed import seed_tenant
from stagedoor.orchestrator.sessions.models import RobotSession
from stagedoor.orchestrator.sessions.schemas import SESSION_STATE
from stagedoor.passage import FolderPlace, Reach

RUNTIMES = "Sessions_GetMachineSessionRuntimes"
FOLDER_RUNTIMES = "Sessions_GetMachineSessionRuntimesByFolderId"
SLOTS = "Machines_GetRuntimesForFolderByFolderid"


@pytest.fixture
def shared(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


@pytest.fixture
def machine_id(desk: Desk) -> int:
    machine = {"Name": "builder", "Type": "Template", "UnattendedSlots": 3, "NonProductionSlots": 1}
    return int(desk.call("Machines_Post", machine).content["Id"])


def connect(desk: Desk, folder: FolderPlace, machine_id: int, name: str = "robot", **more: object) -> int:
    body = {"Name": name, "Type": "Unattended", "MachineId": machine_id, "Username": "bot", **more}
    desk.call("Robots_Post", body, folder=folder)
    return int(desk.call("Sessions_Get", folder=folder, query={"$orderby": "Id desc"}).content["value"][0]["Id"])


def set_state(desk: Desk, session_id: int, state: str) -> None:
    with desk.write() as session:
        session.get_one(RobotSession, session_id).state = SESSION_STATE.members[state]


def test_a_folder_shows_its_sessions(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    session_id = connect(desk, shared, machine_id)
    connect(desk, desk.make_folder("Other"), machine_id, "other")
    content = desk.call("Sessions_Get", folder=shared, query={"$filter": "State eq 'Available'"}).content
    assert [one["Id"] for one in content["value"]] == [session_id]
    shown = content["value"][0]
    assert (shown["MachineName"], shown["FolderName"], shown["HostMachineName"]) == ("builder", "Shared", "builder")
    assert (shown["State"], shown["Platform"], shown["RobotSessionType"]) == ("Available", "Linux", "LongLived")


def test_across_folders_reach_bounds_every_list(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    connect(desk, shared, machine_id)
    other = desk.make_folder("Other")
    hidden = connect(desk, other, machine_id, "hidden", Username="other-bot")
    narrow = Reach(frozenset({shared.key}))
    for operation, arguments in (
        ("Sessions_GetGlobalSessions", {}),
        ("Sessions_GetMachineSessionsByKey", {"key": machine_id}),
        (RUNTIMES, {}),
    ):
        assert len(desk.call(operation, **arguments).content["value"]) == 2
        assert len(desk.call(operation, reach=narrow, **arguments).content["value"]) == 1
    assert desk.call("Sessions_GetUsernames").content["value"] == ["bot", "other-bot"]
    assert desk.call("Sessions_GetUsernames", reach=narrow).content["value"] == ["bot"]
    for operation in (FOLDER_RUNTIMES, SLOTS):
        with pytest.raises(NotFound):
            desk.call(operation, folderId=other.id, reach=narrow)
    with pytest.raises(NotFound):
        body = {"sessionId": hidden, "maintenanceMode": "Enabled"}
        desk.call("Sessions_SetMaintenanceMode", body, reach=narrow)


def test_nothing_of_it_is_seen_from_another_tenant(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    connect(desk, shared, machine_id)
    for operation in ("Sessions_GetGlobalSessions", RUNTIMES, "Sessions_GetUsernames"):
        assert len(desk.call(operation).content["value"]) == 1
        assert desk.call(operation, tenant=OTHER_TENANT).content["value"] == []
    with pytest.raises(NotFound):
        desk.call("Sessions_GetMachineSessionsByKey", key=machine_id, tenant=OTHER_TENANT)


def test_a_runtime_tells_its_machine_and_robot(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    session_id = connect(desk, shared, machine_id)
    set_state(desk, session_id, "Busy")
    runtime = desk.call(RUNTIMES, query={"runtimetype": "unattended"}).content["value"][0]
    assert (runtime["SessionId"], runtime["MachineType"], runtime["RuntimeType"]) == (
        session_id,
        "Template",
        "Unattended",
    )
    assert (runtime["Status"], runtime["UsedRuntimes"], runtime["ServiceUserName"]) == ("Busy", 1, "bot")
    assert desk.call(RUNTIMES, query={"runtimetype": "Attended"}).content["value"] == []
    with pytest.raises(InvalidRequest):
        desk.call(RUNTIMES, query={"runtimetype": "Odd"})


def test_a_folders_runtimes_are_narrowed_to_one_robot(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    connect(desk, shared, machine_id, "a")
    connect(desk, shared, machine_id, "b")
    robot_id = desk.call("Robots_Get", folder=shared).content["value"][0]["Id"]
    assert len(desk.call(FOLDER_RUNTIMES, folderId=shared.id).content["value"]) == 2
    query = {"robotid": str(robot_id)}
    assert len(desk.call(FOLDER_RUNTIMES, folderId=shared.id, query=query).content["value"]) == 1


def test_slots_are_counted_for_the_machines_of_a_folder(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    body = {"assignments": {"MachineIds": [machine_id], "FolderIds": [shared.id]}}
    assert desk.call(SLOTS, folderId=shared.id).content["value"] == []
    desk.call("Folders_AssignMachines", body)
    slots = desk.call(SLOTS, folderId=shared.id).content["value"]
    assert slots == [
        {"Type": "NonProduction", "Total": 1, "Connected": 0, "Available": 0},
        {"Type": "Unattended", "Total": 3, "Connected": 0, "Available": 0},
    ]
    first, second = connect(desk, shared, machine_id, "a"), connect(desk, shared, machine_id, "b")
    set_state(desk, first, "Busy")
    set_state(desk, second, "Busy")
    slots = desk.call(SLOTS, folderId=shared.id).content["value"]
    assert [(one["Connected"], one["Available"]) for one in slots] == [(1, 1), (3, 1)]


def test_maintenance_is_switched_on_and_off(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    session_id = connect(desk, shared, machine_id)
    body = {"sessionId": session_id, "maintenanceMode": "enabled"}
    assert desk.call("Sessions_SetMaintenanceMode", body).status == 204
    assert desk.call(RUNTIMES).content["value"][0]["MaintenanceMode"] == "Enabled"
    desk.call("Sessions_SetMaintenanceMode", {**body, "maintenanceMode": "Default"})
    assert desk.call(RUNTIMES).content["value"][0]["MaintenanceMode"] == "Default"
    with pytest.raises(InvalidRequest):
        desk.call("Sessions_SetMaintenanceMode", {"sessionId": session_id})


def test_only_disconnected_sessions_within_reach_are_deleted(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    other = desk.make_folder("Other")
    gone, live = connect(desk, shared, machine_id, "gone"), connect(desk, shared, machine_id, "live")
    outside = connect(desk, other, machine_id, "outside")
    for session_id in (gone, outside):
        set_state(desk, session_id, "Disconnected")
    body = {"sessionIds": [gone, live, outside]}
    answer = desk.call("Sessions_DeleteInactiveUnattendedSessions", body, reach=Reach(frozenset({shared.key})))
    assert answer.status == 204
    left = [one["Id"] for one in desk.call("Sessions_GetGlobalSessions").content["value"]]
    assert left == [live, outside]


def test_the_debug_mode_has_an_end_that_is_shown(desk: Desk, shared: FolderPlace, machine_id: int) -> None:
    session_id = connect(desk, shared, machine_id)

    def end() -> str | None:
        return desk.call("Sessions_Get", folder=shared).content["value"][0]["DebugModeExpirationDate"]

    toggle = "Sessions_ToggleMachineSessionDebugModeById"
    assert end() is None
    assert desk.call(toggle, {"enabled": True, "minutes": 90}, key=session_id).status == 204
    assert end() == "2030-01-31T09:30:00Z"
    desk.call(toggle, {"enabled": False}, key=session_id)
    assert end() is None
    with pytest.raises(InvalidRequest, match="enabled"):
        desk.call(toggle, {}, key=session_id)
    for more in ({"reach": Reach(frozenset())}, {"tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            desk.call(toggle, {"enabled": True}, key=session_id, **more)


def test_maintenance_stops_the_jobs_of_the_robot_where_that_is_asked(
    desk: Desk, shared: FolderPlace, machine_id: int
) -> None:
    with desk.write() as session:
        seed_tenant(session, OTHER_TENANT.tenant_id, clock=desk.clock, chance=desk.chance)
        folder = session.scalars(select(Folder).where(Folder.tenant_id == OTHER_TENANT.tenant_id)).one()
        place = FolderPlace(id=folder.id, key=folder.key, path="Shared", lineage=(folder.key,))
    there = {"folder": place, "tenant": OTHER_TENANT}
    start = {"startInfo": {"ReleaseName": "InvoiceBot"}}
    job = desk.call("Jobs_StartJobs", start, **there).content["value"][0]
    session_id = desk.call("Sessions_Get", **there).content["value"][0]["Id"]

    def state() -> str:
        return desk.call("Jobs_GetById", key=job["Id"], **there).content["State"]

    body = {"sessionId": session_id, "maintenanceMode": "Enabled"}
    desk.call("Sessions_SetMaintenanceMode", body, **there)
    assert state() == "Pending"
    desk.call("Sessions_SetMaintenanceMode", {**body, "stopJobsStrategy": "SoftStop"}, **there)
    assert state() == "Stopped"
