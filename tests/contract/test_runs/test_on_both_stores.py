"""Test sets, their schedules, environments and workspaces: the same story on every store that Stagedoor runs on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.checks import check_package, make_checks, make_set, upload
from tests.factories.orchestrator import CALLER, Desk

from stagedoor.kit.db import Database
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE

SCHEDULE = {"Name": "Hourly", "TimeZoneId": "UTC", "CronExpression": "0 0 * * * ?"}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, directory=tmp_path)


def test_a_set_runs_in_order_by_hand_and_by_schedule(desk: Desk) -> None:
    checks = make_checks(desk)
    made = make_set(desk, checks)
    query = {"testsetid": str(made["Id"])}
    options = {"enforceExecutionOrder": True}
    desk.call("TestAutomation_StartTestSetExecutionWithOptions", options, folder=checks.folder, query=query)
    desk.call("TestSetSchedules_Post", {**SCHEDULE, "TestSetId": made["Id"]}, folder=checks.folder)
    desk.clock.advance(timedelta(hours=1))
    desk.orchestrator.attend_to_duties()
    desk.clock.advance(timedelta(minutes=1))
    expand = {"$expand": "TestCaseExecutions($expand=TestCase,TestCaseAssertions),TestSet,Attachments"}
    runs = desk.call("TestSetExecutions_Get", folder=checks.folder, query=expand).content["value"]
    assert [(run["Status"], run["TriggerType"]) for run in runs] == [("Passed", "Manual"), ("Passed", "Scheduled")]
    first = runs[0]["TestCaseExecutions"]
    assert [case["EndTime"] for case in first] == ["2030-01-31T08:00:03Z", "2030-01-31T08:00:06Z"]
    filtered = {"$filter": "HasAssertions eq false and RobotName eq null and Status eq 'Passed'"}
    assert len(desk.call("TestCaseExecutions_Get", folder=checks.folder, query=filtered).content["value"]) == 4


def test_many_who_look_at_once_find_each_case_once(desk: Desk) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        upload(desk, check_package(version))

    def look(_: int) -> list[str]:
        return [each["Name"] for each in desk.call("TestCaseDefinitions_Get").content["value"]]

    with ThreadPoolExecutor(16) as threads:
        looks = list(threads.map(look, range(16)))
    assert looks == [["Login", "Logout"]] * 16
    assert desk.call("TestCaseDefinitions_Get").content["value"][0]["LatestVersion"] == "1.2.0"


def test_robots_tell_their_environments_and_workspaces_their_explorers(desk: Desk) -> None:
    folder = desk.make_folder("Shared")
    robot = {"Name": "robot", "Type": "Attended", "HostingType": "Floating"}
    robot_id = desk.call("Robots_Post", robot, folder=folder).content["Id"]
    for name in ("Day", "Night"):
        environment = desk.call("Environments_Post", {"Name": name}, folder=folder).content
        desk.call("Environments_AddRobotById", {"robotId": robot_id}, folder=folder, key=environment["Id"])
    shown = desk.call("Robots_Get", folder=folder, query={"$expand": "Environments"}).content["value"][0]
    assert sorted(shown["RobotEnvironments"].split(",")) == ["Day", "Night"]
    assert [each["Name"] for each in shown["Environments"]] == ["Day", "Night"]
    members = "Environments_GetRobotsForEnvironmentByKey"
    assert len(desk.call(members, folder=folder, key=environment["Id"]).content["value"]) == 1
    with desk.write() as session:
        workspace = session.get_one(Folder, folder.id)
        workspace.folder_type = FOLDER_TYPE.members["Personal"]
    for number in (7, 42):
        caller = replace(CALLER, number=number)
        desk.call("PersonalWorkspaces_StartExploringById", key=folder.id, caller=caller)
    assert desk.call("PersonalWorkspaces_Get").content["value"][0]["ExploringUserIds"] == [7, 42]
