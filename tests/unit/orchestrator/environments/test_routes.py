"""Environments: groups of a folder's robots, as old clients make and fill them."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.passage import FolderPlace


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    desk.call("Machines_Post", {"Name": "builder"})
    return desk.make_folder("Shared")


def make(desk: Desk, folder: FolderPlace, name: str = "Night", **more: object) -> dict:
    return desk.call("Environments_Post", {"Name": name, **more}, folder=folder).content


def robot(desk: Desk, folder: FolderPlace, name: str) -> int:
    body = {"Name": name, "Type": "Unattended", "MachineName": "builder"}
    return desk.call("Robots_Post", body, folder=folder).content["Id"]


def ids_in(desk: Desk, folder: FolderPlace, environment: dict) -> list[int]:
    answer = desk.call("Environments_GetRobotIdsForEnvironmentByKey", folder=folder, key=environment["Id"])
    return answer.content["value"]


def test_an_environment_is_made_shown_changed_and_deleted(desk: Desk, folder: FolderPlace) -> None:
    answer = desk.call("Environments_Post", {"Name": "Night", "Type": "test"}, folder=folder)
    made = answer.content
    assert (answer.status, made["Name"], made["Type"], made["Description"]) == (201, "Night", "Test", None)
    changed = desk.call("Environments_PutById", {"Name": "Day", "Description": "d"}, folder=folder, key=made["Id"])
    assert (changed.content["Name"], changed.content["Type"], changed.content["Description"]) == ("Day", "Test", "d")
    assert [each["Name"] for each in desk.call("Environments_Get", folder=folder).content["value"]] == ["Day"]
    assert desk.call("Environments_DeleteById", folder=folder, key=made["Id"]).status == 204
    assert desk.call("Environments_Get", folder=folder).content["value"] == []


def test_a_name_is_taken_in_any_letter_case(desk: Desk, folder: FolderPlace) -> None:
    make(desk, folder)
    other = make(desk, folder, "Day")
    with pytest.raises(NameInUse):
        make(desk, folder, "NIGHT")
    with pytest.raises(NameInUse):
        desk.call("Environments_PutById", {"Name": "night"}, folder=folder, key=other["Id"])


@pytest.mark.parametrize("body", [{}, {"Name": " "}, {"Name": "x" * 101}, {"Name": "x", "Type": "Moon"}])
def test_a_wrong_environment_is_refused(desk: Desk, folder: FolderPlace, body: dict) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Environments_Post", body, folder=folder)


def test_robots_come_and_go(desk: Desk, folder: FolderPlace) -> None:
    environment = make(desk, folder)
    one, two, three = (robot(desk, folder, name) for name in ("one", "two", "three"))
    desk.call("Environments_AddRobotById", {"robotId": str(two)}, folder=folder, key=environment["Id"])
    desk.call("Environments_AddRobotById", {"robotId": two}, folder=folder, key=environment["Id"])
    assert ids_in(desk, folder, environment) == [two]
    body = {"addedRobotIds": [one, three], "removedRobotIds": [two]}
    desk.call("Environments_SetRobotsById", body, folder=folder, key=environment["Id"])
    assert ids_in(desk, folder, environment) == [one, three]
    desk.call("Environments_RemoveRobotById", {"robotId": one}, folder=folder, key=environment["Id"])
    assert ids_in(desk, folder, environment) == [three]
    desk.call("Robots_DeleteById", folder=folder, key=three)
    assert ids_in(desk, folder, environment) == []


def test_all_robots_are_listed_those_of_the_environment_first(desk: Desk, folder: FolderPlace) -> None:
    environment = make(desk, folder)
    one, two, three = (robot(desk, folder, name) for name in ("one", "two", "three"))
    desk.call("Environments_AddRobotById", {"robotId": two}, folder=folder, key=environment["Id"])

    def listed(**query: str) -> list[int]:
        answer = desk.call(
            "Environments_GetRobotsForEnvironmentByKey", folder=folder, key=environment["Id"], query=query
        )
        return [each["Id"] for each in answer.content["value"]]

    assert listed() == [two, one, three]
    assert listed(**{"$orderby": "Name desc"}) == [two, three, one]
    shown = desk.call("Robots_Get", folder=folder, query={"$filter": f"Id eq {two}"}).content["value"][0]
    assert shown["RobotEnvironments"] == "Night"
    expanded = desk.call("Environments_GetById", folder=folder, key=environment["Id"], query={"$expand": "Robots"})
    assert [each["Name"] for each in expanded.content["Robots"]] == ["two"]
    assert "LicenseKey" not in expanded.content["Robots"][0]


def test_robots_of_other_folders_stay_out_all_or_none(desk: Desk, folder: FolderPlace) -> None:
    environment = make(desk, folder)
    mine, theirs = robot(desk, folder, "mine"), robot(desk, desk.make_folder("Other"), "theirs")
    with pytest.raises(NotFound):
        body = {"addedRobotIds": [mine, theirs]}
        desk.call("Environments_SetRobotsById", body, folder=folder, key=environment["Id"])
    assert ids_in(desk, folder, environment) == []


@pytest.mark.parametrize(
    "operation",
    [
        "Environments_GetById",
        "Environments_PutById",
        "Environments_DeleteById",
        "Environments_AddRobotById",
        "Environments_RemoveRobotById",
        "Environments_SetRobotsById",
        "Environments_GetRobotsForEnvironmentByKey",
        "Environments_GetRobotIdsForEnvironmentByKey",
    ],
)
def test_other_folders_and_tenants_have_no_such_environment(desk: Desk, folder: FolderPlace, operation: str) -> None:
    environment = make(desk, folder)
    body = None if "Get" in operation or "Delete" in operation else {"Name": "x", "robotId": 1}
    with pytest.raises(NotFound):
        desk.call(operation, body, folder=desk.make_folder("Other"), key=environment["Id"])
    with pytest.raises(NotFound):
        desk.call(operation, body, folder=folder, tenant=OTHER_TENANT, key=environment["Id"])


def test_a_robot_that_is_added_is_named(desk: Desk, folder: FolderPlace) -> None:
    environment = make(desk, folder)
    with pytest.raises(InvalidRequest, match="robotId"):
        desk.call("Environments_AddRobotById", {}, folder=folder, key=environment["Id"])
